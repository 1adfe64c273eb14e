use super::*;
use crate::facts::Facts;
use std::collections::HashMap;

fn verb(method: &str, uri: &str) -> Verb {
    Facts::embedded().graph_verb(method, uri)
}

/// Action, object, reach and technique as one line, for short tables of expectations.
fn line(method: &str, uri: &str) -> String {
    let verb = verb(method, uri);
    let object = verb.object.map(|o| format!(" \"{o}\"")).unwrap_or_default();
    format!("{}{object} [{}] {}", verb.action, verb.reach.word(), verb.technique.unwrap_or("-"))
}

#[test]
fn the_table_is_whole() {
    table::check_sources("graph_verbs.csv", TABLE);
    for row in table::rows::<VerbRow>("graph_verbs.csv", TABLE) {
        assert!(row.technique.is_empty() || attack::find(&row.technique).is_some(), "{}", row.path);
        assert!(Weight::ALL.iter().any(|weight| weight.word() == row.weight), "{} weighs {:?}", row.path, row.weight);
        assert_eq!(row.reach == "background", row.weight == "plumbing" && row.path != "me", "{}", row.path);
        assert_eq!(row.path, row.path.to_lowercase());
        assert!(!row.action.is_empty() && Reach::ALL.iter().any(|r| r.word() == row.reach), "{}", row.path);
        assert!(row.path.split('/').rev().skip(1).all(|part| part != "**"), "{}: ** stands last", row.path);
    }
}

#[test]
fn an_action_has_one_weight() {
    let mut weights: HashMap<String, Weight> = HashMap::new();
    for pattern in load() {
        let searched = (!pattern.search.is_empty()).then_some((pattern.search, Weight::Searched));
        for (action, weight) in searched.into_iter().chain([(pattern.action, pattern.weight)]) {
            assert_eq!(*weights.entry(action.to_string()).or_insert(weight), weight, "{action}");
        }
    }
}

#[test]
fn every_row_can_be_the_first_to_fit() {
    let patterns = load();
    for (place, pattern) in patterns.iter().enumerate() {
        let path: Vec<&str> = pattern
            .segments
            .iter()
            .map(|part| match part {
                Part::Owner => "users/u1",
                Part::Drive => "sites/s1/drives/d1",
                Part::Object => "o1",
                Part::Any => "a1",
                Part::Rest => "some/more",
                Part::Word(word) => word,
            })
            .collect();
        let address = Address::read(&format!("/v1.0/{}", path.join("/")));
        let method = if pattern.method == "*" { "MERGE" } else { &pattern.method };
        let first = patterns.iter().position(|p| p.fits(method, &address).is_some());
        assert_eq!(first, Some(place), "{method} {} is hidden by row {first:?}", path.join("/"));
    }
}

#[test]
fn the_published_example_reads_as_a_mail_search() {
    let searched = "searched mail \"invoice\" [mail] T1114.002";
    for uri in [
        "https://graph.microsoft.com/v1.0/me/messages?$search=invoice",
        "https://graph.microsoft.com/v1.0/me/messages?$search=\"invoice\"",
        "https://graph.microsoft.com/beta//me/messages?%24search=%22invoice%22&$top=25",
        "https://graph.microsoft.com/v1.0/Me/Messages?$top=25\\u0026$search=%22invoice%22",
        "https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messages?search=invoice",
        "/v1.0/me/messages?$select=subject&$search='invoice'",
    ] {
        assert_eq!(line("GET", uri), searched, "{uri}");
        assert_eq!(line("get", uri), searched, "{uri}");
    }
}

#[test]
fn calls_read_as_plain_words() {
    for (method, path, expected) in [
        ("GET", "me", "read own profile [directory] -"),
        ("GET", "me/messages", "listed mail [mail] T1114.002"),
        ("GET", "me/messages/AAMkAD=", "read mail [mail] T1114.002"),
        ("GET", "users/bob@contoso.com/messages", "listed mail \"bob@contoso.com\" [mail] T1114.002"),
        (
            "GET",
            "users/bob@contoso.com/messages?$search=%22wire+transfer%22",
            "searched mail \"wire transfer (of bob@contoso.com)\" [mail] T1114.002",
        ),
        ("GET", "users('bob%40contoso.com')/messages", "listed mail \"bob@contoso.com\" [mail] T1114.002"),
        ("GET", "users(userPrincipalName='bob@contoso.com')", "read users \"bob@contoso.com\" [directory] T1087.004"),
        ("GET", "me/messages/AAMk/attachments/AAMl/$value", "read mail attachments [mail] T1114.002"),
        ("POST", "me/sendMail", "sent mail [mail] -"),
        ("POST", "me/mailFolders/inbox/messageRules", "created inbox rules [mail] -"),
        ("GET", "me/drive/root/children", "listed files [files] T1530"),
        ("GET", "me/drive/root/search(q='salary')", "searched files \"salary\" [files] T1530"),
        ("GET", "me/drive/root:/Finance/Q1.xlsx:/content", "downloaded files [files] T1530"),
        ("GET", "drives/b!abc/items/01ABC/content", "downloaded files [files] T1530"),
        ("GET", "groups/7f/drive/root/children", "listed files \"7f\" [files] T1530"),
        ("GET", "me/drives", "listed drives [files] -"),
        ("GET", "sites?search=finance", "searched sites \"finance\" [files] T1213.002"),
        ("GET", "sites/root/lists", "read site lists \"root\" [files] T1213.002"),
        ("GET", "me/chats", "listed chats [chat] -"),
        ("GET", "chats/19:abc@thread.v2/messages", "read chat messages [chat] T1213.005"),
        ("GET", "teams/7f/channels/19:x/messages", "read channel messages \"7f\" [chat] T1213.005"),
        ("GET", "users?$top=999", "listed users [directory] T1087.004"),
        ("GET", "users?$search=\"displayName:fin\"", "searched users \"displayName:fin\" [directory] T1087.004"),
        ("GET", "users/bob@contoso.com", "read users \"bob@contoso.com\" [directory] T1087.004"),
        ("GET", "me/memberOf", "listed memberships [directory] T1069.003"),
        ("GET", "groups/7f/members", "listed group members \"7f\" [directory] T1069.003"),
        ("GET", "directoryRoles", "listed directory roles [directory] T1069.003"),
        ("GET", "servicePrincipals?$top=100", "listed service principals [directory] T1526"),
        ("POST", "applications/7f/addPassword", "added app credentials \"7f\" [directory] -"),
        ("POST", "$batch", "batch of up to 20 calls, not logged [Microsoft Graph] -"),
        ("POST", "%24batch", "batch of up to 20 calls, not logged [Microsoft Graph] -"),
        ("POST", "search/query", "searched Microsoft 365 (terms not logged) [business data] -"),
        ("POST", "devices", "registered devices [device registration] T1098.005"),
    ] {
        let uri = format!("https://graph.microsoft.com/v1.0/{path}");
        assert_eq!(line(method, &uri), expected, "{method} {path}");
    }
}

#[test]
fn what_the_table_does_not_know_names_its_path() {
    for (method, uri, expected) in [
        ("GET", "https://graph.microsoft.com/v1.0/solutions/x/y/z", "called solutions/x/y"),
        ("POST", "https://graph.microsoft.com/beta/admin/edge", "called POST admin/edge"),
        (
            "GET",
            "https://graph.microsoft.com/v1.0/external/7f3a1c88-1111-2222-3333-444455556666/items",
            "called external/{id}/items",
        ),
        ("GET", "https://graph.microsoft.com", "called an address that was not recorded"),
        ("", "", "called an address that was not recorded"),
    ] {
        let verb = verb(method, uri);
        assert_eq!((&*verb.action, verb.reach, verb.technique), (expected, Reach::Other, None), "{uri}");
    }
}

#[test]
fn hostile_addresses_stay_short_and_whole() {
    let long = format!("https://graph.microsoft.com/v1.0/me/messages?$search={}", "é".repeat(100_000));
    assert_eq!(verb("GET", &long).object.unwrap().chars().count(), 121);
    for uri in
        ["%", "%zz", "/v1.0/me/%", "a://", "?", "/(", "/users('", "/users(')/x", "/search(q=')", "/:", "/root:/%ff:"]
    {
        verb("GET", uri);
    }
    assert_eq!(verb("GET", "/v1.0/me/messages?$search=%ff").object.unwrap(), "\u{fffd}");
}

#[test]
fn the_older_graph_has_the_tenant_before_the_path() {
    let of =
        |path: &str| line("GET", &format!("https://graph.windows.net/7d3f1c52-0b6e-4a55-9c41-5be2a6c0d100/{path}"));
    assert_eq!(of("users?api-version=1.61-internal&$top=999"), "listed users [directory] T1087.004");
    assert_eq!(of("tenantDetails?api-version=1.61-internal"), "read tenant details [directory] -");
    assert_eq!(of("directoryRoles"), "listed directory roles [directory] T1069.003");
    let azure_ad_graph = line("GET", "https://graph.windows.net/myorganization/groups");
    assert_eq!(azure_ad_graph, "listed groups [directory] T1069.003");
}

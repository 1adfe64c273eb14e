//! The demo bundle: made anew it is the embedded one, it reads without a problem, and it holds its stories.

#[path = "../../examples/make_demo/bundle.rs"]
mod bundle;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};
use tokentrail::testing::analytics::known::Standing;
use tokentrail::testing::analytics::news::NewKind;
use tokentrail::testing::analytics::{self, DetectContext, Hit, Incidents, Settings, State};
use tokentrail::testing::demo;
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Loaded, Options, load};
use tokentrail::testing::model::{Confidence, EventId, Field, Flags, Severity, Table};
use tokentrail::testing::report::card::{CardContext, Control, Label, card};
use tokentrail::testing::report::note::Role;
use tokentrail::testing::report::{Header, Report, exporter, write_indicators};
use tokentrail::testing::store::Event;
use tokentrail::testing::triage::groups::groups;
use tokentrail::testing::triage::{Case, Closing, Disposition, fingerprint, reasons};

/// The archive as the loader reads it.
static LOADED: LazyLock<Loaded> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(demo::NAME);
    std::fs::write(&path, demo::archive()).expect("a file");
    load(&[path], &Options::default(), &|_| {}, &AtomicBool::new(false)).expect("nobody stops it")
});

/// The rows of one user, copies left out, of a table and day.
fn rows(upn: &str, table: Table, day: &str) -> Vec<(EventId, Event<'static>)> {
    let store = &LOADED.store;
    let kept = |event: Event<'_>| {
        !event.is_duplicate() && event.table == table && event.time().day() == day && store.upn(event.user) == upn
    };
    store.events().filter(|(_, event)| kept(*event)).collect()
}

fn values(rows: &[(EventId, Event<'_>)], field: Field) -> BTreeSet<&'static str> {
    rows.iter().map(|(id, _)| LOADED.store.get(*id, field)).collect()
}

#[test]
fn made_anew_it_is_the_same() {
    // The packed bytes may differ with the version of the packer; what is packed may not.
    let made = bundle::files();
    let kept = demo::files();
    assert_eq!(made.len(), kept.len());
    for ((name, bytes), (kept_name, kept_bytes)) in made.iter().zip(&kept) {
        assert_eq!(name, kept_name);
        if bytes != kept_bytes {
            let lines = bytes.split(|b| *b == b'\n').zip(kept_bytes.split(|b| *b == b'\n'));
            let line = lines.take_while(|(made, kept)| made == kept).count() + 1;
            panic!("{name} differs at line {line}: cargo run --example make_demo writes it anew");
        }
    }
}

#[test]
fn it_is_small() {
    assert!(demo::archive().len() < 1_600_000, "{} bytes", demo::archive().len());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(demo::archive())).unwrap();
    for index in 0..archive.len() {
        let time = archive.by_index(index).unwrap().last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day()), (2026, 5, 2), "the archive does not tell when it was made");
    }
}

#[test]
fn it_reads_without_a_problem() {
    assert_eq!(LOADED.problems, []);
    assert_eq!(LOADED.rows_skipped(), 0);
    assert_eq!(LOADED.sources.len(), 7);
    assert!((6000..12_000).contains(&LOADED.rows_read()), "{}", LOADED.rows_read());
    // Late copies, and the unified log's records of sign-ins and of changes that stand in their own tables.
    assert!((700..900).contains(&LOADED.store.duplicates()), "{}", LOADED.store.duplicates());
    let (first, last) = LOADED.store.range().unwrap();
    assert_eq!((first.day().as_str(), last.day().as_str()), ("2026-04-02", "2026-05-01"));
    let others: Vec<_> = LOADED.sources.iter().flat_map(|source| source.tables.keys()).collect();
    for table in ["SigninLogs", "AADGraphActivityLogs", "AuditLogs", "UnifiedAuditLog", "AADServicePrincipalSignInLogs"]
    {
        assert!(others.iter().any(|name| *name == table), "{table} among {others:?}");
    }
    assert_eq!(LOADED.store.users().len(), 40);
}

#[test]
fn the_phish_has_two_legs_six_resources_and_a_mail_search() {
    let (upn, day) = ("finance.director@contoso.com", "2026-05-01");
    let browser: Vec<_> =
        rows(upn, Table::SignIn, day).into_iter().filter(|(_, e)| e.flags.has(Flags::DEVICE_PROTOCOL)).collect();
    assert_eq!(values(&browser, Field::ResultType), BTreeSet::from(["0", "50199"]));
    assert_eq!(values(&browser, Field::IpAddress), BTreeSet::from(["203.0.113.20"]), "the victim's own address");
    let stolen: Vec<_> = rows(upn, Table::NonInteractive, day)
        .into_iter()
        .filter(|(_, e)| e.flags.has(Flags::DEVICE_TRANSFER))
        .collect();
    assert_eq!(stolen.len(), 7);
    assert!(stolen[0].1.flags.has(Flags::INCOMING_NONE), "the first is the polling leg");
    assert_eq!(values(&stolen, Field::ResourceIdentity).len(), 6);
    assert_eq!(values(&stolen, Field::IpAddress), BTreeSet::from(["198.51.100.23"]));
    assert_eq!(values(&stolen, Field::SessionId), values(&browser, Field::SessionId));
    // The published query bins by ingest time, and wants the device code before the burst.
    let ten = tokentrail::testing::model::Span::minutes(10);
    let bins: BTreeSet<_> = stolen.iter().map(|(_, e)| e.published_time().bin(ten)).collect();
    assert_eq!(bins.len(), 1);
    assert!(browser.iter().all(|(_, e)| e.published_time() <= stolen[0].1.published_time()));

    let tokens = values(&stolen, Field::TokenId);
    let calls: Vec<_> = rows(upn, Table::Graph, day)
        .into_iter()
        .filter(|(id, _)| tokens.contains(LOADED.store.get(*id, Field::TokenId)))
        .collect();
    assert_eq!(calls.len(), 22);
    assert!(calls.iter().any(|(id, _)| LOADED.store.get(*id, Field::RequestUri).contains("$search=\"invoice\"")));
    assert!(values(&calls, Field::ResponseStatusCode).contains("403"));
    assert!(calls.last().unwrap().1.time().clock().as_str() > "14:30");
    let before =
        LOADED.store.events().filter(|(_, e)| LOADED.store.upn(e.user) == upn && e.time().day().as_str() < day);
    assert!(before.clone().count() > 50, "a baseline");
    assert!(before.clone().all(|(id, _)| LOADED.store.get(id, Field::AppDisplayName) != "Microsoft Azure CLI"));
}

#[test]
fn the_hop_changes_client_and_address_in_one_session() {
    let (upn, day) = ("a.novak@contoso.com", "2026-04-29");
    let all = rows(upn, Table::NonInteractive, day);
    let second: Vec<_> = all
        .iter()
        .copied()
        .filter(|(id, _)| LOADED.store.get(*id, Field::AppDisplayName) == "Microsoft Azure PowerShell")
        .collect();
    assert_eq!(second.len(), 4);
    let session = LOADED.store.get(second[0].0, Field::SessionId);
    let first: Vec<_> = all
        .iter()
        .copied()
        .filter(|(id, e)| LOADED.store.get(*id, Field::SessionId) == session && e.flags.has(Flags::INCOMING_NONE))
        .collect();
    assert_eq!(values(&first, Field::AppDisplayName), BTreeSet::from(["Microsoft Teams"]));
    assert_ne!(values(&first, Field::IpAddress), values(&second, Field::IpAddress));
    assert_eq!(second[0].1.time().since(first[0].1.time()).whole_minutes(), 4);
    assert_ne!(values(&first, Field::ProcessingDetails), values(&second, Field::ProcessingDetails));
}

#[test]
fn the_look_alikes_are_used_to_what_they_do() {
    let upn = "d.dev@contoso.com";
    let days: BTreeSet<_> = LOADED
        .store
        .events()
        .filter(|(id, e)| {
            LOADED.store.upn(e.user) == upn && LOADED.store.get(*id, Field::AppDisplayName) == "Microsoft Azure CLI"
        })
        .map(|(_, e)| e.time().day())
        .collect();
    assert_eq!(days.len(), 20, "the developer's days with Azure CLI");
    let legs: Vec<_> = rows(upn, Table::SignIn, "2026-04-28")
        .into_iter()
        .chain(rows(upn, Table::NonInteractive, "2026-04-28"))
        .filter(|(_, e)| e.flags.has(Flags::DEVICE_TRANSFER))
        .collect();
    assert_eq!(values(&legs, Field::IpAddress), BTreeSet::from(["192.0.2.10"]), "one desk");
    for upn in ["e.field@contoso.com", "f.field@contoso.com"] {
        let burst = rows(upn, Table::NonInteractive, "2026-04-22");
        assert!(values(&burst, Field::IpAddress).contains("203.0.113.10"), "{upn} is behind the shared address");
    }
}

#[test]
fn the_code_of_the_downloads_reaches_two_resources_and_then_files() {
    let (upn, day) = ("hr.lead@contoso.com", "2026-04-29");
    let stolen: Vec<_> = rows(upn, Table::NonInteractive, day)
        .into_iter()
        .filter(|(_, e)| e.flags.has(Flags::DEVICE_TRANSFER))
        .collect();
    assert_eq!(values(&stolen, Field::IpAddress), BTreeSet::from(["198.51.100.61"]), "never seen before");
    assert_eq!(values(&stolen, Field::ResourceIdentity).len(), 2, "no burst");
    let files = rows(upn, Table::Graph, day)
        .iter()
        .filter(|(id, _)| LOADED.store.get(*id, Field::RequestUri).ends_with("/content"))
        .count();
    assert_eq!(files, 140);
}

#[test]
fn the_session_used_elsewhere_is_the_laptop_s_own() {
    let (upn, day) = ("legal.counsel@contoso.com", "2026-04-30");
    let all = rows(upn, Table::NonInteractive, day);
    let at = |address: &str| -> Vec<_> {
        all.iter().copied().filter(|(id, _)| LOADED.store.get(*id, Field::IpAddress) == address).collect()
    };
    let (thief, laptop) = (at("198.51.100.140"), at("192.0.2.140"));
    assert_eq!(thief.len(), 3);
    assert_eq!(values(&thief, Field::SessionId), values(&laptop, Field::SessionId));
    let between = thief[0].1.time()..thief[2].1.time();
    assert!(laptop.iter().any(|(_, e)| between.contains(&e.time())), "the laptop works on meanwhile");
    let earlier = rows(upn, Table::NonInteractive, "2026-04-28");
    assert!(values(&earlier, Field::SessionId).is_superset(&values(&thief, Field::SessionId)), "a session of days");
}

#[test]
fn the_proxied_sign_in_is_kept_alive_from_another_network() {
    let (upn, day) = ("ceo@contoso.com", "2026-04-29");
    let from = |table: Table, address: &str| -> Vec<_> {
        let of_day = rows(upn, table, day).into_iter();
        of_day.filter(|(id, _)| LOADED.store.get(*id, Field::IpAddress) == address).collect()
    };
    let login = from(Table::SignIn, "198.51.100.180");
    assert_eq!(values(&login, Field::ResultType), BTreeSet::from(["0", "50076", "50126", "50140"]));
    let script = from(Table::NonInteractive, "198.51.100.92");
    assert_eq!(script.len(), 6);
    assert_eq!(values(&script, Field::SessionId), values(&login, Field::SessionId));
    let gaps = script.windows(2).map(|pair| pair[1].1.time().since(pair[0].1.time()).whole_minutes());
    assert!(gaps.clone().all(|minutes| (25..=35).contains(&minutes)), "{:?}", gaps.collect::<Vec<_>>());
}

#[test]
fn the_stories_rank_above_their_look_alikes() {
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &Settings::default());
    let (stories, rest): (Vec<_>, Vec<_>) = hits.iter().partition(|hit| hit.severity > Severity::Low);
    let shown = |analytic: &str, account: &str| {
        let upn = format!("{account}@contoso.com");
        stories.iter().any(|hit| (hit.analytic, hit.upn.as_str()) == (analytic, upn.as_str()))
    };
    let promised = [
        ("device-code-burst", "finance.director"),
        ("foci-burst", "finance.director"),
        ("session-hop", "a.novak"),
        ("device-code-flow", "hr.lead"),
        ("session-split", "legal.counsel"),
        ("foreign-session", "ceo"),
    ];
    for (analytic, account) in promised {
        assert!(shown(analytic, account), "{analytic} of {account}");
    }
    // What the published queries find: the first two stories.
    let published: BTreeSet<_> = stories.iter().filter(|hit| hit.also_published).map(|hit| hit.analytic).collect();
    assert_eq!(published, BTreeSet::from(["device-code-burst", "foci-burst", "session-hop"]));
    let victims: BTreeSet<&str> = promised.iter().map(|(_, account)| *account).collect();
    let best = |account: &str| {
        let upn = format!("{account}@contoso.com");
        hits.iter().filter(|hit| hit.upn == upn).map(|hit| (hit.severity, hit.confidence)).max()
    };
    for account in &victims {
        assert_eq!(best(account), Some((Severity::High, Confidence::High)), "{account}");
    }
    let others = hits.iter().filter(|hit| !victims.contains(hit.upn.split('@').next().unwrap()));
    let best_of_others = others.map(|hit| (hit.severity, hit.confidence)).max();
    assert!(best_of_others < Some((Severity::Medium, Confidence::Medium)), "{best_of_others:?}");
    let users: BTreeSet<_> = rest.iter().map(|hit| hit.upn.split('@').next().unwrap()).collect();
    assert!(
        users.is_superset(&BTreeSet::from(["b.office", "d.dev", "e.field", "f.field", "h.newlaptop"])),
        "{users:?}"
    );
    assert!(rest.iter().any(|hit| !hit.also_published), "the published bins cut some of them");
}

/// The unified log's records from an address, but for sign-ins.
fn acts(address: &str) -> Vec<(EventId, Event<'static>)> {
    let store = &LOADED.store;
    let is_act = |(id, event): &(EventId, Event<'_>)| {
        event.table == Table::UnifiedAudit
            && !event.is_duplicate()
            && !store.is_logon(*event)
            && store.get(*id, Field::IpAddress) == address
    };
    store.events().filter(is_act).collect()
}

#[test]
fn what_was_done_is_tied_to_the_tokens_by_their_ids() {
    for (account, address, least) in [
        ("finance.director", "198.51.100.23", 8),
        ("hr.lead", "198.51.100.61", 141),
        ("legal.counsel", "198.51.100.140", 5),
        ("ceo", "198.51.100.92", 9),
    ] {
        let acts = acts(address);
        assert!(acts.len() >= least, "{} of {account}", acts.len());
        for (id, event) in acts {
            let store = &LOADED.store;
            let operation = store.get(id, Field::Operation);
            assert_eq!(store.upn(event.user), format!("{account}@contoso.com"));
            let issuer = store.issuer(store.token(event.get(Field::TokenId)));
            let issuer = issuer.unwrap_or_else(|| panic!("{operation} of {account} has the token of a sign-in"));
            assert_eq!(store.get(issuer, Field::SessionId), store.get(id, Field::SessionId), "{operation}");
            assert_eq!(store.get(issuer, Field::IpAddress), address, "{operation} of {account}");
        }
    }
}

#[test]
fn footholds_and_access_after_a_revocation_are_the_intruders_alone() {
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &Settings::default());
    let found = |analytic: &str| -> Vec<(&str, Severity)> {
        let of = hits.iter().filter(|hit| hit.analytic == analytic);
        of.map(|hit| (hit.upn.split('@').next().unwrap(), hit.severity)).collect()
    };
    let mut footholds = found("foothold");
    footholds.sort_unstable();
    let high = |account| (account, Severity::High);
    assert_eq!(footholds, ["a.novak", "ceo", "finance.director", "legal.counsel"].map(high));
    assert_eq!(found("after-revoke"), [high("hr.lead")]);
}

#[test]
fn the_card_names_the_policy_that_would_have_blocked_the_code() {
    let settings = Settings::default();
    let facts = Facts::embedded();
    let hits = analytics::run(&LOADED.store, facts, &settings);
    let incidents = Incidents::new(&LOADED.store, facts, &settings, Arc::default(), &hits, &BTreeSet::new());
    let context = CardContext { store: &LOADED.store, facts, hits: &hits, incidents: &incidents };
    let control = |upn: &str| {
        let of = |at: &usize| hits[incidents.all[*at].leading()].upn == upn;
        let at = (0..incidents.all.len()).find(of).unwrap();
        let card = card(&context, at);
        let line = card.lines.iter().find(|line| line.label == Label::Controls).unwrap().text.clone();
        (line, card.controls.iter().map(Control::line).collect::<Vec<_>>())
    };
    let (line, all) = control("finance.director@contoso.com");
    assert!(line.starts_with("turn on CA014: Block device code flow: would have blocked 1 sign-in; CA001"), "{line}");
    assert!(line.contains("met by a claim in the token") && line.contains("risk medium 1×"), "{line}");
    let has = |words: &str| assert!(all.iter().any(|line| line.contains(words)), "{words} in {all:#?}");
    has("CA014: Block device code flow: report-only, would have blocked 1 sign-in; turn it on");
    has("risk: medium 1×; atRisk; unfamiliarFeatures");
    has("token protection: unbound");
    has("device: no compliant device at");
    let (line, _) = control("a.novak@contoso.com");
    assert!(line.starts_with("CA001") && !line.contains("turn on"), "{line}");
}

#[test]
fn facts_of_every_harmless_user_weigh_nothing_and_each_says_how_common_it_is() {
    let settings = Settings::default();
    let facts = Facts::embedded();
    let hits = analytics::run(&LOADED.store, facts, &settings);
    let incidents = Incidents::new(&LOADED.store, facts, &settings, Arc::default(), &hits, &BTreeSet::new());
    let of = |upn: &str| incidents.all.iter().find(|one| hits[one.leading()].upn == upn).unwrap();
    let theft = of("finance.director@contoso.com");
    let new = theft.points.iter().find(|point| point.sentence.contains("network is new")).unwrap();
    assert!(new.for_theft == 3 && !new.fits_work() && !new.rows.is_empty());
    let common = new.common.unwrap();
    assert!(common.of >= 20 && common.holds == 0 && !common.is_common(), "{common:?}");
    let pace = theft.points.iter().find(|point| point.sentence == "4s from code to token").unwrap();
    assert!(pace.fits_theft() && pace.fits_work() && pace.weight() == "0");
    assert!(common.words().contains("other sign-in"), "{}", common.words());
    let codes = pace.common.unwrap();
    assert_eq!((codes.holds, codes.of), (1, 1), "the developer's code is redeemed as quickly");
    for (hit, supports) in hits.iter().flat_map(|hit| hit.findings.iter().map(move |finding| (hit, finding))) {
        let brief = supports.brief.as_str();
        assert!(supports.state != State::Supports || !["family client", "unbound"].contains(&brief), "{}", hit.id);
    }
    for hit in hits.iter().filter(|hit| hit.severity == Severity::Low) {
        let by_sign_ins = |id: &str| ["T1528", "T1078.004", "T1550.001"].contains(&id);
        assert!(!hit.attack.iter().any(|attack| by_sign_ins(attack.id)), "{} {:?}", hit.upn, hit.attack);
    }
}

#[test]
fn what_is_new_in_a_row_is_told_by_kind() {
    let settings = Settings::default();
    let context = DetectContext::new(&LOADED.store, Facts::embedded(), &settings);
    let stolen = rows("finance.director@contoso.com", Table::NonInteractive, "2026-05-01");
    let (first, _) = stolen.iter().find(|(_, event)| event.flags.has(Flags::DEVICE_TRANSFER)).unwrap();
    let new: Vec<&str> = context.news(*first).with(Standing::New).map(NewKind::word).collect();
    for kind in ["address", "network", "country", "agent", "client"] {
        assert!(new.contains(&kind), "{kind} in {new:?}");
    }
    let (own, _) = rows("b.office@contoso.com", Table::NonInteractive, "2026-04-29")[0];
    assert_eq!(context.news(own).with(Standing::New).count(), 0);
}

/// The demo's case with every incident closed: those above low as one thing, the others as authorised.
fn closed(hits: &[Hit], worst: Disposition) -> Case {
    let mut case = Case::new(fingerprint(&LOADED.sources), "ana".to_owned());
    // Incident by incident and routine by routine, as in the workbench.
    let incidents =
        Incidents::new(&LOADED.store, Facts::embedded(), &Settings::default(), Arc::default(), hits, &BTreeSet::new());
    for group in groups(hits, &incidents) {
        let of_group = || group.hits.iter().map(|at| &hits[*at]);
        let is_low = of_group().all(|hit| hit.severity == Severity::Low);
        let mut closing = Closing::bare(if is_low { Disposition::Authorised } else { worst });
        if let Some(reason) = reasons(closing.disposition, of_group().map(|hit| hit.analytic)).first() {
            (closing.reason, closing.confirmed) = ((*reason).to_owned(), "the user, by phone".to_owned());
        }
        let ids: Vec<String> = of_group().map(|hit| hit.id.clone()).collect();
        case.close_hits(&ids, Some(&closing), hits[group.hits[0]].last_seen);
    }
    case
}

fn written(report: &Report, format: &str) -> String {
    let mut out = Vec::new();
    (exporter(format).unwrap().write)(report, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_note_with_every_incident_closed_is_short_and_tells_each_once() {
    let settings = Settings::default();
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &settings);
    let header = Header { changed: Some(&[]), ..Header::new("demo", "0", &settings) };
    for worst in Disposition::ALL {
        let report = Report::build(&LOADED, Facts::embedded(), &hits, &closed(&hits, worst), &header);
        let note = written(&report, "markdown");
        assert!(note.len() <= 41_000, "{} bytes, {worst:?}", note.len());
        for map in report.maps() {
            assert!(map.1.len() <= 6 * 1024, "{} bytes", map.1.len());
        }
        let ids = report.incidents.iter().filter(|incident| incident.in_full).map(|incident| &incident.id);
        for id in ids {
            assert_eq!(note.matches(&format!("| Incident | `{id}` |")).count(), 1, "{id}");
        }
    }
}

#[test]
fn a_note_says_no_more_of_a_theft_than_the_rows_and_the_verdict() {
    let settings = Settings::default();
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &settings);
    let header = Header::new("demo", "0", &settings);
    let mut case = closed(&hits, Disposition::Theft);
    let report = Report::build(&LOADED, Facts::embedded(), &hits, &case, &header);
    let note = written(&report, "markdown");
    for word in ["phished", "were stolen", "thief"] {
        assert!(!note.contains(word), "{word} in {note}");
    }
    let first = report.incidents.iter().find(|incident| incident.upn.starts_with("finance.director")).unwrap();
    let at = |text: &str| note.find(text).unwrap_or_else(|| panic!("{text} in {note}"));
    let fact = at("(Amsterdam, NL; new: address, network) 4s later");
    let verdict =
        fact + note[fact..].find("The analyst's verdict: theft. No step was answered before this verdict.").unwrap();
    assert!(fact < verdict && verdict < at("## Do now"), "fact first, verdict second");
    assert_eq!(first.contradictions[0], "No step was answered before this verdict.");
    // The same incident as benign: what looks like theft is said, and nothing reads as if it were.
    for hit in hits.iter().filter(|hit| hit.upn == first.upn) {
        case.set_disposition(&hit.id, Some(Disposition::Authorised), hit.last_seen);
    }
    let only = Header { only: Some(&first.upn), ..header };
    let report = Report::build(&LOADED, Facts::embedded(), &hits, &case, &only);
    let note = written(&report, "markdown");
    let grounds = ", no reason given, confirmed by nobody. No step was answered before this verdict.";
    assert!(note.contains(&format!("The analyst's verdict: authorised activity{grounds}")), "{note}");
    assert!(note.contains("The verdict is authorised activity, while "), "{note}");
    assert!(note.contains("What fits theft all the same: the network is new to the user"), "{note}");
    assert!(!note.contains("## Do now") && !note.contains("## Indicators"), "{note}");
    assert_eq!((report.incidents.len(), report.incidents[0].in_full), (1, true));
    assert!(report.bottom_line[0].ends_with("The analyst's verdict: authorised activity."), "{:?}", report.bottom_line);
}

#[test]
fn indicators_say_whose_they_are_and_the_csv_has_the_intruder_s() {
    let settings = Settings::default();
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &settings);
    let case = Case::new(fingerprint(&LOADED.sources), String::new());
    let csv = |all_indicators| {
        let header = Header { all_indicators, ..Header::new("demo", "0", &settings) };
        let report = Report::build(&LOADED, Facts::embedded(), &hits, &case, &header);
        let mut out = Vec::new();
        write_indicators(&report, &mut out).unwrap();
        (report, String::from_utf8(out).unwrap())
    };
    let (report, few) = csv(false);
    let role = |value: &str| report.indicators.iter().find(|one| one.value == value).and_then(|one| one.role);
    for (value, wanted) in [
        ("198.51.100.23", Role::Intruder),
        ("python-requests/2.31.0", Role::Intruder),
        ("203.0.113.20", Role::User),
        ("192.0.2.140", Role::Shared),
        ("192.0.2.10", Role::Shared),
    ] {
        assert_eq!(role(value), Some(wanted), "{value}");
        assert_eq!(few.contains(&format!(",{value},")), wanted == Role::Intruder, "{value} in {few}");
    }
    assert_eq!(report.indicators[0].role, Some(Role::Intruder));
    let (_, all) = csv(true);
    assert!(all.contains("address,203.0.113.20,") && all.contains("address,192.0.2.140,"), "{all}");
    let alone = |value: &str| report.nobody_else.iter().any(|one| one.value == value);
    assert!(alone("198.51.100.23") && alone("axios/1.7.9"));
    assert!(report.scope.iter().all(|scope| !scope.value.starts_with("192.0.2.")), "the office is no scope");
}

#[test]
fn hits_of_one_incident_ask_each_question_once() {
    let settings = Settings::default();
    let hits = analytics::run(&LOADED.store, Facts::embedded(), &settings);
    let case = Case::new(fingerprint(&LOADED.sources), String::new());
    let report = Report::build(&LOADED, Facts::embedded(), &hits, &case, &Header::new("demo", "0", &settings));
    for incident in report.incidents.iter().filter(|incident| incident.in_full) {
        let ids: Vec<&str> = incident.steps.iter().map(|step| step.step.id).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "{ids:?}");
        assert!(incident.steps[0].leading && incident.hits.len() >= 3);
    }
    let json: serde_json::Value = serde_json::from_str(&written(&report, "json")).unwrap();
    assert_eq!(json["Incidents"].as_array().unwrap().len(), report.incidents.len());
    assert_eq!(json["Incidents"][0]["FirstPage"], true);
    assert_eq!(json["Routines"][0]["Incidents"], 20);
}

#[test]
fn the_thefts_are_one_incident_each_and_the_office_is_a_routine() {
    let (settings, candidates) = (Settings::default(), Arc::default());
    let store = &LOADED.store;
    let hits = analytics::run_over(store, Facts::embedded(), &settings, Arc::clone(&candidates));
    let found = analytics::Incidents::new(store, Facts::embedded(), &settings, candidates, &hits, &BTreeSet::new());
    let high: Vec<&str> = found
        .all
        .iter()
        .filter(|incident| incident.severity > Severity::Low)
        .map(|incident| hits[incident.leading()].upn.as_str())
        .collect();
    let mut users = high.clone();
    users.sort_unstable();
    users.dedup();
    assert_eq!((high.len(), users.len()), (5, 5), "{high:?}");
    assert_eq!(high[0], "a.novak@contoso.com", "the administrator comes first");
    assert_eq!(found.all[0].roles, ["Global Administrator"]);
    let [office] = &found.routines[..] else { panic!("{:?}", found.routines) };
    assert_eq!(
        (hits[found.all[office.incidents[0]].leading()].upn.as_str(), office.incidents.len()),
        ("b.office@contoso.com", 20)
    );
    assert!(found.shared.is_empty(), "no two users share something new");
}

//! Resolves the command line into the library's settings.

use super::args::{RunArgs, ScreenArgs};
use super::usage::usage;
use super::user_config::UserConfig;
use super::{password, say};
use crate::analytics::{AllowList, Clients, KnownNetworks, Semantics, Settings};
use crate::casefile::CaseError;
use crate::config::Mistake;
use crate::facts::{Facts, Networks, given};
use crate::ingest::Options;
use crate::model::words::is_guid;
use crate::model::{Time, inert, is_blank, shown};
use crate::session::Opening;
use crate::triage::Case;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of the reader and the analytics.
pub(super) struct Run {
    pub(super) options: Options,
    pub(super) settings: Settings,
    /// Dated knowledge of clients, resources and agents.
    pub(super) facts: &'static Facts,
    /// The user's lasting settings.
    pub(super) user: UserConfig,
}

impl Run {
    /// The analyst who signs: as named on the command line, else as set, else as the system knows the user.
    fn analyst(&self, named: Option<&str>) -> Analyst {
        let set = named.map(str::to_owned).or_else(|| self.user.config.analyst.clone());
        Analyst::first(set, |name| std::env::var(name).ok(), login)
    }

    /// The case to open for a bundle, and how to give a name where nothing gave one.
    ///
    /// # Errors
    /// When the file that was named is no case, or cannot be one: before the bundle is read.
    pub(super) fn opening(&self, paths: &[PathBuf], look: &ScreenArgs) -> Result<(Opening, Option<String>), CaseError> {
        let analyst = self.analyst(look.analyst.as_deref());
        let advice = analyst.advice();
        let (case, tlp) = (look.case.clone(), self.user.config.tlp.clone());
        let opening = Opening { paths: paths.to_vec(), case, analyst: analyst.name, tlp };
        opening.check()?;
        Ok((opening, advice))
    }

    /// A new case with the sharing mark that was set.
    pub(super) fn marked(&self, mut case: Case) -> Case {
        if let Some(tlp) = &self.user.config.tlp {
            case.tlp.clone_from(tlp);
        }
        case
    }
}

/// The analyst who signs the log.
#[derive(Debug, PartialEq, Eq)]
struct Analyst {
    /// The name; never empty.
    name: String,
    /// Whether nothing gave a name: the one here stands for it.
    is_unnamed: bool,
}

impl Analyst {
    /// The name set, else that of the environment, else that of the user database; `login` gives the name there or,
    /// as an error, a replacement for it.
    fn first(
        set: Option<String>,
        environment: impl Fn(&str) -> Option<String>,
        login: impl FnOnce() -> Result<String, String>,
    ) -> Self {
        let is_name = |name: &String| !is_blank(name);
        let login_name = || ["LOGNAME", "USER", "USERNAME"].into_iter().filter_map(environment).find(is_name);
        let known = set.filter(is_name).or_else(login_name).map_or_else(login, Ok);
        let is_unnamed = known.is_err();
        Self { name: known.unwrap_or_else(|id| id).trim().to_owned(), is_unnamed }
    }

    /// Hint on how to name the analyst, where no name is set.
    fn advice(&self) -> Option<String> {
        let Self { name, is_unnamed } = self;
        is_unnamed.then(|| format!("your name is not known: the log is signed \"{name}\"; --analyst NAME sets it"))
    }
}

/// The user's name in the database of users; `uid 1000` where it has none.
#[cfg(unix)]
fn login() -> Result<String, String> {
    use nix::unistd::{User, getuid};
    let uid = getuid();
    let known = User::from_uid(uid).ok().flatten().map(|user| user.name);
    known.filter(|name| !is_blank(name)).ok_or_else(|| format!("uid {uid}"))
}

#[cfg(not(unix))]
fn login() -> Result<String, String> {
    Err(crate::triage::UNKNOWN.to_owned())
}

/// Works out the settings; what contradicts itself is a usage error.
pub(super) fn resolve(args: &RunArgs, mut user: UserConfig) -> anyhow::Result<Run> {
    if let (Some(since), Some(until)) = (args.since, args.until)
        && since >= until
    {
        return Err(usage(format_args!("--since {since} is not before --until {until}")));
    }
    let facts = user.facts()?;
    let networks = set(args.asn.as_deref(), user.config.asn.clone(), "--asn", networks, &mut user)?;
    let allow = set(args.allow.as_deref(), user.config.allow.clone(), "--allow", allow, &mut user)?;
    let known = set(args.known.as_deref(), user.config.known.clone(), "--known", known, &mut user)?;
    let options = Options::default();
    let options = Options {
        threads: args.threads.map(std::num::NonZero::get),
        max_bytes: args.max_bytes.map_or(options.max_bytes, std::num::NonZero::get),
        // More than the machine can address is no limit.
        max_record: args
            .max_record
            .map_or(options.max_record, |bytes| usize::try_from(bytes.get()).unwrap_or(usize::MAX)),
        local_zone: args.local_zone,
        networks,
        password: args.password_file.as_deref().map(password::from_file).transpose()?,
        max_ratio: args.max_ratio.map_or(options.max_ratio, std::num::NonZero::get),
        max_members: args.max_members.map_or(options.max_members, std::num::NonZero::get),
        max_depth: args.max_depth.map_or(options.max_depth, std::num::NonZero::get),
        ..options
    };
    let settings = Settings {
        semantics: if args.as_published { Semantics::Published } else { Semantics::Hunt },
        since: args.since,
        until: args.until,
        analytics: args.analytics.clone(),
        min_resources: args.min_resources.get(),
        window: args.window,
        device_code_window: args.device_code_window,
        session_window: args.session_window,
        split_gap: args.split_gap,
        foothold_window: args.foothold_window,
        handoff_window: args.handoff_window,
        recon_window: args.recon_window,
        baseline_until: args.baseline_until,
        revoked: args.revoked.clone(),
        revoked_in_case: Vec::new(),
        known,
        clients: clients(&args.clients)?,
        admin_scope_only: args.admin_scope_only || args.noncompliant_only,
        noncompliant_only: args.noncompliant_only,
        allow,
    };
    Ok(Run { options, settings, facts, user })
}

/// Reads the file of an option, else that of the config. One named on the command line must be read; one of the config
/// is done without.
fn set<T>(
    typed: Option<&Path>,
    set: Option<PathBuf>,
    option: &str,
    read: impl Fn(&Path) -> Result<T, String>,
    user: &mut UserConfig,
) -> anyhow::Result<Option<T>> {
    if let Some(path) = typed {
        return read(path).map(Some).map_err(|wrong| usage(format_args!("{option} {}: {wrong}", shown(path))));
    }
    let Some(path) = set else { return Ok(None) };
    match read(&path) {
        Ok(read) => Ok(Some(read)),
        Err(wrong) => user.mistaken(&path, [Mistake::whole(wrong)]).map(|()| None),
    }
}

/// Reads a table of networks; warns of rows that could not be read.
pub(super) fn networks(path: &Path) -> Result<Arc<Networks>, String> {
    let networks = Networks::read(path).map_err(|err| err.to_string())?;
    if let Some((line, why)) = &networks.first_bad {
        let rows = if networks.skipped == 1 { "row" } else { "rows" };
        say(format_args!("{}: {} {rows} not read (line {line}: {why})", shown(path), networks.skipped));
    }
    Ok(Arc::new(networks))
}

/// Reads the list of what is allowed; warns of entries that have expired.
pub(super) fn allow(path: &Path) -> Result<Arc<AllowList>, String> {
    let text = listed_text(path).map_err(|err| err.to_string())?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let list = AllowList::parse(&name, &text, now()).map_err(|err| err.to_string())?;
    for entry in list.expired() {
        say(format_args!("{name}: {entry} expired on {} and is not applied", entry.expires.day()));
    }
    Ok(Arc::new(list))
}

/// Most bytes of a file of known networks: published relay ranges alone have some twenty million.
const KNOWN: u64 = 256 << 20;

/// Reads the networks that are known.
pub(super) fn known(path: &Path) -> Result<Arc<KnownNetworks>, String> {
    let bytes = given::read(path, KNOWN).map_err(|err| err.to_string())?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let known = KnownNetworks::parse(&name, &bytes).map_err(|err| err.to_string())?;
    if known.is_empty() { Err("names no network".to_owned()) } else { Ok(Arc::new(known)) }
}

/// The time of the run.
pub(super) fn now() -> Time {
    Time::from_clock(std::time::SystemTime::now())
}

fn clients(typed: &str) -> anyhow::Result<Clients> {
    match typed {
        "seeds" => Ok(Clients::Seeds),
        "family" => Ok(Clients::Family),
        file => {
            let text = listed_text(Path::new(file))
                .map_err(|err| usage(format_args!("--clients takes seeds, family or a file: {file}: {err}")))?;
            listed(&text).map(Clients::Listed).map_err(|err| usage(format_args!("--clients {file}: {err}")))
        }
    }
}

/// The text of a list that the user names.
fn listed_text(path: &Path) -> std::io::Result<String> {
    String::from_utf8(given::read(path, given::LIST)?).map_err(std::io::Error::other)
}

/// Ids one a line, normalized; blank lines and what follows `#` do not count.
fn listed(text: &str) -> Result<BTreeSet<String>, String> {
    let mut ids = BTreeSet::new();
    let mut bad = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let id = line.split('#').next().unwrap_or_default().trim().to_lowercase();
        if is_guid(&id) {
            ids.insert(id);
        } else if !id.is_empty() {
            bad.push(format!("line {}: {:?} is not an application id", index + 1, inert(&id)));
        }
    }
    match (bad.is_empty(), ids.is_empty()) {
        (false, _) => Err(bad.join("; ")),
        (true, true) => Err("holds no application id".to_owned()),
        (true, false) => Ok(ids),
    }
}

#[cfg(test)]
mod tests {
    use super::{Analyst, listed};

    #[test]
    fn somebody_always_signs() {
        let first = |set: Option<&str>, user: Option<&str>, login: Result<&str, &str>| {
            let (user, login) = (user.map(str::to_owned), login.map(str::to_owned).map_err(str::to_owned));
            Analyst::first(set.map(str::to_owned), move |name| user.clone().filter(|_| name == "USER"), || login)
        };
        let named = |name: &str| Analyst { name: name.to_owned(), is_unnamed: false };
        assert_eq!(first(Some(" ana "), Some("root"), Ok("root")), named("ana"));
        assert_eq!(first(Some(" "), Some("bo"), Ok("root")), named("bo"));
        assert_eq!(first(None, Some(""), Ok("root")), named("root"));
        for unseen in ["\u{202e}", "\u{200b}\u{3164} \u{2800}"] {
            assert_eq!(first(Some(unseen), Some(unseen), Ok("root")), named("root"));
        }
        let nobody = first(None, None, Err("uid 4711"));
        assert_eq!((nobody.name.as_str(), nobody.is_unnamed), ("uid 4711", true));
        assert!(nobody.advice().is_some_and(|words| words.contains("uid 4711") && words.contains("--analyst NAME")));
        assert_eq!(named("ana").advice(), None);
    }

    #[test]
    fn a_client_file_names_its_bad_lines() {
        let good = "\u{feff}# ours\n04B07795-8ddb-461a-bbee-02f9e1bf7b46 # Azure CLI\r\n\n";
        assert_eq!(listed(good).unwrap().into_iter().collect::<Vec<_>>(), ["04b07795-8ddb-461a-bbee-02f9e1bf7b46"]);
        let err = listed("Azure CLI\n04b07795-8ddb-461a-bbee-02f9e1bf7b46\n04b07795-8ddb").unwrap_err();
        assert_eq!(
            err,
            r#"line 1: "azure cli" is not an application id; line 3: "04b07795-8ddb" is not an application id"#
        );
        assert!(listed("# nothing\n").is_err());
    }
}

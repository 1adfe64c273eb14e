//! The command line. Nothing is worked out here: see [`super::resolve`].

use crate::analytics::{ANALYTICS, by_id};
use crate::config::{Borders, Mouse, ThemeName};
use crate::model::{Span, Time};
use crate::query::{Question, Target};
use crate::report::EXPORTERS;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;
use strum::VariantArray;

/// Meaning of each exit code; scripts rely on them.
pub const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done, hits or not; also when the reader of a pipe went away"),
    (1, "failed"),
    (2, "wrong usage, or no terminal where the workbench needs one"),
    (3, "nothing readable in the bundle"),
    (10, "with --exit-code: at least one hit"),
];

/// The command line, with everything that help, completions, the man page and the README are made from.
pub fn command() -> clap::Command {
    let codes: Vec<String> = EXIT_CODES.iter().map(|(code, means)| format!("  {code:>2}  {means}")).collect();
    Cli::command().after_long_help(format!("Exit codes:\n{}", codes.join("\n")))
}

/// Token-theft triage for Microsoft Entra ID, in a terminal.
///
/// A bundle is any mix of files, folders and archives with sign-in and Graph activity logs, however they were
/// exported. Given paths and no command, the workbench opens on them. Nothing is ever fetched from the network.
#[derive(Parser)]
#[command(name = "tokentrail", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) shell: ShellArgs,
    /// Files, folders (walked), archives, and - for stdin
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) run: RunArgs,
    #[command(flatten)]
    pub(super) screen: ScreenArgs,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Run the analytics and print the hits
    Scan(ScanArgs),
    /// Print one user's tokens in order
    Timeline(TimelineArgs),
    /// Say what was read of each source, what was not, and what it lacks
    Info(InfoArgs),
    /// List the analytics
    List(ListArgs),
    /// Write the case note without the workbench
    Note(NoteArgs),
    /// Print an analytic as a query for the engine that holds more than one machine can
    Query(QueryArgs),
    /// Open the workbench on the built-in demo bundle, or write that bundle out
    Demo(DemoArgs),
    /// Print a config of your own, where it goes, and what is wrong with it
    Config(ConfigArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    Man,
}

/// Tasks on the config; one of them.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct ConfigArgs {
    /// Print a config with every setting at its default, each with a word on what it does
    #[arg(long)]
    pub(super) print: bool,
    /// Name everything that is wrong with the config, the key table and the files it names; end with 1 if anything is
    #[arg(long)]
    pub(super) check: bool,
    /// Print where the config is looked for
    #[arg(long)]
    pub(super) path: bool,
}

/// Look of the workbench, and the place of the case.
#[derive(Args)]
pub(super) struct ScreenArgs {
    /// Keep the case in this file rather than in the state folder; a case there must share evidence with the bundle
    #[arg(long, value_name = "FILE")]
    pub(super) case: Option<PathBuf>,
    /// Who signs the verdicts [default: as set in the config, else the login name]
    #[arg(long, value_name = "NAME")]
    pub(super) analyst: Option<String>,
    /// The same triage as numbered text, one question at a time, on stdin and stdout
    #[arg(long)]
    pub(super) plain: bool,
    /// Colours of the workbench; without colour it is mono, which has attributes only
    #[arg(long, value_name = "THEME", value_parser = words::<ThemeName>())]
    pub(super) theme: Option<ThemeName>,
    /// Characters of frames, bars and marks [default: what the locale can show]
    #[arg(long, value_name = "SET", value_parser = words::<Borders>())]
    pub(super) borders: Option<Borders>,
    /// Whether the workbench takes the mouse; off, the terminal selects text with it
    #[arg(long, value_name = "WHETHER", value_parser = words::<Mouse>())]
    pub(super) mouse: Option<Mouse>,
}

/// The word for the script that fetches rows.
pub(super) const COLLECT: &str = "collect";

/// Heading of what every command takes.
const SHELL: &str = "Options of every command";

/// Style of the output, for every command.
#[derive(Args)]
pub(super) struct ShellArgs {
    /// When to colour; auto: on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_enum, default_value_t, value_name = "WHEN", global = true, help_heading = SHELL)]
    pub(super) color: Color,
    /// No progress and no remarks on stderr
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = SHELL)]
    pub(super) quiet: bool,
    /// Name every row that was not read, on stderr
    #[arg(short, long, global = true, help_heading = SHELL)]
    pub(super) verbose: bool,
    /// Read this config, and the key table beside it, rather than the user's own; /dev/null for none
    #[arg(long, value_name = "FILE", global = true, help_heading = SHELL)]
    pub(super) config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// Options of every command that reads a bundle.
#[derive(Args)]
pub(super) struct RunArgs {
    /// Events from this time on: RFC 3339, or a date, UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) since: Option<Time>,
    /// Events before this time: RFC 3339, or a date, UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) until: Option<Time>,
    /// Rows as the published queries would have returned them, one for one
    #[arg(long)]
    pub(super) as_published: bool,
    /// The analytics to run, separated by commas [default: those on by default]
    #[arg(long, value_name = "ID,…", value_delimiter = ',', value_parser = ids())]
    pub(super) analytics: Option<Vec<String>>,
    /// Distinct resources that make a burst
    #[arg(long, value_name = "N", default_value = "3")]
    pub(super) min_resources: NonZeroUsize,
    /// Length of a burst's window
    #[arg(long, value_name = "DUR", default_value = "10m", value_parser = Span::parse)]
    pub(super) window: Span,
    /// Longest time from a device code to the first event of the burst
    #[arg(long, value_name = "DUR", default_value = "20m", value_parser = Span::parse)]
    pub(super) device_code_window: Span,
    /// Longest time from a session's first login to an abused client's request
    #[arg(long, value_name = "DUR", default_value = "90m", value_parser = Span::parse)]
    pub(super) session_window: Span,
    /// Longest time between two parties of one session
    #[arg(long, value_name = "DUR", default_value = "1h", value_parser = Span::parse)]
    pub(super) split_gap: Span,
    /// Longest time from a hit to a change that its user makes to come back
    #[arg(long, value_name = "DUR", default_value = "72h", value_parser = Span::parse)]
    pub(super) foothold_window: Span,
    /// Longest time from the issue of an authorization code to its exchange
    #[arg(long, value_name = "DUR", default_value = "10m", value_parser = Span::parse)]
    pub(super) handoff_window: Span,
    /// Length of the window of a sweep through Graph
    #[arg(long, value_name = "DUR", default_value = "10m", value_parser = Span::parse)]
    pub(super) recon_window: Span,
    /// When it began, if you know: no row from then on counts as the user's habit
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) baseline_until: Option<Time>,
    /// When a user's sessions were revoked, where no log of the bundle says so: sign-in name or user id, then the time
    #[arg(long, value_name = "USER=TIME", value_parser = revoked)]
    pub(super) revoked: Vec<(String, Time)>,
    /// Networks known to every user, and relay ranges: one CIDR, address or AS number a line, then the reason
    #[arg(long, value_name = "FILE")]
    pub(super) known: Option<PathBuf>,
    /// Clients whose bursts are watched: seeds (five published ids), family (every family client), or a file of ids
    #[arg(long, value_name = "seeds|family|FILE", default_value = "seeds")]
    pub(super) clients: String,
    /// In session hops, Azure CLI counts only with the Global Administrator role in its token
    #[arg(long)]
    pub(super) admin_scope_only: bool,
    /// As --admin-scope-only, and only from a device not known to be compliant
    #[arg(long)]
    pub(super) noncompliant_only: bool,
    /// Networks of addresses: CSV (CIDR,CIDRASN,CIDRASNName), iptoasn TSV or MaxMind DB [default: the records' own]
    #[arg(long, value_name = "FILE")]
    pub(super) asn: Option<PathBuf>,
    /// Hits to mark and move down: a TOML list, each entry with a reason and an expiry
    #[arg(long, value_name = "FILE")]
    pub(super) allow: Option<PathBuf>,
    /// Zone of times that an export calls local, as +02:00 [default: they are read as UTC, and said]
    #[arg(long, value_name = "ZONE", value_parser = crate::ingest::zone, allow_hyphen_values = true)]
    pub(super) local_zone: Option<Span>,
    /// Password of encrypted archives: the first line of a file [default: asked for on a terminal]
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// Reading threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(super) threads: Option<NonZeroUsize>,
    /// Most decoded bytes of one source [default: 64G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_bytes: Option<NonZeroU64>,
    /// Most bytes of one record [default: 64M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_record: Option<NonZeroU64>,
    /// Most times its packed size that a source or an archive may unpack to [default: 250]
    #[arg(long, value_name = "N")]
    pub(super) max_ratio: Option<NonZeroU64>,
    /// Most members of one archive [default: 100000]
    #[arg(long, value_name = "N")]
    pub(super) max_members: Option<NonZeroUsize>,
    /// Most archives around a source; 2 for one archive in another [default: 2]
    #[arg(long, value_name = "N")]
    pub(super) max_depth: Option<NonZeroUsize>,
}

/// A bundle, for commands that cannot do without one.
#[derive(Args)]
pub(super) struct BundleArgs {
    /// Files, folders (walked), archives, and - for stdin
    #[arg(value_name = "PATH", required = true)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) bundle: BundleArgs,
    /// How to print [default: table on a terminal, jsonl elsewhere]
    #[arg(long, value_enum)]
    pub(super) format: Option<RowFormat>,
    /// Print incidents: what of one user belongs together, the worst first
    #[arg(long, conflicts_with = "as_published")]
    pub(super) incidents: bool,
    /// End with 10 when there is a hit
    #[arg(long)]
    pub(super) exit_code: bool,
}

#[derive(Args)]
pub(super) struct TimelineArgs {
    #[command(flatten)]
    pub(super) bundle: BundleArgs,
    /// Whose: sign-in name or user id
    #[arg(long, value_name = "UPN")]
    pub(super) user: String,
    /// A case of this bundle: rows say Bookmarked, Tags and Remark
    #[arg(long, value_name = "FILE")]
    pub(super) case: Option<PathBuf>,
    /// How to print [default: table on a terminal, jsonl elsewhere]
    #[arg(long, value_enum)]
    pub(super) format: Option<RowFormat>,
}

#[derive(Args)]
pub(super) struct InfoArgs {
    #[command(flatten)]
    pub(super) bundle: BundleArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: InfoFormat,
}

#[derive(Args)]
pub(super) struct ListArgs {
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: ListFormat,
}

#[derive(Args)]
pub(super) struct NoteArgs {
    #[command(flatten)]
    pub(super) bundle: BundleArgs,
    /// The case: verdicts, remarks and marks; must share evidence with this bundle
    #[arg(long, value_name = "FILE")]
    pub(super) case: Option<PathBuf>,
    /// Who the note is by [default: as the case says]
    #[arg(long, value_name = "NAME")]
    pub(super) analyst: Option<String>,
    /// How to write
    #[arg(long, value_parser = exporters(), default_value = EXPORTERS[0].id)]
    pub(super) format: String,
    /// Write here rather than to stdout, with the indicators as CSV and the maps as SVG beside it
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Only this incident, or those of this user: an id of `scan --incidents`, a sign-in name or an object id
    #[arg(long, value_name = "ID|USER")]
    pub(super) incident: Option<String>,
    /// Write the indicators that are the user's own or shared by many into the CSV too
    #[arg(long)]
    pub(super) all_indicators: bool,
    /// Write pseudonyms for users, addresses, devices, hosts and tenants; this file, for you alone, says who is who and
    /// keeps pseudonyms the same from note to note
    #[arg(long, value_name = "KEYFILE")]
    pub(super) redact: Option<PathBuf>,
    /// With --redact: leave readable the addresses that indicators call the intruder's, for those who block them
    #[arg(long, requires = "redact")]
    pub(super) show_intruder: bool,
}

#[derive(Args)]
pub(super) struct QueryArgs {
    /// An analytic; collect for a script that fetches the rows of a bundle; baseline, scope or after-revoke for a question
    /// of a case, with --case or --incident
    #[arg(value_name = "WHAT", value_parser = queries())]
    pub(super) what: String,
    /// The bundle of the case or the incident
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// The engine that the query is for
    #[arg(long, value_name = "ENGINE", value_parser = words::<Target>(), default_value = "sentinel")]
    pub(super) target: Target,
    /// Whose rows to fetch: a sign-in name or an object id; may be given again
    #[arg(long, value_name = "USER")]
    pub(super) user: Vec<String>,
    /// The case: its incidents, and when sessions were revoked
    #[arg(long, value_name = "FILE")]
    pub(super) case: Option<PathBuf>,
    /// Only this incident, or those of this user: an id of `scan --incidents`, a sign-in name or an object id
    #[arg(long, value_name = "ID|USER")]
    pub(super) incident: Option<String>,
    /// Length of the slices of time that collect asks for [default: what keeps an answer under the engine's limits]
    #[arg(long, value_name = "DUR", value_parser = Span::parse)]
    pub(super) slice: Option<Span>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Args)]
pub(super) struct DemoArgs {
    /// Write the demo bundle into this folder instead of opening it
    #[arg(long, value_name = "DIR")]
    pub(super) write: Option<PathBuf>,
    #[command(flatten)]
    pub(super) run: RunArgs,
    #[command(flatten)]
    pub(super) screen: ScreenArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RowFormat {
    Table,
    Jsonl,
    Json,
    Csv,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum InfoFormat {
    #[default]
    Table,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    #[default]
    Table,
    Json,
    Markdown,
}

fn ids() -> PossibleValuesParser {
    ANALYTICS.iter().map(|analytic| analytic.id).collect::<Vec<_>>().into()
}

/// Subject of `query`: an analytic, the script, a question of a case.
fn queries() -> PossibleValuesParser {
    let questions = Question::VARIANTS.iter().map(<&'static str>::from);
    let mut all: Vec<&str> = ANALYTICS.iter().map(|analytic| analytic.id).collect();
    all.extend([COLLECT].into_iter().chain(questions).filter(|word| by_id(word).is_none()));
    all.into()
}

fn exporters() -> PossibleValuesParser {
    EXPORTERS.iter().map(|exporter| exporter.id).collect::<Vec<_>>().into()
}

/// The words of a setting, as the config has them.
fn words<T>() -> impl TypedValueParser<Value = T>
where
    T: VariantArray + Into<&'static str> + FromStr + Copy + Send + Sync + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let known = T::VARIANTS.iter().map(|word| (*word).into());
    PossibleValuesParser::new(known.collect::<Vec<&'static str>>()).try_map(|word| word.parse::<T>())
}

fn time(text: &str) -> Result<Time, String> {
    Time::parse(text).ok_or_else(|| "write it like 2026-05-01T14:00:00Z, or 2026-05-01 for its midnight UTC".to_owned())
}

/// Reads `clerk@contoso.com=2026-05-01T14:00:00Z`.
fn revoked(text: &str) -> Result<(String, Time), String> {
    let (user, at) = text.rsplit_once('=').ok_or("write it like clerk@contoso.com=2026-05-01T14:00:00Z")?;
    let user = user.trim().to_lowercase();
    if user.is_empty() { Err("a user stands before the =".to_owned()) } else { Ok((user, time(at.trim())?)) }
}

/// Reads `4096`, `64M`, `2GiB`: powers of 1024.
fn size(text: &str) -> Result<NonZeroU64, String> {
    let bad = || "write it like 64M or 2G, more than nothing".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let power = match text[digits..].trim_end_matches("iB").trim_end_matches('B').to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        _ => return Err(bad()),
    };
    let number: u64 = text[..digits].parse().map_err(|_| bad())?;
    number.checked_mul(1 << (10 * power)).and_then(NonZeroU64::new).ok_or_else(bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_is_a_user_and_a_time_and_may_be_repeated() {
        let at = |text: &str| Time::parse(text).expect("a time");
        let cli = Cli::parse_from([
            "tokentrail",
            "x",
            "--revoked",
            "Ana@contoso.com=2026-05-01",
            "--revoked",
            "u=1=2026-05-02",
        ]);
        let both = [("ana@contoso.com".to_owned(), at("2026-05-01")), ("u=1".to_owned(), at("2026-05-02"))];
        assert_eq!(cli.run.revoked, both);
        for wrong in ["ana@contoso.com", "=2026-05-01", "ana@contoso.com=noon"] {
            assert!(revoked(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_definition_holds_together() {
        command().debug_assert();
    }

    #[test]
    fn defaults_are_those_of_the_settings() {
        let cli = Cli::parse_from(["tokentrail", "x"]);
        let settings = crate::analytics::Settings::default();
        assert_eq!(cli.run.min_resources.get(), settings.min_resources);
        assert_eq!(cli.run.window, settings.window);
        assert_eq!(cli.run.device_code_window, settings.device_code_window);
        assert_eq!(cli.run.session_window, settings.session_window);
        assert_eq!(cli.run.split_gap, settings.split_gap);
        assert_eq!(cli.run.handoff_window, settings.handoff_window);
        assert_eq!(cli.run.recon_window, settings.recon_window);
    }

    #[test]
    fn defaults_told_are_those_of_the_reader() {
        let command = command();
        let default = |id: &str| {
            let help = command.get_arguments().find(|arg| arg.get_id() == id).and_then(clap::Arg::get_help).unwrap();
            let help = help.to_string();
            size(help.split_once("[default: ").unwrap().1.trim_end_matches(']')).unwrap().get()
        };
        let options = crate::ingest::Options::default();
        assert_eq!(default("max_bytes"), options.max_bytes);
        assert_eq!(default("max_record"), options.max_record as u64);
        assert_eq!(default("max_ratio"), options.max_ratio);
        assert_eq!(default("max_members"), options.max_members as u64);
        assert_eq!(default("max_depth"), options.max_depth as u64);
    }

    #[test]
    fn sizes_read() {
        let bytes = |text| size(text).map(NonZeroU64::get).ok();
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("64M"), Some(64 << 20));
        assert_eq!(bytes("2GiB"), Some(2 << 30));
        for bad in ["", "0", "M", "1x", "-1", "99999999999T"] {
            assert_eq!(bytes(bad), None, "{bad}");
        }
    }
}

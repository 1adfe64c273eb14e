//! `query`: an analytic, a question of a case, or what a bundle needs, as the text of a query.

use super::args::{COLLECT, QueryArgs};
use super::note::{case, check_case, refuse_unknown};
use super::resolve::{Run, resolve};
use super::style::Shell;
use super::usage::usage;
use super::user_config::UserConfig;
use super::{Exit, load};
use crate::analytics::{Hit, Incidents, by_id};
use crate::query::{Question, Subject, collect, of_analytic, of_case};
use crate::report::note::chosen;
use crate::triage::Disposition;
use std::io::Write;
use std::sync::Arc;

pub(super) fn run(args: &QueryArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let run = resolve(&args.run, user)?;
    let of_a_case = args.case.is_some() || args.incident.is_some();
    let text = match (args.what.as_str(), args.what.parse::<Question>(), by_id(&args.what)) {
        (COLLECT, ..) => {
            let subject = if of_a_case { subject(args, &run, shell)? } else { Subject::of_users(args.user.clone()) };
            script(args, &run, &subject)?
        }
        (_, Ok(question), analytic) if of_a_case || analytic.is_none() => {
            let subject = subject(args, &run, shell)?;
            let period = (run.settings.since, run.settings.until);
            of_case(question, &subject, period, args.target).ok_or_else(|| usage(unanswered(question)))?
        }
        (.., Some(_)) if of_a_case || !args.paths.is_empty() || !args.user.is_empty() => {
            let text = "an analytic's query is about no case: --case, --incident, --user and a bundle are for collect, \
                        baseline, scope and after-revoke";
            return Err(usage(text));
        }
        (.., analytic) => {
            let analytic = analytic.expect("the command line takes no other word");
            of_analytic(analytic, &run.settings, run.facts, args.target).map_err(usage)?
        }
    };
    out.write_all(text.as_bytes())?;
    Ok(Exit::Done)
}

fn unanswered(question: Question) -> &'static str {
    match question {
        Question::AfterRevoke => {
            "no session of the case's users was revoked yet: set the time in the workbench, or give --revoked USER=TIME"
        }
        Question::Baseline | Question::Scope => "the case has no hit to ask about: name another --incident",
    }
}

/// The script that fetches the rows of the subject: those of --since and --until, else those around the subject.
fn script(args: &QueryArgs, run: &Run, subject: &Subject) -> anyhow::Result<String> {
    if subject.users.is_empty() {
        return Err(usage(
            "name whose rows to fetch: --user NAME, or --incident or --case with the bundle they are in",
        ));
    }
    let around = subject.period();
    let from = run.settings.since.or(around.map(|(from, _)| from));
    let to = run.settings.until.or(around.map(|(_, to)| to));
    match (from, to) {
        (Some(from), Some(to)) if from < to => Ok(collect(subject, (from, to), args.slice, args.target, &[])),
        _ => Err(usage("say which time: --since TIME and --until TIME; thirty days before what happened show habits")),
    }
}

/// Subject of the incidents of a case: those named, else those settled as theft, else all that are not allowed.
fn subject(args: &QueryArgs, run: &Run, shell: &Shell) -> anyhow::Result<Subject> {
    if args.paths.is_empty() {
        return Err(usage("name the bundle of the case after the command: tokentrail query scope --case FILE BUNDLE"));
    }
    check_case(args.case.as_deref())?;
    let loaded = load::load(&args.paths, run, shell)?;
    let hits = load::hits(&loaded, run);
    let case = case(args.case.as_deref(), &loaded, &hits, run)?;
    let incidents = Incidents::new(&loaded.store, run.facts, &run.settings, Arc::default(), &hits, &case.alone());
    let is_theft = |hit: &&Hit| case.disposition(&hit.id) == Some(Disposition::Theft);
    let named: Vec<&Hit> = match &args.incident {
        Some(value) => {
            refuse_unknown(value, &loaded, run, &hits, &case)?;
            let at = chosen(&incidents, &hits, value);
            at.into_iter().flat_map(|at| &incidents.all[at].hits).map(|&hit| &hits[hit]).collect()
        }
        None if hits.iter().any(|hit| is_theft(&hit)) => hits.iter().filter(is_theft).collect(),
        None => {
            let asked = incidents.all.iter().filter(|incident| !incident.is_allowed && incident.routine.is_none());
            asked.flat_map(|incident| &incident.hits).map(|&hit| &hits[hit]).collect()
        }
    };
    let given = |user: &str| run.settings.revoked.iter().filter(|(who, _)| who == user).map(|(_, at)| *at).min();
    let seen = |user: &str| {
        let of_user = |at: &&crate::analytics::Incident| {
            let hit = &hits[at.leading()];
            hit.upn.eq_ignore_ascii_case(user) || hit.user_id.eq_ignore_ascii_case(user)
        };
        incidents.all.iter().filter(of_user).flat_map(|incident| incident.revoked.iter().copied()).min()
    };
    let revoked = |user: &str| case.revoked(user).into_iter().chain(given(user)).chain(seen(user)).min();
    Ok(Subject::of_hits(&loaded.store, named, revoked))
}

//! Software of rows, each word and each program of it once.

use super::profile::{self, Profile, Program, Tool};
use super::read::ProfileKey;
use crate::facts::Facts;
use crate::model::Sym;
use crate::store::Store;
use foldhash::fast::RandomState;
use std::collections::HashMap;
use std::sync::Arc;

/// The library that Azure CLI names.
const CLI_LIBRARY: &str = "python-requests";

/// The software of each key, in order.
pub(super) fn named(store: &Store, facts: &Facts, keys: Vec<ProfileKey>) -> Vec<Profile> {
    // Everything by small numbers: where each user has a device, there are as many profiles as pairs with an agent.
    let mut agents: HashMap<Sym, usize, RandomState> = HashMap::default();
    let (mut by_text, mut known): (HashMap<&str, usize>, Vec<Agent>) = (HashMap::new(), Vec::new());
    let mut devices: HashMap<Sym, (usize, Sym), RandomState> = HashMap::default();
    let mut words = Words::default();
    let mut programs: HashMap<(usize, usize, bool), Arc<Program>, RandomState> = HashMap::default();
    let profile = |(agent, device, ja4, is_cli): ProfileKey| {
        let number = *agents.entry(agent).or_insert_with(|| {
            let text = store.text(agent).trim();
            *by_text.entry(text).or_insert_with(|| {
                let (family, tool) = profile::family(facts, text);
                let os = profile::os_of_agent(text).map(|os| words.number(os.to_owned()));
                known.push(Agent { agent, family: words.number(family), tool, os });
                known.len() - 1
            })
        });
        let (os_of_device, device) = *devices.entry(device).or_insert_with(|| {
            let (device, system) = store.device(device);
            (words.number(profile::os_of_device(system)), device)
        });
        let os = known[number].os.unwrap_or(os_of_device);
        let program = programs.entry((number, os, is_cli)).or_insert_with(|| {
            let Agent { agent, family, tool, .. } = known[number];
            let text = store.text(agent).trim();
            let by_itself =
                is_cli && text.get(..CLI_LIBRARY.len()).is_some_and(|start| start.eq_ignore_ascii_case(CLI_LIBRARY));
            let (family, tool) =
                if by_itself { (words.number(profile::native(text)), Tool::None) } else { (family, tool) };
            let (family, os) = (Arc::clone(&words.all[family]), Arc::clone(&words.all[os]));
            Arc::new(Program { agent, family, version: profile::version(text), os, tool })
        });
        Profile { program: Arc::clone(program), device, ja4 }
    };
    keys.into_iter().map(profile).collect()
}

/// Words by number.
#[derive(Default)]
struct Words {
    known: HashMap<Arc<str>, usize>,
    all: Vec<Arc<str>>,
}

impl Words {
    fn number(&mut self, word: String) -> usize {
        if let Some(number) = self.known.get(word.as_str()) {
            return *number;
        }
        let word: Arc<str> = word.into();
        self.all.push(Arc::clone(&word));
        self.known.insert(word, self.all.len() - 1);
        self.all.len() - 1
    }
}

/// All that an agent's text says; family and system are numbers of words.
#[derive(Clone, Copy)]
struct Agent {
    agent: Sym,
    family: usize,
    tool: Tool,
    os: Option<usize>,
}

//! A process, distinct from every other on any machine, and whether it still runs.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs;

/// Names a process. A number alone would not do: numbers are used again, and each machine and container counts its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// Name of its machine.
    pub host: String,
    /// When it was started, in clock ticks of the machine; `None` where the system does not say.
    pub started: Option<u64>,
    /// Names the installation, not only its host name.
    machine: String,
    /// Names the run of the machine since it was switched on.
    boot: String,
    /// Names what its number counts within: a container has its own.
    namespace: String,
}

/// Whether a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It does.
    Running,
    /// It ended, or its machine was restarted since.
    Gone,
    /// It ran on another machine or in another container: nobody here can tell.
    Unknown,
}

impl Process {
    /// This process.
    pub fn this() -> Self {
        let id = std::process::id();
        let text = |path| fs::read_to_string(path).map_or_else(|_| String::new(), |text| text.trim().to_owned());
        let machine = text("/etc/machine-id");
        let namespace = fs::read_link("/proc/self/ns/pid");
        Self {
            id,
            host: host(),
            started: stat(id).and_then(|stat| stat.started),
            // Not the id itself: it is to be kept from others.
            machine: if machine.is_empty() { machine } else { short_hash(&format!("tokentrail {machine}")) },
            boot: text("/proc/sys/kernel/random/boot_id"),
            namespace: namespace.map_or_else(|_| String::new(), |name| name.to_string_lossy().into_owned()),
        }
    }

    /// State of the process, as far as `here`, a process of this machine, can tell.
    pub fn life(&self, here: &Self) -> Life {
        if (&self.host, &self.machine) != (&here.host, &here.machine) {
            Life::Unknown
        } else if self.boot != here.boot {
            Life::Gone
        } else if self.namespace != here.namespace {
            Life::Unknown
        } else {
            self.life_by_number()
        }
    }

    #[cfg(target_os = "linux")]
    fn life_by_number(&self) -> Life {
        match stat(self.id) {
            // One that waits to be buried writes nothing more.
            Some(stat) if stat.ended || (self.started.is_some() && stat.started != self.started) => Life::Gone,
            Some(_) => Life::Running,
            // None of that number, or one of another user that is hidden from us.
            None => self.life_by_signal(),
        }
    }

    #[cfg(all(unix, not(target_os = "linux")))]
    fn life_by_number(&self) -> Life {
        self.life_by_signal()
    }

    #[cfg(unix)]
    fn life_by_signal(&self) -> Life {
        let Ok(id) = i32::try_from(self.id) else { return Life::Gone };
        match nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), None) {
            Err(nix::errno::Errno::ESRCH) => Life::Gone,
            _ => Life::Running,
        }
    }

    #[cfg(not(unix))]
    fn life_by_number(&self) -> Life {
        if self.id == std::process::id() { Life::Running } else { Life::Unknown }
    }

    /// A short name for the names of files: number, start and machine.
    pub(super) fn tag(&self) -> String {
        format!("{}-{:x}-{}", self.id, self.started.unwrap_or_default(), self.home())
    }

    /// Returns whether that is the tag of a process of this one's machine which runs no more.
    pub(super) fn is_gone(&self, tag: &str) -> bool {
        let mut parts = tag.splitn(3, '-');
        let id = parts.next().and_then(|id| id.parse().ok());
        let started = parts.next().and_then(|ticks| u64::from_str_radix(ticks, 16).ok());
        let (Some(id), Some(started)) = (id, started) else { return false };
        let started = (started > 0).then_some(started);
        parts.next() == Some(&self.home()) && Self { id, started, ..self.clone() }.life(self) == Life::Gone
    }

    fn home(&self) -> String {
        short_hash(&format!("{}\n{}\n{}", self.host, self.machine, self.namespace))
    }
}

fn short_hash(text: &str) -> String {
    let mut hash = crate::model::words::hex(&Sha256::digest(text));
    hash.truncate(16);
    hash
}

#[cfg(unix)]
fn host() -> String {
    nix::unistd::gethostname().map_or_else(|_| String::new(), |name| name.to_string_lossy().into_owned())
}

#[cfg(not(unix))]
fn host() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

struct Stat {
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "there is no /proc to have it from"))]
    ended: bool,
    started: Option<u64>,
}

/// A process by `/proc`; `None` where it has nothing.
fn stat(id: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold anything, brackets and spaces too.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    Some(Stat { ended: matches!(state, "Z" | "X" | "x"), started: fields.nth(18).and_then(|ticks| ticks.parse().ok()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_from_one_that_has_its_number_now() {
        let here = Process::this();
        assert_eq!(here.life(&here), Life::Running);
        let started = here.started.map(|ticks| ticks + 1);
        let reused = Process { started, ..here.clone() };
        #[cfg(target_os = "linux")]
        assert_eq!((reused.life(&here), here.is_gone(&reused.tag())), (Life::Gone, true));
        assert!(!here.is_gone(&here.tag()) && !here.is_gone("no tag") && !here.is_gone(""));
        let restarted = Process { boot: "another".into(), ..here.clone() };
        assert_eq!(restarted.life(&here), Life::Gone);
        for elsewhere in [
            Process { host: "another".into(), ..reused.clone() },
            Process { machine: "another".into(), ..reused.clone() },
            Process { namespace: "another".into(), ..reused.clone() },
        ] {
            assert_eq!(elsewhere.life(&here), Life::Unknown);
            assert!(!here.is_gone(&elsewhere.tag()));
        }
    }

    #[cfg(unix)]
    #[test]
    fn one_that_ended_is_gone_before_and_after_it_is_buried() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let here = Process::this();
        let ended = Process { id: child.id(), started: None, ..here.clone() };
        let end = std::time::Instant::now() + std::time::Duration::from_secs(61);
        while cfg!(target_os = "linux") && ended.life(&here) != Life::Gone {
            assert!(std::time::Instant::now() < end, "a process that waits to be buried counts as running");
            std::thread::yield_now();
        }
        child.wait().unwrap();
        assert_eq!(ended.life(&here), Life::Gone);
    }
}

//! Output to the terminal that never waits for it: on a line that is stuck, keys and signals are still served.
//!
//! Bytes are written at once as far as the terminal takes them; the rest goes out on a thread of its own. While there
//! is a rest no frame is drawn, so at most one waits.

use crate::tui::{Incoming, panic_report};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Longest time for the last bytes.
const LAST: Duration = Duration::from_millis(400);
/// Ends whatever control sequence was cut.
const CANCEL: u8 = 0x18;

/// The one way out; the panic hook takes it too.
static OUTLET: OnceLock<Outlet> = OnceLock::new();

struct Outlet {
    line: imp::Line,
    rest: Mutex<Rest>,
    more: Condvar,
    /// Whether the last bytes did not go out in time.
    stuck: AtomicBool,
}

/// Bytes the terminal has not taken yet.
#[derive(Default)]
struct Rest {
    bytes: Vec<u8>,
    /// Receiver of the message that it took all, or takes no more.
    sink: Option<Sender<Incoming>>,
}

/// Opens the way out, once; `sink` hears from now on when the terminal takes bytes again.
pub(super) fn open(sink: Sender<Incoming>) -> io::Result<()> {
    if OUTLET.get().is_none() {
        let (line, stuck) = (imp::Line::open()?, AtomicBool::new(false));
        let outlet = Outlet { line, rest: Mutex::default(), more: Condvar::new(), stuck };
        if OUTLET.set(outlet).is_ok() {
            panic_report::spawn("output", sink.clone(), |_| OUTLET.get().into_iter().for_each(Outlet::pass_on))?;
        }
    }
    if let Some(outlet) = OUTLET.get() {
        outlet.lock().sink = Some(sink);
    }
    Ok(())
}

/// Returns whether the terminal has yet to take something.
pub(super) fn is_busy() -> bool {
    OUTLET.get().is_some_and(|outlet| !outlet.lock().bytes.is_empty())
}

/// Sends bytes, after all that were sent before.
pub(super) fn send(bytes: &[u8]) -> io::Result<()> {
    let Some(outlet) = OUTLET.get() else { return Err(io::ErrorKind::NotConnected.into()) };
    let mut rest = outlet.lock();
    rest.bytes.extend_from_slice(bytes);
    outlet.write(&mut rest)?;
    if !rest.bytes.is_empty() {
        outlet.more.notify_one();
    }
    Ok(())
}

/// Sends the last bytes in the time they may take. From a terminal that takes nothing, what it did not show yet is
/// taken back: it finds these when it goes on. Returns whether they went out in time.
pub(super) fn finish(bytes: &[u8]) -> bool {
    let Some(outlet) = OUTLET.get() else { return false };
    let end = Instant::now() + LAST;
    // Without the lock if need be: it may be held by the thread whose panic brought us here.
    let mut held = outlet.lock_until(end);
    let mut alone = Rest::default();
    let rest = held.as_deref_mut().unwrap_or(&mut alone);
    rest.bytes.extend_from_slice(bytes);
    let out = loop {
        if outlet.write(rest).is_err() {
            break Some(false);
        }
        if rest.bytes.is_empty() {
            break Some(true);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || is_stuck() || outlet.line.wait(Some(left)).is_err() {
            break None;
        }
    };
    if out.is_none() {
        outlet.stuck.store(true, Ordering::SeqCst);
        outlet.line.take_back();
        rest.bytes = [&[CANCEL], bytes].concat();
        let _ = outlet.write(rest);
    }
    rest.bytes.clear();
    out.unwrap_or(false)
}

/// Returns whether the terminal did not take the last bytes in time.
pub(super) fn is_stuck() -> bool {
    OUTLET.get().is_some_and(|outlet| outlet.stuck.load(Ordering::SeqCst))
}

/// Forgets that the terminal was stuck: it is taken over again.
pub(super) fn begin() {
    OUTLET.get().into_iter().for_each(|outlet| outlet.stuck.store(false, Ordering::SeqCst));
}

impl Outlet {
    fn lock(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_until(&self, end: Instant) -> Option<MutexGuard<'_, Rest>> {
        loop {
            match self.rest.try_lock() {
                Ok(rest) => return Some(rest),
                Err(TryLockError::Poisoned(rest)) => return Some(rest.into_inner()),
                Err(TryLockError::WouldBlock) if Instant::now() < end => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(TryLockError::WouldBlock) => return None,
            }
        }
    }

    /// Writes as much as the terminal takes now.
    fn write(&self, rest: &mut Rest) -> io::Result<()> {
        let mut written = 0;
        let result = loop {
            if written == rest.bytes.len() {
                break Ok(());
            }
            match self.line.write(&rest.bytes[written..]) {
                Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        rest.bytes.drain(..written);
        result
    }

    /// Writes what was left, whenever the terminal takes more.
    fn pass_on(&self) {
        loop {
            let mut rest = self.lock();
            while rest.bytes.is_empty() {
                rest = self.more.wait(rest).unwrap_or_else(PoisonError::into_inner);
            }
            drop(rest);
            let waited = self.line.wait(None);
            let mut rest = self.lock();
            let written = waited.and_then(|()| self.write(&mut rest));
            if written.is_err() {
                rest.bytes.clear();
            }
            if rest.bytes.is_empty()
                && let Some(sink) = &rest.sink
            {
                // Nobody listens any more only when the program is leaving.
                let _ = sink.send(if written.is_ok() { Incoming::Drained } else { Incoming::Lost });
            }
        }
    }
}

#[cfg(unix)]
mod imp {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;
    use rustix::termios::{QueueSelector, tcflush, tcgetpgrp};
    use std::fs::File;
    use std::io::{self, Write, stdout};
    use std::os::fd::AsFd;
    use std::time::Duration;

    /// The terminal, opened anew: one that must not wait would else be one for the shell too.
    pub(super) struct Line {
        tty: File,
    }

    impl Line {
        pub(super) fn open() -> io::Result<Self> {
            let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
            // Anybody may open the terminal of the session; another's only by its name, if at all. A group that
            // rustix takes for a fault is one of outside of our container, and the terminal is still ours.
            let is_ours = !matches!(tcgetpgrp(stdout()), Err(Errno::NOTTY));
            let opened = if is_ours { open("/dev/tty", flags, Mode::empty()) } else { Err(Errno::NOTTY) };
            let opened = opened.or_else(|_| open("/proc/self/fd/1", flags, Mode::empty()));
            // One that cannot be opened again has to be waited for.
            let tty = opened.or_else(|_| stdout().as_fd().try_clone_to_owned())?;
            Ok(Self { tty: tty.into() })
        }

        pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
            (&self.tty).write(bytes)
        }

        /// Waits until it takes bytes, or until so much time has passed.
        pub(super) fn wait(&self, most: Option<Duration>) -> io::Result<()> {
            let most = most.and_then(|most| Timespec::try_from(most).ok());
            let mut fds = [PollFd::new(&self.tty, PollFlags::OUT)];
            match poll(&mut fds, most.as_ref()) {
                Ok(_) | Err(Errno::INTR) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }

        /// Drops what was written and is not on its way yet.
        pub(super) fn take_back(&self) {
            let _ = tcflush(&self.tty, QueueSelector::OFlush);
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io::{self, Write, stdout};
    use std::time::Duration;

    /// The console: it takes everything.
    pub(super) struct Line;

    impl Line {
        pub(super) fn open() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
            let mut out = stdout().lock();
            out.write_all(bytes)?;
            out.flush().map(|()| bytes.len())
        }

        pub(super) fn wait(&self, _: Option<Duration>) -> io::Result<()> {
            Ok(())
        }

        pub(super) fn take_back(&self) {}
    }
}

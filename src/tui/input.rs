//! Keys, signals and the loss of the terminal, each from its own thread into one queue.

#[cfg(unix)]
mod bytes;

use super::app::Message;
use super::{Incoming, panic_report};
use crate::model::Time;
use crossterm::event::Event;
use ratatui::layout::Size;
use std::io;
use std::sync::mpsc::Sender;
use std::time::SystemTime;

/// The time now. The only clock of the workbench.
pub(super) fn now() -> Time {
    Time::from_clock(SystemTime::now())
}

/// Starts the thread that waits for keys.
pub(super) fn spawn(sink: Sender<Incoming>) -> io::Result<()> {
    let mut keys = imp::Keys::open()?;
    panic_report::spawn("keys", sink, move |sink| {
        while let Ok(Some(events)) = keys.next() {
            for message in events.into_iter().filter_map(message) {
                if sink.send(Incoming::Message(message)).is_err() {
                    return;
                }
            }
        }
        // Nobody listens any more only when the program is leaving.
        let _ = sink.send(Incoming::Lost);
    })
}

fn message(event: Event) -> Option<Message> {
    Some(match event {
        Event::Key(key) => Message::Key(key, now()),
        Event::Mouse(mouse) => Message::Mouse(mouse, now()),
        Event::Paste(text) => Message::Paste(text),
        Event::Resize(width, height) => Message::Resize(Size { width, height }),
        Event::FocusGained | Event::FocusLost => return None,
    })
}

#[cfg(unix)]
mod imp {
    use super::bytes::Bytes;
    use crossterm::event::Event;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::fs::File;
    use std::io::{self, IsTerminal, Read, stdin};
    use std::os::fd::AsFd;
    use std::time::Instant;

    /// The terminal that keys come from, and what came of it.
    pub(super) struct Keys {
        tty: File,
        bytes: Bytes,
    }

    impl Keys {
        pub(super) fn open() -> io::Result<Self> {
            let tty = if stdin().is_terminal() {
                stdin().as_fd().try_clone_to_owned()?.into()
            } else {
                File::open("/dev/tty")?
            };
            Ok(Self { tty, bytes: Bytes::default() })
        }

        /// Waits for what comes next; `None` when the terminal is gone.
        pub(super) fn next(&mut self) -> io::Result<Option<Vec<Event>>> {
            let mut events = Vec::new();
            let left = self.bytes.deadline().map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = left.and_then(|left| Timespec::try_from(left).ok());
            let mut fds = [PollFd::new(&self.tty, PollFlags::IN)];
            match poll(&mut fds, left.as_ref()) {
                Ok(0) => self.bytes.late(Instant::now(), &mut events),
                Ok(_) => {
                    // Asked before it is read: to read from one that was hung up is no error everywhere.
                    if fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
                        return Ok(None);
                    }
                    let mut buffer = [0; 4096];
                    match self.tty.read(&mut buffer) {
                        Ok(0) => return Ok(None),
                        Ok(read) => self.bytes.take(&buffer[..read], Instant::now(), &mut events),
                        Err(error) if is_passing(error.kind()) => {}
                        Err(error) => return Err(error),
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            Ok(Some(events))
        }
    }

    /// Nothing to read after all, or a signal came first.
    fn is_passing(kind: io::ErrorKind) -> bool {
        matches!(kind, io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
    }
}

#[cfg(not(unix))]
mod imp {
    use crossterm::event::{self, Event};
    use std::io;

    /// The console.
    pub(super) struct Keys;

    impl Keys {
        pub(super) fn open() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits for what comes next.
        pub(super) fn next(&mut self) -> io::Result<Option<Vec<Event>>> {
            event::read().map(|event| Some(vec![event]))
        }
    }
}

#[cfg(unix)]
pub(super) use signals::{end_by, spawn_signals};

/// Starts no thread: there are none here.
#[cfg(not(unix))]
pub(super) fn spawn_signals(_: Sender<Incoming>) -> io::Result<()> {
    Ok(())
}

/// Does nothing: no signal ends the program here.
#[cfg(not(unix))]
pub(super) fn end_by(_: i32) {}

#[cfg(unix)]
mod signals {
    use super::super::app::Message;
    use super::super::{Incoming, panic_report};
    use nix::sys::signal::{SigSet, Signal};
    use ratatui::layout::Size;
    use signal_hook::consts::{
        SIGABRT, SIGALRM, SIGBUS, SIGCONT, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGPROF, SIGQUIT, SIGSEGV, SIGSYS, SIGTERM,
        SIGTRAP, SIGTSTP, SIGUSR1, SIGUSR2, SIGVTALRM, SIGWINCH, SIGXCPU, SIGXFSZ,
    };
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;
    use std::io;
    use std::sync::mpsc::Sender;

    /// The signals we handle, first of all those that would end us with the terminal in our state.
    const TAKEN: [i32; 17] = [
        SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGALRM, SIGPROF, SIGSYS, SIGTRAP, SIGUSR1, SIGUSR2, SIGVTALRM,
        SIGXCPU, SIGXFSZ, SIGCONT, SIGTSTP, SIGWINCH,
    ];

    /// Of Linux: a stack fault, ready input, a failing power supply, and those without a meaning of their own.
    #[cfg(target_os = "linux")]
    const TAKEN_HERE: [std::ops::RangeInclusive<i32>; 4] = [16..=16, 29..=29, 30..=30, 34..=64];
    #[cfg(not(target_os = "linux"))]
    const TAKEN_HERE: [std::ops::RangeInclusive<i32>; 0] = [];

    /// The faults of the processor: to return from one is to run into it again. They are blocked and waited for, which
    /// takes those that somebody sent; the kernel ends us at once by one that is real, whatever is blocked.
    const FAULTS: [Signal; 4] = [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGFPE, Signal::SIGILL];

    /// Blocks them in this thread and in those it starts from now on, and starts the one that waits for them.
    fn spawn_faults(sink: Sender<Incoming>) -> io::Result<()> {
        let faults: SigSet = FAULTS.into_iter().collect();
        faults.thread_block()?;
        panic_report::spawn("faults", sink, move |sink| {
            while let Ok(signal) = faults.wait() {
                if sink.send(Incoming::Signal(signal as i32)).is_err() {
                    end(signal as i32);
                }
            }
        })
    }

    /// Starts the threads that wait for signals. Once nobody listens to it, they do again what they do by default.
    pub(in crate::tui) fn spawn_signals(sink: Sender<Incoming>) -> io::Result<()> {
        let mut signals = Signals::new(TAKEN)?;
        for signal in TAKEN_HERE.into_iter().flatten() {
            // What the C library keeps for itself is refused.
            let _ = signals.add_signal(signal);
        }
        spawn_faults(sink.clone())?;
        panic_report::spawn("signals", sink, move |sink| {
            for signal in signals.forever() {
                let incoming = match signal {
                    SIGCONT => Incoming::Continued,
                    SIGTSTP => Incoming::Stop,
                    // Taken, it lets the write fail instead, and that is named.
                    SIGXFSZ => continue,
                    SIGWINCH => match crossterm::terminal::size() {
                        Ok((width, height)) => Incoming::Message(Message::Resize(Size { width, height })),
                        Err(_) => continue,
                    },
                    signal => Incoming::Signal(signal),
                };
                if sink.send(incoming).is_err() {
                    match signal {
                        SIGCONT | SIGWINCH => {}
                        SIGTSTP => _ = low_level::emulate_default_handler(SIGTSTP),
                        signal => end(signal),
                    }
                }
            }
        })
    }

    /// Ends the program as the signal does by default.
    fn end(signal: i32) {
        let _ = low_level::emulate_default_handler(signal);
        low_level::exit(128 + signal);
    }

    /// Ends the program by the signal if that asks for more than an end: an image of the memory.
    pub(in crate::tui) fn end_by(signal: i32) {
        if [SIGQUIT, SIGABRT, SIGSYS, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGILL].contains(&signal) {
            end(signal);
        }
    }
}

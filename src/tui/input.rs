//! Keys, signals and the loss of the terminal, each from its own thread into one queue.

use super::Incoming;
use super::app::Message;
use crate::model::Time;
use crossterm::event::{self, Event};
use ratatui::layout::Size;
use std::io;
use std::sync::mpsc::Sender;
use std::thread;

/// The time now. The only clock of the workbench.
pub(super) fn now() -> Time {
    let ticks = chrono::Utc::now().timestamp_nanos_opt().unwrap_or_default() / 100;
    Time::from_ticks(ticks)
}

/// Starts the thread that waits for keys.
pub(super) fn spawn(sink: Sender<Incoming>) -> io::Result<()> {
    let tty = imp::Tty::open()?;
    let wait = move || {
        while let Ok(true) = tty.wait() {
            match read(&sink) {
                Ok(true) => {}
                Ok(false) => return,
                Err(_) => break,
            }
        }
        // Nobody listens any more only when the program is leaving.
        let _ = sink.send(Incoming::Lost);
    };
    thread::Builder::new().name("keys".to_owned()).spawn(wait)?;
    Ok(())
}

/// How long to look for more of what has begun to come. What came is on its way meanwhile. With no time at all
/// crossterm would not look.
const MORE: std::time::Duration = std::time::Duration::from_millis(20);

/// Sends on what has come in; whether anybody listens.
fn read(sink: &Sender<Incoming>) -> io::Result<bool> {
    while event::poll(MORE)? {
        let message = match event::read()? {
            Event::Key(key) => Message::Key(key, now()),
            Event::Mouse(mouse) => Message::Mouse(mouse, now()),
            Event::Paste(text) => Message::Paste(text),
            Event::Resize(width, height) => Message::Resize(Size { width, height }),
            Event::FocusGained | Event::FocusLost => continue,
        };
        if sink.send(Incoming::Message(message)).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(unix)]
mod imp {
    use rustix::event::{PollFd, PollFlags, poll};
    use std::fs::File;
    use std::io::{self, IsTerminal, stdin};
    use std::os::fd::{AsFd, OwnedFd};

    /// The terminal that keys come from. crossterm spins for ever on one that was hung up, so it is asked only
    /// when there is something to read.
    pub(super) struct Tty(OwnedFd);

    impl Tty {
        pub(super) fn open() -> io::Result<Self> {
            if stdin().is_terminal() {
                return Ok(Self(stdin().as_fd().try_clone_to_owned()?));
            }
            Ok(Self(File::open("/dev/tty")?.into()))
        }

        /// Waits until there is something to read; `false` when the terminal is gone.
        pub(super) fn wait(&self) -> io::Result<bool> {
            loop {
                let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
                match poll(&mut fds, None) {
                    Ok(_) => {}
                    Err(rustix::io::Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                }
                let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
                return Ok(!fds[0].revents().intersects(gone));
            }
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io;
    use std::time::Duration;

    /// The console.
    pub(super) struct Tty;

    impl Tty {
        pub(super) fn open() -> io::Result<Self> {
            Ok(Self)
        }

        /// Waits until there is something to read.
        pub(super) fn wait(&self) -> io::Result<bool> {
            while !crossterm::event::poll(Duration::from_secs(3600))? {}
            Ok(true)
        }
    }
}

/// Starts the thread that waits for signals.
#[cfg(unix)]
pub(super) fn spawn_signals(sink: Sender<Incoming>) -> io::Result<()> {
    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT, SIGCONT, SIGTSTP, SIGWINCH])?;
    let wait = move || {
        for signal in signals.forever() {
            let incoming = match signal {
                SIGCONT => Incoming::Continued,
                SIGTSTP => Incoming::Stop,
                SIGWINCH => match crossterm::terminal::size() {
                    Ok((width, height)) => Incoming::Message(Message::Resize(Size { width, height })),
                    Err(_) => continue,
                },
                signal => Incoming::Signal(signal),
            };
            if sink.send(incoming).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(wait)?;
    Ok(())
}

/// There are none here.
#[cfg(not(unix))]
pub(super) fn spawn_signals(_: Sender<Incoming>) -> io::Result<()> {
    Ok(())
}

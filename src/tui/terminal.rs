//! The terminal taken over and given back: on leaving, on suspending, on a panic.

mod outlet;

use super::screen_diff::ScreenDiff;
use super::{Incoming, input, panic_report};
use crate::model::Time;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use std::io::{self, IsTerminal, Sink, Write, stderr};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::thread;

/// Whether the terminal is ours. Leaving twice would move the cursor over what was printed since.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is ours too.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Only for its buffers and the size: what is sent is [`ScreenDiff`]'s.
type Frames = ratatui::Terminal<CrosstermBackend<Sink>>;

/// The terminal while it is ours; given back on drop.
pub(super) struct Screen {
    frames: Frames,
    diff: ScreenDiff,
    /// Whether the mouse is wanted.
    mouse: bool,
}

impl Screen {
    /// Takes the terminal over. `sink` hears when it takes bytes again after it did not.
    pub(super) fn enter(sink: Sender<Incoming>) -> io::Result<Self> {
        outlet::open(sink)?;
        take()?;
        let frames = ratatui::Terminal::new(CrosstermBackend::new(io::sink())).inspect_err(|_| give_back())?;
        Ok(Self { frames, diff: ScreenDiff::blank(0, 0), mouse: false })
    }

    /// Its size now.
    pub(super) fn size(&self) -> io::Result<Size> {
        self.frames.size()
    }

    /// Draws a frame, and sends what changed as one whole. Nothing is drawn while the terminal has not taken the one
    /// before.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame)) -> io::Result<()> {
        if outlet::is_busy() {
            return Ok(());
        }
        let mut frame = Vec::new();
        if MOUSE.swap(self.mouse, Ordering::SeqCst) != self.mouse {
            if self.mouse { queue!(frame, EnableMouseCapture)? } else { queue!(frame, DisableMouseCapture)? }
        }
        // Not Terminal::draw: if `draw` panics, not one byte of a half-made update may be on its way.
        self.frames.autoresize()?;
        draw(&mut self.frames.get_frame());
        let changes = self.diff.frame(self.frames.current_buffer_mut());
        self.frames.swap_buffers();
        if !changes.is_empty() {
            queue!(frame, BeginSynchronizedUpdate)?;
            frame.extend(changes);
            queue!(frame, EndSynchronizedUpdate)?;
        }
        // In one write, so that a line that is shared or slow shows whole frames.
        if frame.is_empty() { Ok(()) } else { outlet::send(&frame) }
    }

    /// Sends bytes that draw nothing, between two frames; `false` when the terminal takes none now.
    pub(super) fn send(bytes: &[u8]) -> bool {
        !outlet::is_busy() && outlet::send(bytes).is_ok()
    }

    /// Takes the mouse with the next frame, or leaves it to the terminal; given back with the terminal.
    pub(super) fn take_mouse(&mut self, on: bool) {
        self.mouse = on;
    }

    /// Takes the terminal over again after somebody else had it; everything is drawn anew.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        give_back();
        take()?;
        // Nothing is known of what it shows: the next frame is drawn whole.
        self.diff = ScreenDiff::blank(0, 0);
        Ok(())
    }

    /// Stops the process until the shell continues it.
    #[cfg(unix)]
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        if !has_shell() {
            return Ok(());
        }
        give_back();
        // SIGTSTP itself is caught, so that one sent from elsewhere gives the terminal back too.
        signal_hook::low_level::raise(signal_hook::consts::SIGSTOP)?;
        self.enter_again()
    }

    /// There is no suspending here.
    #[cfg(not(unix))]
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns whether somebody could continue us: without a shell above us in the session we would be stopped for ever.
#[cfg(unix)]
fn has_shell() -> bool {
    // nix, not rustix: within a container the session may have been begun outside, and its id is then 0, which
    // rustix takes for a fault.
    use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};
    let parent = getppid();
    // 0 asks about ourselves: a parent outside the container is nobody's shell here.
    parent != Pid::from_raw(0)
        && getsid(Some(parent)).is_ok_and(|session| getsid(None) == Ok(session))
        && getpgid(Some(parent)).is_ok_and(|group| group != getpgrp())
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

fn take() -> io::Result<()> {
    // crossterm reads NO_COLOR too, and would then drop the attributes that the mono theme is made of.
    crossterm::style::force_color_output(true);
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    outlet::begin();
    let mut bytes = Vec::new();
    // After a killed run the terminal is on the alternate screen already, with letters where we expect none.
    queue!(bytes, EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste, cursor::Hide)?;
    outlet::send(&bytes).inspect_err(|_| give_back())
}

/// Gives the terminal back if it is ours. Errors have nowhere to go: it may be gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut bytes = Vec::new();
        if MOUSE.swap(false, Ordering::SeqCst) {
            let _ = queue!(bytes, DisableMouseCapture);
        }
        let _ = queue!(bytes, EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        outlet::finish(&bytes);
        let _ = disable_raw_mode();
    }
}

/// Prints the last lines once the terminal is given back. On one that is stuck they are lost rather than waited for.
pub(super) fn say_last(lines: &[u8]) {
    outlet::finish(lines);
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// While it lives, a panic gives the terminal back and says where it was.
pub(super) struct PanicHook {
    before: Arc<Hook>,
}

impl PanicHook {
    /// Sets the hook. The calling thread is the one that draws: a panic elsewhere is only noted, and ends the loop.
    pub(super) fn set() -> Self {
        Self::set_by(input::now)
    }

    fn set_by(clock: fn() -> Time) -> Self {
        let before = Arc::new(panic::take_hook());
        let drawing = thread::current().id();
        let is_reported = AtomicBool::new(false);
        panic::set_hook(Box::new(move |info| {
            let is_drawing = thread::current().id() == drawing;
            if is_drawing {
                give_back();
            }
            panic_report::note(info, clock());
            let is_stuck = outlet::is_stuck() && stderr().is_terminal();
            if is_drawing && !is_stuck && !is_reported.swap(true, Ordering::SeqCst) {
                // Not eprintln: it panics where the terminal is gone.
                let _ = writeln!(stderr(), "error: {}", panic_report::sentence());
            }
        }));
        Self { before }
    }
}

impl Drop for PanicHook {
    fn drop(&mut self) {
        if !thread::panicking() {
            let before = Arc::clone(&self.before);
            panic::set_hook(Box::new(move |info| before(info)));
        }
    }
}

#[cfg(test)]
mod tests;

//! The terminal taken over and given back: on leaving, on suspending, on a panic.

use super::fault;
use super::wire::Wire;
use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
use std::io::{self, Sink, Write, sink, stdout};
use std::panic::{self, PanicHookInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Whether the terminal is ours. Leaving twice would move the cursor over what was printed since.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is ours too.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Only for its buffers and the size: what is sent is [`Wire`]'s.
type Frames = ratatui::Terminal<CrosstermBackend<Sink>>;

/// The terminal while it is ours; given back on drop.
pub(super) struct Screen {
    frames: Frames,
    wire: Wire,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn enter() -> io::Result<Self> {
        take()?;
        let frames = ratatui::Terminal::new(CrosstermBackend::new(sink())).inspect_err(|_| give_back())?;
        Ok(Self { frames, wire: Wire::blank(0, 0) })
    }

    /// Its size now.
    pub(super) fn size(&self) -> io::Result<Size> {
        self.frames.size()
    }

    /// Draws a frame, and sends what changed as one whole.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame)) -> io::Result<()> {
        // Not Terminal::draw: if `draw` panics, not one byte of a half-made update may be on its way.
        self.frames.autoresize()?;
        draw(&mut self.frames.get_frame());
        let changes = self.wire.frame(self.frames.current_buffer_mut());
        self.frames.swap_buffers();
        if changes.is_empty() {
            return Ok(());
        }
        let mut frame = Vec::with_capacity(changes.len() + 16);
        queue!(frame, BeginSynchronizedUpdate)?;
        frame.extend(changes);
        queue!(frame, EndSynchronizedUpdate)?;
        // In one write, so that a line that is shared or slow shows whole frames.
        let mut out = stdout().lock();
        out.write_all(&frame)?;
        out.flush()
    }

    /// Takes the terminal over again after somebody else had it; everything is drawn anew.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        give_back();
        take()?;
        if MOUSE.load(Ordering::SeqCst) {
            take_mouse(true)?;
        }
        // Nothing is known of what it shows: the next frame is drawn whole.
        self.wire = Wire::blank(0, 0);
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

/// Whether somebody could continue us: without a shell above us in the session we would be stopped for ever.
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
    // After a killed run the terminal is on the alternate screen already, with letters where we expect none.
    execute!(stdout(), EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste, cursor::Hide)
        .inspect_err(|_| give_back())
}

/// Sends bytes that draw nothing. For the thread that draws: a frame is out whole before this is called.
pub(super) fn send(bytes: &[u8]) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Takes the mouse, or leaves it to the terminal; given back with the terminal.
pub(super) fn take_mouse(on: bool) -> io::Result<()> {
    MOUSE.store(on, Ordering::SeqCst);
    if on { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
}

/// Gives the terminal back if it is ours. Errors have nowhere to go: it may be gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        if MOUSE.load(Ordering::SeqCst) {
            let _ = execute!(stdout(), DisableMouseCapture);
        }
        let _ = execute!(stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = disable_raw_mode();
    }
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// While it lives, a panic gives the terminal back and says where it was.
pub(super) struct PanicHook {
    before: Arc<Hook>,
}

impl PanicHook {
    /// Sets the hook. The calling thread is the one that draws: a panic elsewhere is only noted.
    #[expect(clippy::print_stderr, reason = "the screen is gone, and the program with it")]
    pub(super) fn set() -> Self {
        let before = Arc::new(panic::take_hook());
        let drawing = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            let is_drawing = thread::current().id() == drawing;
            if is_drawing {
                give_back();
            }
            fault::note(info);
            if is_drawing {
                eprintln!("error: {}", fault::sentence());
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::Read;

    const CHILD: &str = "TOKENTRAIL_TEST_CHILD";

    /// Not a test of its own: it runs on the terminal of the test below.
    #[test]
    #[ignore = "started by another test, on a terminal"]
    fn panics_while_drawing() {
        if std::env::var_os(CHILD).is_none() {
            return;
        }
        let _hook = PanicHook::set();
        let mut screen = Screen::enter().unwrap();
        screen.draw(|frame| frame.render_widget("frame", frame.area())).unwrap();
        screen.draw(|_| panic!("finance.director@contoso.com")).unwrap();
    }

    #[test]
    fn a_panic_gives_the_terminal_back_and_tells_no_evidence() {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "--nocapture", "tui::terminal::tests::panics_while_drawing"]);
        let state = tempfile::tempdir().unwrap();
        command.env(CHILD, "1");
        command.env("XDG_STATE_HOME", state.path());
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut bytes = Vec::new();
        // A pty whose last program ended reads as an error, after all it said.
        let _ = pair.master.try_clone_reader().unwrap().read_to_end(&mut bytes);
        assert!(!child.wait().unwrap().success());
        let text = String::from_utf8_lossy(&bytes);
        let (during, after) = text.rsplit_once("\u{1b}[?1049l").expect("the alternate screen was left");
        assert!(during.contains("frame"));
        assert!(
            after.contains("\u{1b}[?25h") && after.contains("a fault in the program at src/tui/terminal.rs"),
            "{after}"
        );
        assert!(!after.contains("\u{1b}[?2026h"), "nothing of the broken frame was sent");
        assert_eq!(after.matches("finance.director").count(), 0, "{after}");
        let report = std::fs::read_dir(state.path().join("tokentrail")).unwrap().next().unwrap().unwrap().path();
        let shown: String = after.split_whitespace().collect();
        assert!(shown.contains(report.file_name().unwrap().to_str().unwrap()), "{after}");
        let report = std::fs::read_to_string(report).unwrap();
        assert!(report.contains("place: src/tui/terminal.rs:") && report.contains("Screen::draw"), "{report}");
        assert!(report.starts_with(&format!("tokentrail {}", env!("CARGO_PKG_VERSION"))), "{report}");
        assert!(!report.contains("finance.director"), "{report}");
    }
}

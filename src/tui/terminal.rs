//! The terminal taken over and given back: on leaving, on suspending, on a panic.

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};
use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Whether the terminal is ours. Leaving twice would move the cursor over what was printed since.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Where the last panic was.
static FAULT: Mutex<Option<String>> = Mutex::new(None);
/// A frame is sent in one write.
const FRAME_BYTES: usize = 1 << 16;

type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// The terminal while it is ours; given back on drop.
pub(super) struct Screen {
    terminal: ratatui::Terminal<Backend>,
}

impl Screen {
    /// Takes the terminal over.
    pub(super) fn enter() -> io::Result<Self> {
        take()?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(FRAME_BYTES, stdout()));
        let terminal = ratatui::Terminal::new(backend).inspect_err(|_| give_back())?;
        Ok(Self { terminal })
    }

    /// Its size now.
    pub(super) fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// Draws a frame, and sends what changed as one whole.
    pub(super) fn draw(&mut self, draw: impl FnOnce(&mut Frame)) -> io::Result<()> {
        // Not Terminal::draw: if `draw` panics, not one byte of a half-made update may be on its way.
        self.terminal.autoresize()?;
        draw(&mut self.terminal.get_frame());
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.flush()?;
        self.terminal.swap_buffers();
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        Write::flush(self.terminal.backend_mut())
    }

    /// Sends bytes that draw nothing, between two frames.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(bytes)?;
        Write::flush(out)
    }

    /// Takes the terminal over again after somebody else had it; everything is drawn anew.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        give_back();
        take()?;
        // Not Terminal::clear: it asks the terminal where the cursor is, and the answer would reach the keys.
        self.terminal.resize(Rect::from(self.terminal.size()?))
    }

    /// Stops the process until the shell continues it.
    #[cfg(unix)]
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        give_back();
        // Where no shell could continue us the kernel ignores it, and we go on.
        signal_hook::low_level::raise(signal_hook::consts::SIGTSTP)?;
        self.enter_again()
    }

    /// There is no suspending here.
    #[cfg(not(unix))]
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
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

/// Gives the terminal back if it is ours. Errors have nowhere to go: it may be gone.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(stdout(), EndSynchronizedUpdate, DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
        let _ = disable_raw_mode();
    }
}

/// What to say about the last panic.
pub(super) fn fault() -> String {
    let place = FAULT.lock().unwrap_or_else(PoisonError::into_inner).clone();
    format!(
        "a fault in the program at {}; every verdict up to it is saved",
        place.as_deref().unwrap_or("an unknown place")
    )
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// While it lives, a panic gives the terminal back and says where it was: never its message, which may hold evidence.
pub(super) struct PanicHook {
    before: Arc<Hook>,
}

impl PanicHook {
    /// Sets the hook. The calling thread is the one that draws: a panic elsewhere is only noted for [`fault`].
    #[expect(clippy::print_stderr, reason = "the screen is gone, and the program with it")]
    pub(super) fn set() -> Self {
        let before = Arc::new(panic::take_hook());
        let drawing = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
            *FAULT.lock().unwrap_or_else(PoisonError::into_inner) = place;
            if thread::current().id() == drawing {
                give_back();
                eprintln!("error: {}", fault());
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
        command.env(CHILD, "1");
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
        let mine = after.split("error: a fault").nth(1).unwrap().lines().next().unwrap();
        assert!(!mine.contains("finance.director"));
        assert_eq!(after.matches("finance.director").count(), 0, "{after}");
    }
}

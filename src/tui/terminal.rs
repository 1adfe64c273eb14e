//! The terminal taken over and given back: on leaving, on suspending, on a panic.

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Frame;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Size;
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

    /// Takes the terminal over again after somebody else had it; everything is drawn anew.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        give_back();
        take()?;
        self.terminal.clear()
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
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, cursor::Hide).inspect_err(|_| give_back())
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

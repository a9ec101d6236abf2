//! The loop: waits for whatever happens next, and passes it on.
//!
//! What goes wrong with a viewer ends that viewer. What goes wrong with the X server, the window manager or the launcher ends the agent, and
//! with it the instance: it could not serve anybody any more, and another one is soon made.

mod requests;

use std::convert::Infallible;
use std::os::fd::BorrowedFd;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use millrace_stream::clipboard::Assembler;
use millrace_stream::input::Caused;
use millrace_stream::message::{
    ApplicationPhase, ApplicationState, PREPARED_APPLICATION, ScreenSize, StartApplication,
};
use millrace_stream::pacing::Due;
use rustix::event::{PollFd, PollFlags, poll};

use crate::children::XServer;
use crate::clipboard::Clipboard;
use crate::clock;
use crate::framebuffer::Framebuffer;
use crate::guests::{Admitted, Guests, Question};
use crate::launcher::Launcher;
use crate::log::log;
use crate::options::Options;
use crate::preparation::Preparation;
use crate::screen::{Screen, Told};
use crate::typist::Typist;
use crate::viewer::Viewer;
use crate::window_manager::WindowManager;

/// An instance's agent. Dropping it ends the X server and the window manager.
pub struct Agent {
    // Dropped first to last: who uses the X server goes before it.
    window_manager: WindowManager,
    screen: Screen,
    framebuffer: Arc<Framebuffer>,
    x_server: XServer,
    private: PrivateDirectory,
    guests: Guests,
    launcher: Launcher,
    /// An application that runs already and nobody has taken yet.
    preparation: Option<Preparation>,
    /// Somebody was here: nothing is prepared any more.
    visited: bool,
    viewer: Option<Viewer>,
    typist: Typist,
    clipboard: Clipboard,
    /// What the viewer's user copied, as far as it has come.
    copied: Assembler,
    /// The screen's size.
    size: (u16, u16),
}

/// The smallest screen that a viewer gets: in less, applications are of no use.
const MIN_SIZE: (u16, u16) = (320, 200);

/// Which sockets have something.
#[derive(Default)]
struct Ready {
    children: bool,
    guests: bool,
    launcher: bool,
    viewer: bool,
    painter: bool,
}

/// A directory that only the agent can read, removed with it.
struct PrivateDirectory(PathBuf);

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            log(format_args!("removing {}: {error}", self.0.display()));
        }
    }
}

impl PrivateDirectory {
    fn create(parent: &std::path::Path) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let path = parent.join(format!("millrace-agent-{}", std::process::id()));
        let created = std::fs::DirBuilder::new().mode(0o700).create(&path);
        created.with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Agent {
    /// Listens, then starts the X server and the window manager. Who connects meanwhile waits.
    ///
    /// # Errors
    /// If a directory, a socket, the X server or the window manager fails.
    pub fn start(options: &Options) -> Result<Self> {
        let guests = Guests::listen(&options.agent_directory)?;
        let launcher = Launcher::listen(&options.pod_directory)?;
        let private = PrivateDirectory::create(&options.framebuffer_directory)?;
        let (display, width, height) = (options.display.as_deref(), options.width, options.height);
        let x_server = XServer::start(display, width, height, &private.0)?;
        let framebuffer = Arc::new(Framebuffer::open(&x_server.framebuffer)?);
        let screen = Screen::connect(&x_server.display)?;
        let typist = Typist::new(screen.connection())?;
        let clipboard = Clipboard::connect(&x_server.display)?;
        let window_manager = WindowManager::start(&x_server.display, &private.0)?;
        let size = (framebuffer.width(), framebuffer.height());
        log(format_args!("display {} of {width} × {height} is up", x_server.display));
        Ok(Self {
            window_manager,
            screen,
            framebuffer,
            x_server,
            private,
            guests,
            launcher,
            preparation: None,
            visited: false,
            viewer: None,
            typist,
            clipboard,
            copied: Assembler::default(),
            size,
        })
    }

    /// The X server's display, such as `:0`.
    pub fn display(&self) -> &str {
        &self.x_server.display
    }

    /// Serves until something ends that the instance cannot do without.
    ///
    /// # Errors
    /// Always, in the end.
    pub fn run(mut self) -> Result<Infallible> {
        debug_assert!(self.private.0.is_dir());
        loop {
            self.serve_window_manager()?;
            if self.typist.due().is_some_and(|at| at <= clock::now()) {
                self.inject_due()?;
            }
            self.serve_wanted_size()?;
            // Its questions to the X server may take in events, which only the next one takes up: so it comes first.
            self.serve_windows()?;
            self.serve_screen()?;
            self.serve_clipboard()?;
            self.flush_viewer()?;
            if self.launcher.is_ready() && self.window_manager.serves() {
                self.guests.tell(Question::Ready, self.size);
                self.serve_preparation()?;
            }
            let ready = self.wait()?;
            if ready.children {
                self.x_server.process.check()?;
                self.window_manager.check()?;
            }
            if ready.guests {
                self.serve_guests()?;
            }
            if ready.launcher {
                self.serve_launcher()?;
            }
            if ready.viewer {
                self.serve_viewer()?;
            }
            if ready.painter {
                self.take_frame()?;
            }
        }
    }

    /// Sleeps until something happens or is due.
    fn wait(&mut self) -> Result<Ready> {
        let due = match self.viewer.as_mut().map(Viewer::due) {
            Some(Due::Now) => Some(0),
            Some(Due::At(time)) => Some(time),
            Some(Due::Idle) | None => None,
        };
        let ask = self.window_manager.due();
        let preparation = self.preparation.as_ref().and_then(Preparation::due);
        let due =
            [due, ask, preparation, self.guests.deadline(), self.typist.due(), self.screen.windows_due()];
        let deadline = due.into_iter().flatten().min();
        let timeout = deadline.map(|deadline| clock::timespec(deadline.saturating_sub(clock::now())));
        let fixed: [(BorrowedFd<'_>, PollFlags); 5] = [
            (self.screen.fd(), PollFlags::IN),
            (self.x_server.process.fd(), PollFlags::IN),
            (self.window_manager.fd(), PollFlags::IN),
            self.launcher.interest(),
            (self.clipboard.fd(), PollFlags::IN),
        ];
        let viewer = self.viewer.iter().flat_map(|viewer| {
            let connection = (viewer.connection.fd(), viewer.connection.interest());
            [connection, (viewer.painter_fd(), PollFlags::IN)]
        });
        let all = fixed.into_iter().chain(viewer).chain(self.guests.interest());
        let mut polled: Vec<PollFd<'_>> =
            all.map(|(fd, flags)| PollFd::from_borrowed_fd(fd, flags)).collect();
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(Ready::default()),
            Err(error) => return Err(error).context("waiting"),
        }
        let has = |index: usize| !polled[index].revents().is_empty();
        let guests = fixed.len() + if self.viewer.is_some() { 2 } else { 0 };
        Ok(Ready {
            children: has(1) || has(2),
            launcher: has(3),
            viewer: self.viewer.is_some() && has(fixed.len()),
            painter: self.viewer.is_some() && has(fixed.len() + 1),
            guests: (guests..polled.len()).any(has)
                || self.guests.deadline().is_some_and(|at| at <= clock::now()),
        })
    }

    fn serve_window_manager(&mut self) -> Result<()> {
        let now = clock::now();
        if self.window_manager.takes_change(now) {
            self.screen.reconfigure_window_manager()?;
        }
        if self.window_manager.takes_question(now) {
            self.screen.ask_window_manager()?;
        }
        Ok(())
    }

    fn serve_guests(&mut self) -> Result<()> {
        let served = self.guests.serve()?;
        if let Some(application) = served.prepare
            && self.preparation.is_none()
            && !self.visited
        {
            log(format_args!("{} is prepared", application.argv[0]));
            self.preparation = Some(Preparation::begin(&application, clock::now()));
            self.launcher.start(application)?;
        }
        served.admitted.map_or(Ok(()), |admitted| self.attach(admitted))
    }

    /// Looks how far the prepared application is, and tells those who wait.
    fn serve_preparation(&mut self) -> Result<()> {
        let now = clock::now();
        let shown = match &mut self.preparation {
            Some(preparation) => {
                if preparation.takes_look(now) {
                    self.screen.sync()?;
                }
                preparation.is_shown(now)
            }
            None => self.visited,
        };
        if shown {
            self.guests.tell(Question::Prepared, self.size);
        }
        Ok(())
    }

    /// The first user decides what becomes of the prepared application: it is taken, or ended and the wanted one started.
    fn adopt(&mut self, start: StartApplication) -> Result<Option<ApplicationState>> {
        let same = self.preparation.as_ref().is_some_and(|preparation| preparation.is(&start));
        if same && let Some(state) = self.launcher.adopt(start.id) {
            self.preparation = None;
            return Ok(Some(state));
        }
        self.end_prepared()?;
        self.launcher.start(start)
    }

    fn end_prepared(&mut self) -> Result<()> {
        self.preparation.take().map_or(Ok(()), |_| self.launcher.end_prepared())
    }

    /// A viewer attaches; the one before is told by its connection's end.
    fn attach(&mut self, admitted: Admitted) -> Result<()> {
        self.detach("another one took over")?;
        self.visited = true;
        if let Some(preparation) = &mut self.preparation {
            preparation.over();
        }
        let size = admitted.size;
        log(format_args!("a viewer of {} × {} attaches", size.width, size.height));
        self.give_size(size)?;
        let framebuffer = Arc::clone(&self.framebuffer);
        let viewer = Viewer::attach(admitted.connection, framebuffer, self.size).and_then(|mut viewer| {
            for state in self.launcher.applications() {
                viewer.send_application(state.clone())?;
            }
            Ok(viewer)
        });
        match viewer {
            Ok(viewer) => self.viewer = Some(viewer),
            Err(error) => log(format_args!("the viewer cannot be served: {error:#}")),
        }
        self.copied = Assembler::default();
        self.clipboard.read()?;
        // It may have said more than Attach already.
        self.serve_viewer_messages()
    }

    /// The screen's size for a page of this size; where it cannot be the same, the viewer fits the one into the other.
    fn possible_size(&self, page: ScreenSize) -> (u16, u16) {
        let (width, height) = (self.framebuffer.width(), self.framebuffer.height());
        let (min_width, min_height) = (MIN_SIZE.0.min(width), MIN_SIZE.1.min(height));
        (page.width.clamp(min_width, width), page.height.clamp(min_height, height))
    }

    /// Gives the viewer the size that it wants.
    fn serve_wanted_size(&mut self) -> Result<()> {
        let Some(size) = self.viewer.as_mut().and_then(Viewer::take_wanted_size) else { return Ok(()) };
        self.give_size(size)
    }

    fn give_size(&mut self, size: ScreenSize) -> Result<()> {
        self.screen.resize(self.possible_size(size), size.scale_percent);
        self.window_manager.follow_scale(size.scale_percent);
        self.adopt_size()
    }

    /// Follows the screen's size, whoever changed it: applications may, too.
    fn adopt_size(&mut self) -> Result<()> {
        let (width, height) = self.screen.size()?;
        let size = (width.min(self.framebuffer.width()), height.min(self.framebuffer.height()));
        if size == self.size {
            return Ok(());
        }
        log(format_args!("the screen has {} × {}", size.0, size.1));
        self.size = size;
        self.framebuffer.forget_outside(size.0, size.1);
        match self.viewer.as_mut().map_or(Ok(()), |viewer| viewer.resize(size.0, size.1)) {
            Ok(()) => Ok(()),
            Err(error) => self.detach(&format!("{error:#}")),
        }
    }

    /// Ends the viewer's part, letting go of what it held down.
    fn detach(&mut self, why: &str) -> Result<()> {
        let Some(mut viewer) = self.viewer.take() else { return Ok(()) };
        log(format_args!("the viewer leaves: {why}"));
        let mut released = Vec::new();
        viewer.input.detach(&mut released);
        self.inject(&released)
    }

    fn inject(&mut self, inputs: &[Caused]) -> Result<()> {
        let pushed = self.typist.push(inputs);
        self.inject_due()?;
        pushed.or_else(|error| self.detach(&format!("{error:#}")))
    }

    /// Injects what can be by now.
    fn inject_due(&mut self) -> Result<()> {
        let mut any = false;
        while let Some(caused) = self.typist.next(&mut self.screen, clock::now())? {
            any = true;
            let mark = self.screen.inject(caused.injection)?;
            if let Some(viewer) = &mut self.viewer {
                viewer.injected(mark, caused.sequence, caused.time);
            }
        }
        if any { self.screen.flush() } else { Ok(()) }
    }

    /// Passes on what applications copy, and hands out what the user copied.
    fn serve_clipboard(&mut self) -> Result<()> {
        while let Some(text) = self.clipboard.next()? {
            let Some(viewer) = &mut self.viewer else { continue };
            if let Err(error) = viewer.send_clipboard(&text) {
                self.detach(&format!("{error:#}"))?;
            }
        }
        Ok(())
    }

    /// Passes on what is new of the windows.
    fn serve_windows(&mut self) -> Result<()> {
        let is_due = self.screen.windows_due().is_some_and(|at| at <= clock::now());
        if is_due {
            self.screen.refresh_windows()?;
        }
        let Some(viewer) = &mut self.viewer else { return Ok(()) };
        viewer.windows_changed |= is_due;
        if !viewer.wants_windows() {
            return Ok(());
        }
        let windows = self.screen.windows(|process| self.launcher.application_of(process));
        viewer.send_windows(windows).or_else(|error| self.detach(&format!("{error:#}")))
    }

    fn serve_launcher(&mut self) -> Result<()> {
        for state in self.launcher.serve()? {
            log(format_args!(
                "application {}: {:?} {} {}",
                state.id, state.phase, state.status, state.message
            ));
            if let Some(preparation) = &mut self.preparation
                && state.id == PREPARED_APPLICATION
                && state.phase != ApplicationPhase::Started
            {
                preparation.over();
            }
            if let Some(viewer) = &mut self.viewer
                && let Err(error) = viewer.send_application(state)
            {
                self.detach(&format!("{error:#}"))?;
            }
        }
        Ok(())
    }

    /// Takes what the X server told, and begins and makes frames, until it has nothing more to tell: only then may be waited for it.
    fn serve_screen(&mut self) -> Result<()> {
        loop {
            while let Some(told) = self.screen.next()? {
                if matches!(told, Told::Resized) {
                    self.adopt_size()?;
                } else if matches!(told, Told::Windows) {
                    self.screen.arrange_windows()?;
                    if let (Some(preparation), true) = (&mut self.preparation, self.screen.has_windows()) {
                        preparation.has_window();
                    }
                } else if let Told::CameToInput(ping) = told {
                    self.typist.came_to_input(ping, clock::now());
                } else if let Err(error) = self.told(&told) {
                    self.detach(&format!("{error:#}"))?;
                }
            }
            let Some(viewer) = &mut self.viewer else { return Ok(()) };
            if viewer.wants_cursor() {
                let cursor = self.screen.cursor()?;
                if let Err(error) = viewer.send_cursor(cursor.as_ref()) {
                    self.detach(&format!("{error:#}"))?;
                }
            } else if viewer.due() == Due::Now {
                viewer.syncing(self.screen.sync()?);
            } else {
                return Ok(());
            }
        }
    }

    /// An error is the viewer's.
    fn told(&mut self, told: &Told) -> Result<()> {
        if matches!(told, Told::WindowManager) {
            self.window_manager.answered();
        }
        if let (Some(preparation), Told::Damage { .. }) = (&mut self.preparation, told) {
            preparation.changed(clock::now());
        }
        let Some(viewer) = &mut self.viewer else { return Ok(()) };
        match *told {
            Told::Damage { area, mark } => viewer.damaged(area, mark),
            Told::Cursor => viewer.cursor_changed = true,
            Told::Synced { mark } if viewer.is_synced(mark) => {
                viewer.make_frame()?;
            }
            Told::Synced { .. }
            | Told::WindowManager
            | Told::Resized
            | Told::Windows
            | Told::CameToInput(_) => {}
        }
        Ok(())
    }

    /// Sends the frame that was made.
    fn take_frame(&mut self) -> Result<()> {
        let taken = self.viewer.as_mut().map_or(Ok(()), Viewer::take_frame);
        taken.or_else(|error| self.detach(&format!("{error:#}")))
    }

    fn flush_viewer(&mut self) -> Result<()> {
        let flushed = self.viewer.as_mut().map_or(Ok(()), |viewer| viewer.connection.flush());
        flushed.or_else(|error| self.detach(&format!("{error:#}")))
    }
}

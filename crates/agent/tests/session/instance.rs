//! An instance on this machine: the real agent with a real X server and window manager, and the real launcher.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat};
use x11rb::rust_connection::RustConnection;

use crate::client::{Client, Seen};

pub(crate) const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
/// Nothing in these tests takes longer, however busy the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Instance {
    pub(crate) agent: Child,
    pub(crate) launcher: Option<Child>,
    pub(crate) display: String,
    directory: TempDir,
}

impl Instance {
    /// Agent and launcher.
    pub(crate) fn start(screen: &str) -> Self {
        let mut instance = Self::without_launcher(screen);
        instance.start_launcher();
        // As the driver does: a window that is mapped before the window manager is up does not get the focus.
        assert_eq!(Client::probe(instance.connect()).next_within(PATIENCE), Some(Seen::Ready));
        instance
    }

    pub(crate) fn without_launcher(screen: &str) -> Self {
        for program in ["Xvfb", "openbox"] {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .any(|directory| directory.join(program).is_file());
            assert!(found, "{program} is missing: `cargo xtask test` installs what the tests need");
        }
        let directory = TempDir::new().unwrap();
        for name in ["agent", "pod", "framebuffer"] {
            std::fs::create_dir(directory.path().join(name)).unwrap();
        }
        std::fs::write(directory.path().join("agent/secret"), SECRET).unwrap();
        let mut agent = Command::new(env!("CARGO_BIN_EXE_millrace-agent"))
            .env_remove("DISPLAY")
            .args(["--screen", screen])
            .arg("--agent-directory")
            .arg(directory.path().join("agent"))
            .arg("--pod-directory")
            .arg(directory.path().join("pod"))
            .arg("--framebuffer-directory")
            .arg(directory.path().join("framebuffer"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // The agent's log says which display it has; all of it goes on to the test's own output.
        let (sender, receiver) = mpsc::channel();
        let stderr = BufReader::new(agent.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some(rest) = line.strip_prefix("millrace-agent: display ") {
                    let _ = sender.send(rest.split(' ').next().unwrap().to_owned());
                }
                eprintln!("{line}");
            }
        });
        let display = receiver.recv_timeout(PATIENCE);
        let display = display.unwrap_or_else(|error| {
            let _ = agent.kill();
            let _ = agent.wait();
            panic!("the agent does not come up: {error}");
        });
        Self { agent, launcher: None, display, directory }
    }

    pub(crate) fn start_launcher(&mut self) {
        let launcher = Command::new(program("millrace-launcher"))
            .arg("--socket")
            .arg(self.directory.path().join("pod/launcher.sock"))
            .env("DISPLAY", &self.display)
            .stderr(std::fs::File::create(self.launcher_log()).unwrap())
            .spawn();
        self.launcher = Some(launcher.unwrap());
    }

    /// What the launcher and the applications wrote.
    pub(crate) fn launcher_log(&self) -> PathBuf {
        self.directory.path().join("launcher.log")
    }

    pub(crate) fn connect(&self) -> UnixStream {
        UnixStream::connect(self.directory.path().join("agent/agent.sock")).unwrap()
    }

    /// The agent's own children: X server and window manager.
    pub(crate) fn children(&self) -> Vec<u32> {
        let id = self.agent.id();
        // An agent that has ended has none left: it waits for them.
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
    }

    /// The launcher's only application.
    pub(crate) fn application(&self) -> Pid {
        let launcher = self.launcher.as_ref().unwrap().id();
        let tasks = std::fs::read_dir(format!("/proc/{launcher}/task")).unwrap();
        let children =
            tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("children")).unwrap());
        let children = children.collect::<String>();
        Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap()
    }

    /// A connection of the test's own to the X server.
    pub(crate) fn x(&self) -> X {
        let (connection, number) = x11rb::connect(Some(&self.display)).unwrap();
        X { root: connection.setup().roots[number].root, connection }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if thread::panicking() {
            // The test has failed already; a second panic would hide how.
            let _ = self.agent.kill();
            if let Some(launcher) = &mut self.launcher {
                let _ = launcher.kill();
                let _ = launcher.wait();
            }
            let _ = self.agent.wait();
            return;
        }
        let children = self.children();
        let _ = kill_process(Pid::from_child(&self.agent), Signal::TERM);
        let _ = self.agent.wait();
        if let Some(launcher) = &mut self.launcher {
            // It ends with the agent's connection.
            wait_until("the launcher ends", || launcher.try_wait().unwrap().is_some());
        }
        for child in children {
            wait_until("the agent's children end", || has_ended(child));
        }
        let number = self.display.trim_start_matches(':');
        // Another test's X server may have taken the number meanwhile: then the file names a living process.
        let lock = std::fs::read_to_string(format!("/tmp/.X{number}-lock"));
        let left = lock.is_ok_and(|owner| !Path::new("/proc").join(owner.trim()).exists());
        assert!(!left, "the X server left its lock behind");
    }
}

/// The test's own view of the X server.
pub(crate) struct X {
    pub(crate) connection: RustConnection,
    pub(crate) root: u32,
}

impl X {
    /// The screen's pixels as the X server gives them.
    pub(crate) fn screen(&self) -> Vec<u32> {
        let size = self.connection.get_geometry(self.root).unwrap().reply().unwrap();
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, size.width, size.height, !0)
            .unwrap()
            .reply()
            .unwrap();
        let (pixels, _) = image.data.as_chunks::<4>();
        pixels.iter().map(|pixel| u32::from_le_bytes(*pixel) & 0xff_ffff).collect()
    }

    /// The widths of all top-level windows that are seen.
    pub(crate) fn window_widths(&self) -> Vec<u16> {
        let children = self.connection.query_tree(self.root).unwrap().reply().unwrap().children;
        let seen = |window: &u32| {
            let attributes = self.connection.get_window_attributes(*window).ok()?.reply().ok()?;
            let geometry = self.connection.get_geometry(*window).ok()?.reply().ok()?;
            (attributes.map_state == x11rb::protocol::xproto::MapState::VIEWABLE).then_some(geometry.width)
        };
        children.iter().filter_map(seen).collect()
    }

    /// Whether a key is down; `code` is evdev's.
    pub(crate) fn is_down(&self, code: u16) -> bool {
        let keymap = self.connection.query_keymap().unwrap().reply().unwrap().keys;
        let keycode = usize::from(code) + 8;
        keymap[keycode / 8] >> (keycode % 8) & 1 == 1
    }

    /// Where the pointer is, and which buttons are down (as a mask: 0x100 is the left one).
    pub(crate) fn pointer(&self) -> (i16, i16, u16) {
        let reply = self.connection.query_pointer(self.root).unwrap().reply().unwrap();
        (reply.root_x, reply.root_y, u16::from(reply.mask))
    }
}

/// Whether a process has ended; one that only waits to be reaped has.
fn has_ended(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.map_or(true, |stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('Z')))
}

/// Looks until it holds; fails after [`PATIENCE`].
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A program of the workspace, built if it is not yet: cargo builds only this package's own for its tests.
pub(crate) fn program(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        let directory = Path::new(env!("CARGO_BIN_EXE_millrace-agent")).parent().unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "millrace-launcher", "-p", "millrace-bench-app"]);
        cargo.arg("--target-dir").arg(directory.parent().unwrap());
        if directory.ends_with("release") {
            cargo.arg("--release");
        }
        assert!(cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success());
        directory.to_owned()
    });
    directory.join(name)
}

//! A `millrace serve` that lives no longer than we do.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::build::Programs;
use crate::shell;

/// How long the server may take to say that it is ready.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// How long it may take to end with all instances.
const STOP_WITHIN: Duration = Duration::from_secs(40);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Keys of the demo's account, made at the first run of a data directory.
#[derive(serde::Serialize, serde::Deserialize)]
pub(crate) struct Credentials {
    pub(crate) account_id: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
}

impl Credentials {
    /// Those of an earlier run, or new ones.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub(crate) fn load_or_make(path: &Path) -> anyhow::Result<Self> {
        if path.exists() {
            let text =
                fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            return serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: delete it", path.display()));
        }
        let made = Self {
            account_id: "123456789012".into(),
            access_key_id: format!("AKIA{}", random_text(16, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")?),
            secret_access_key: random_secret()?,
        };
        write_private(path, &serde_json::to_string_pretty(&made)?)?;
        Ok(made)
    }
}

/// A secret access key that nobody else has.
///
/// # Errors
/// The kernel gives no random numbers.
pub(crate) fn random_secret() -> anyhow::Result<String> {
    random_text(40, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}

/// Letters by the kernel's random numbers. There are 32 or 64 letters, so each is as likely as the others.
fn random_text(length: usize, letters: &[u8]) -> anyhow::Result<String> {
    let mut bytes = vec![0u8; length];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .context("no random numbers")?;
    Ok(bytes.iter().map(|byte| char::from(letters[usize::from(*byte) % letters.len()])).collect())
}

/// Writes a file that only its owner reads.
///
/// # Errors
/// The system refuses.
pub(crate) fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || {
        let mut file =
            fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().with_context(|| format!("{} cannot be written", path.display()))
}

/// Whether a server can listen there now.
///
/// # Errors
/// The address is taken, or not of this machine.
pub(crate) fn check_listen(listen: SocketAddr) -> anyhow::Result<()> {
    if let Err(error) = TcpListener::bind(listen) {
        bail!("{listen} cannot be used ({error}): name another address with --listen");
    }
    Ok(())
}

/// What a server is to be.
pub(crate) struct Settings<'a> {
    pub(crate) programs: &'a Programs,
    pub(crate) runtime_image: &'a Path,
    /// Absolute; holds the configuration too.
    pub(crate) data_dir: &'a Path,
    pub(crate) listen: SocketAddr,
    pub(crate) region: &'a str,
    /// Width and height of the remote screen; the server's default if absent.
    pub(crate) screen: Option<(u16, u16)>,
    /// Further lines of `[instances]`.
    pub(crate) instances: &'a str,
}

/// A running server. Dropping it stops it.
pub(crate) struct Server {
    child: Child,
    /// While this is open, the server runs: it ends with us even if we are killed.
    alive: Option<ChildStdin>,
    millrace: PathBuf,
    log: PathBuf,
    listen: SocketAddr,
    public_url: String,
    data_dir: PathBuf,
    /// Its configuration file.
    pub(crate) config: PathBuf,
    /// Who may use it.
    pub(crate) credentials: Credentials,
}

impl Server {
    /// Writes the configuration and starts the server, as root if need be; returns when it is ready.
    ///
    /// # Errors
    /// The port is taken, or the server ended: the message has the end of its log.
    pub(crate) fn start(settings: &Settings<'_>) -> anyhow::Result<Self> {
        let directory = settings.data_dir;
        make_data_dir(directory)?;
        check_listen(settings.listen)?;
        let credentials = Credentials::load_or_make(&directory.join("demo-credentials.json"))?;
        let config = directory.join("millrace.toml");
        write_private(&config, &configuration(settings, &credentials)?)?;
        let log = directory.join("server.log");
        write_private(&log, "")?;
        let log_file = fs::OpenOptions::new().append(true).open(&log)?;
        let mut child = shell::as_root(&settings.programs.millrace)
            .arg("serve")
            .arg("--config")
            .arg(&config)
            .arg("--stop-with-stdin")
            .stdin(Stdio::piped())
            .stdout(log_file.try_clone()?)
            .stderr(log_file)
            .spawn()
            .context("the server cannot be started")?;
        let alive = child.stdin.take();
        let millrace = settings.programs.millrace.clone();
        let mut server = Self {
            child,
            alive,
            millrace,
            log,
            listen: settings.listen,
            public_url: public_url(settings.listen)?,
            data_dir: directory.to_owned(),
            config,
            credentials,
        };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let end = Instant::now() + READY_WITHIN;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the server ended ({status}); its log {} ends so:\n{}",
                    self.log.display(),
                    self.log_tail()
                );
            }
            if self.is_ready() {
                return Ok(());
            }
            if Instant::now() > end {
                bail!(
                    "the server is not ready after {} s; its log {} ends so:\n{}",
                    READY_WITHIN.as_secs(),
                    self.log.display(),
                    self.log_tail()
                );
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// With TLS, which is not spoken here, the server says so itself: its socket answers once the port does.
    fn is_ready(&self) -> bool {
        if self.authority().is_none() {
            return is_ready(self.listen);
        }
        let mut status = Command::new(&self.millrace);
        status.args(["status", "--config"]).arg(&self.config).stdout(Stdio::null()).stderr(Stdio::null());
        status.status().is_ok_and(|status| status.success())
    }

    /// Has the server ended by itself?
    ///
    /// # Errors
    /// The system cannot tell.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Where clients and browsers reach it.
    pub(crate) fn endpoint(&self) -> String {
        self.public_url.clone()
    }

    /// The authority of the server's certificate, which clients must be told to trust; `None` without TLS.
    pub(crate) fn authority(&self) -> Option<PathBuf> {
        (!self.listen.ip().is_loopback()).then(|| self.data_dir.join("tls/ca.pem"))
    }

    /// Where it listens.
    pub(crate) const fn port(&self) -> u16 {
        self.listen.port()
    }

    /// Its process, or that of sudo, which started it.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `millrace image import`, its progress on standard error.
    ///
    /// # Errors
    /// The server refused it, and has said why.
    pub(crate) fn import(&self, image: &Path, name: &str) -> anyhow::Result<()> {
        let mut command = Command::new(&self.millrace);
        command.args(["image", "import"]).arg(image).args(["--name", name, "--config"]).arg(&self.config);
        shell::run(&mut command)
    }

    /// The end of the server's log.
    pub(crate) fn log_tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// Ends the server, and with it all its instances.
    ///
    /// # Errors
    /// It did not end in time, or not well.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let status = self.close()?;
        if !status.success() {
            bail!(
                "the server ended with {status}; its log {} ends so:\n{}",
                self.log.display(),
                self.log_tail()
            );
        }
        Ok(())
    }

    fn close(&mut self) -> anyhow::Result<ExitStatus> {
        drop(self.alive.take());
        let end = Instant::now() + STOP_WITHIN;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(LOOK_EVERY);
        }
        // sudo passes the signal on to the server.
        let pid = self.child.id().to_string();
        shell::run(shell::as_root("kill").args(["-TERM", &pid]))?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait()
            && let Err(error) = self.close()
        {
            eprintln!("the server could not be stopped: {error:#}");
        }
    }
}

fn make_data_dir(directory: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .with_context(|| format!("{} cannot be made", directory.display()))
}

/// TOML's basic strings are written as JSON's strings are.
fn configuration(settings: &Settings<'_>, credentials: &Credentials) -> anyhow::Result<String> {
    let quoted = |text: &str| serde_json::to_string(text).map_err(anyhow::Error::from);
    let path = |path: &Path| match path.to_str() {
        Some(text) => quoted(text),
        None => bail!("{} is not UTF-8", path.display()),
    };
    Ok(format!(
        "# Written by cargo xtask at each start: changes are lost.\n\
         listen = {listen}\n\
         public_url = {public_url}\n\
         data_dir = {data_dir}\n\
         regions = [{region}]\n\n\
         [instances]\n\
         runtime_image = {runtime_image}\n\
         agent = {agent}\n\
         launcher = {launcher}\n\
         on_shutdown = \"end\"\n\
         # However small the machine: here nobody is promised anything.\n\
         overcommit = {{ vcpus = 100.0, memory = 100.0, disk = 100.0 }}\n\
         {more}\n\
         {screen}\n\
         [[account]]\n\
         id = {account}\n\n\
         [[account.access_key]]\n\
         access_key_id = {key}\n\
         secret_access_key = {secret}\n",
        more = settings.instances,
        screen = settings
            .screen
            .map(|(width, height)| format!("screen = {{ width = {width}, height = {height} }}\n"))
            .unwrap_or_default(),
        listen = quoted(&settings.listen.to_string())?,
        public_url = quoted(&public_url(settings.listen)?)?,
        data_dir = path(settings.data_dir)?,
        region = quoted(settings.region)?,
        runtime_image = path(settings.runtime_image)?,
        agent = path(&settings.programs.agent)?,
        launcher = path(&settings.programs.launcher)?,
        account = quoted(&credentials.account_id)?,
        key = quoted(&credentials.access_key_id)?,
        secret = quoted(&credentials.secret_access_key)?,
    ))
}

/// As the browser on another machine calls us. A server on all addresses is called by the one from which this machine reaches others.
fn public_url(listen: SocketAddr) -> anyhow::Result<String> {
    let scheme = if listen.ip().is_loopback() { "http" } else { "https" };
    if !listen.ip().is_unspecified() {
        return Ok(format!("{scheme}://{listen}"));
    }
    // Nothing is sent: the kernel looks for the way, and says which address of ours is on it.
    let (from, to) =
        if listen.is_ipv4() { ("0.0.0.0:0", "192.0.2.1:9") } else { ("[::]:0", "[2001:db8::1]:9") };
    let own = UdpSocket::bind(from).and_then(|socket| socket.connect(to).and_then(|()| socket.local_addr()));
    let own = own.context("this machine has no address that others could reach: name one with --listen")?;
    Ok(format!("{scheme}://{}", SocketAddr::new(own.ip(), listen.port())))
}

/// Does `GET /readyz` say 200?
pub(crate) fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut head = [0; 12];
        stream.read_exact(&mut head)?;
        Ok(&head == b"HTTP/1.1 200")
    };
    ask().unwrap_or(false)
}

//! `cargo xtask demo`: from a fresh clone to a desktop application in the browser.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::build::Profile;
use crate::install::{self, For};
use crate::server::{Server, Settings};
use crate::{build, images, paths, server, shell};

const CLIENT: &str = include_str!("demo_client.py");
const REGION: &str = "us-east-1";
/// Name of the demo's stack and fleet.
const DEMO: &str = "demo";

/// `cargo xtask demo`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Print one line of JSON once everything is ready, and run until SIGTERM
    #[arg(long)]
    json: bool,
    /// Where the server keeps its data [default: data/ in the checkout]
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
    /// An address and port; any but a loopback address gets a certificate of the server's making
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7070")]
    listen: SocketAddr,
    /// Use the programs that the tests are built with: for the demo's own test, which has them already
    #[arg(long, hide = true)]
    development: bool,
}

/// A server with the demo's image, stack and running fleet.
pub(crate) struct Demo {
    server: Server,
    client: Client,
    name: &'static str,
    image: String,
    data_dir: PathBuf,
}

/// What is to be shown.
pub(crate) struct Scene {
    /// Absolute.
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) programs: build::Programs,
    pub(crate) runtime_image: PathBuf,
    /// The image of the fleet, and its name in the API.
    pub(crate) image: PathBuf,
    pub(crate) image_name: String,
    /// Of stack and fleet.
    pub(crate) name: &'static str,
    /// `ALWAYS_ON` or `ON_DEMAND`.
    pub(crate) fleet_type: &'static str,
    /// DesiredInstances.
    pub(crate) instances: u32,
    /// Width and height of the remote screen; the server's default if absent.
    pub(crate) screen: Option<(u16, u16)>,
    /// Further lines of `[instances]` in the server's configuration.
    pub(crate) settings: &'static str,
}

/// Runs the demo until Ctrl-C or SIGTERM.
///
/// # Errors
/// A step failed; the message says which and why. Nothing is left running.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // Before minutes of building, not after.
    server::check_listen(arguments.listen)?;
    install::everything(For::Demo)?;
    let profile = if arguments.development { Profile::Dev } else { Profile::Release };
    let programs = build::everything(profile)?;
    let runtime_image = images::runtime(&paths::cache(), &programs)?;
    let image = images::demo(&paths::cache(), &programs)?;
    let data_dir = arguments.data_dir.clone().unwrap_or_else(|| paths::root().join("data"));
    let scene = Scene {
        data_dir: std::path::absolute(data_dir)?,
        listen: arguments.listen,
        programs,
        runtime_image,
        image_name: image_name(&image)?,
        image,
        name: DEMO,
        fleet_type: "ALWAYS_ON",
        instances: 3,
        screen: None,
        settings: "",
    };
    // Until here a signal just ends us, and Ctrl-C in a terminal also what we run.
    let events = events(!arguments.json)?;
    let mut demo = Demo::start(scene)?;
    let url = demo.url()?;
    if arguments.json {
        shell::print(&demo.json(&url).to_string())?;
    } else {
        shell::print(&demo.text(&url))?;
    }
    let outcome = demo.serve(&events);
    shell::say("ending the instances and the server");
    demo.stop()?;
    outcome
}

/// The name holds part of the archive's digest: an image of another content is another image.
fn image_name(image: &std::path::Path) -> anyhow::Result<String> {
    Ok(format!("demo-{}", &images::key(image)?[..8]))
}

/// What ends the waiting of [`Demo::serve`].
enum Event {
    /// SIGINT or SIGTERM.
    Stop,
    /// Enter was pressed.
    Enter,
}

/// From here on, signals and Enter become events: what was started is then ended in order.
fn events(enter: bool) -> anyhow::Result<mpsc::Receiver<Event>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let (send, receive) = mpsc::channel();
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let stop = send.clone();
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if stop.send(Event::Stop).is_err() {
                // Nothing waits any more: we are on the way out already.
                return;
            }
        }
    });
    if enter {
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                if line.is_err() || send.send(Event::Enter).is_err() {
                    return;
                }
            }
        });
    }
    Ok(receive)
}

impl Demo {
    /// Starts the server, imports the image if it is not there, and prepares stack and fleet.
    ///
    /// # Errors
    /// A step failed; the server has ended again.
    pub(crate) fn start(scene: Scene) -> anyhow::Result<Self> {
        let began = Instant::now();
        shell::say("starting the server");
        let server = Server::start(&Settings {
            programs: &scene.programs,
            runtime_image: &scene.runtime_image,
            data_dir: &scene.data_dir,
            listen: scene.listen,
            region: REGION,
            screen: scene.screen,
            instances: scene.settings,
        })?;
        let mut client = Client::start(&server, &scene)?;
        if client.call("has_image")? != Value::Bool(true) {
            shell::say(&format!("importing the image {}", scene.image_name));
            server.import(&scene.image, &scene.image_name)?;
        }
        shell::say("creating stack and fleet, and starting the fleet");
        if let Err(error) = client.call("prepare") {
            return Err(error.context(format!("the server's log ends so:\n{}", server.log_tail())));
        }
        shell::say(&format!("ready, {:.1} s after the server's start", began.elapsed().as_secs_f64()));
        Ok(Self { server, client, name: scene.name, image: scene.image_name, data_dir: scene.data_dir })
    }

    /// A fresh streaming URL, valid for an hour.
    ///
    /// # Errors
    /// The server refused.
    pub(crate) fn url(&mut self) -> anyhow::Result<String> {
        match self.client.call("url")? {
            Value::String(url) => Ok(url),
            other => bail!("not a streaming URL: {other}"),
        }
    }

    /// Of stack and fleet.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// Where the server keeps its data.
    pub(crate) fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// Where the server listens.
    pub(crate) const fn port(&self) -> u16 {
        self.server.port()
    }

    /// The server's process, or that of sudo, which started it.
    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// What programs need to know.
    pub(crate) fn json(&self, url: &str) -> Value {
        let credentials = &self.server.credentials;
        json!({
            "endpoint": self.server.endpoint(),
            "ca_bundle": self.server.authority(),
            "region": REGION,
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key,
            "account_id": credentials.account_id,
            "stack": self.name,
            "fleet": self.name,
            "image": self.image,
            "streaming_url": url,
            "config": self.server.config,
            "data_dir": self.data_dir,
        })
    }

    /// What an SDK or the AWS CLI reads from its environment.
    pub(crate) fn environment(&self) -> [(&'static str, String); 5] {
        let credentials = &self.server.credentials;
        [
            ("AWS_ENDPOINT_URL_APPSTREAM", self.server.endpoint()),
            ("AWS_REGION", REGION.into()),
            ("AWS_ACCESS_KEY_ID", credentials.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    /// What people need to know.
    fn text(&self, url: &str) -> String {
        let credentials = &self.server.credentials;
        let (access_key_id, secret) = (&credentials.access_key_id, &credentials.secret_access_key);
        let (aws, name) = (install::python_program("aws"), self.name);
        let (endpoint, aws) = (self.server.endpoint(), aws.display());
        let (way, bundle) = match self.server.authority() {
            None => {
                let port = endpoint.rsplit(':').next().unwrap_or_default();
                let way = format!(
                    "On a server without a screen, run this first on your own machine:\n\n  ssh -L {port}:127.0.0.1:{port} THIS-HOST"
                );
                (way, String::new())
            }
            Some(authority) => {
                let authority = authority.display();
                let way = format!(
                    "The certificate was made here: let the browser trust its authority, {authority}, or go on past its warning."
                );
                (way, format!("\n  export AWS_CA_BUNDLE={authority}"))
            }
        };
        format!(
            r"
Open this in a browser (valid for an hour; it opens one session):

  {url}

{way}

Manage it with the AWS CLI:

  export AWS_ENDPOINT_URL_APPSTREAM={endpoint}{bundle}
  export AWS_ACCESS_KEY_ID={access_key_id}
  export AWS_SECRET_ACCESS_KEY={secret}
  export AWS_REGION={REGION} AWS_DEFAULT_REGION={REGION}
  unset AWS_SESSION_TOKEN AWS_PROFILE

  {aws} appstream describe-fleets --names {name}
  {aws} appstream create-streaming-url --stack-name {name} --fleet-name {name} --user-id you --validity 3600

Enter: a fresh URL. Ctrl-C: the end of everything."
        )
    }

    /// Waits for the end; Enter prints a fresh URL.
    fn serve(&mut self, events: &mpsc::Receiver<Event>) -> anyhow::Result<()> {
        loop {
            match events.recv_timeout(std::time::Duration::from_millis(500)) {
                Ok(Event::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
                Ok(Event::Enter) => shell::print(&format!("\n  {}\n", self.url()?))?,
                Err(mpsc::RecvTimeoutError::Timeout) => {}
            }
            if let Some(status) = self.server.ended()? {
                bail!("the server ended ({status}); its log ends so:\n{}", self.server.log_tail());
            }
        }
    }

    /// Ends everything.
    ///
    /// # Errors
    /// The server did not end in time, or not well.
    pub(crate) fn stop(self) -> anyhow::Result<()> {
        drop(self.client);
        self.server.stop()
    }
}

/// The SDK client: boto3 in a process of its own.
struct Client {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Client {
    fn start(server: &Server, scene: &Scene) -> anyhow::Result<Self> {
        let mut command = Command::new(install::python_program("python"));
        for (name, _) in std::env::vars_os() {
            // The caller's own AWS set-up must not reach the demo.
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(&name);
            }
        }
        let mut child = command
            .args(["-c", CLIENT])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the Python environment cannot be used")?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let from = from.context("no standard output")?;
        let mut client = Self { child, to, from: BufReader::new(from) };
        let credentials = &server.credentials;
        client.send(&json!({
            "endpoint": server.endpoint(),
            "ca_bundle": server.authority(),
            "region": REGION,
            "access_key_id": credentials.access_key_id,
            "secret_access_key": credentials.secret_access_key,
            "stack": scene.name,
            "fleet": scene.name,
            "fleet_type": scene.fleet_type,
            "instances": scene.instances,
            "image": scene.image_name,
            "tags": {"Project": format!("millrace-{}", scene.name), "Environment": "demo"},
        }))?;
        Ok(client)
    }

    fn send(&mut self, line: &Value) -> anyhow::Result<()> {
        let to = self.to.as_mut().context("the SDK client has ended")?;
        writeln!(to, "{line}").and_then(|()| to.flush()).context("the SDK client has ended")
    }

    fn call(&mut self, command: &str) -> anyhow::Result<Value> {
        self.send(&Value::String(command.into()))?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        if line.is_empty() {
            bail!("the SDK client ended at {command:?}: see above");
        }
        let mut answer: Value = serde_json::from_str(&line).context("the SDK client said something else")?;
        match answer.get("failed").and_then(Value::as_str) {
            Some(message) => bail!("{message}"),
            None => Ok(answer["done"].take()),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.to.take());
        if let Err(error) = self.child.wait() {
            eprintln!("the SDK client could not be ended: {error}");
        }
    }
}

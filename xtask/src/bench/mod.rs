//! `cargo xtask bench`: figures, with the description of the machine that they are of.

mod api;
mod builder;
mod image;
mod instance;
mod relay;
mod stream;
mod table;

use std::fs;
use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::build::Profile;
use crate::demo::Demo;
use crate::install::{self, For};
use crate::{build, paths, shell};

/// Where a benchmark keeps what it needs meanwhile: not below the checkout, whose path may be too long for sockets.
const BETWEEN: &str = "/tmp";
/// Of the directory's name; the process's number follows.
const PREFIX: &str = "mrb-";

/// A script that shall end does so in this time, or is ended.
const ENDING: Duration = Duration::from_secs(30);
/// How often it is looked whether a script shall end.
const LOOK_PERIOD: Duration = Duration::from_millis(50);

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// `cargo xtask bench`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// Use the programs that the tests are built with: to try the benchmark itself, not for figures
    #[arg(long, hide = true, global = true)]
    development: bool,
}

#[derive(clap::Subcommand)]
enum What {
    /// What a session is like and what it costs: latency, frame rates, CPU, bit rates, memory, over loopback and over a thin and lossy link
    Stream {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        rows: stream::Selection,
    },
    /// Calls of the API: throughput, latency, fairness
    Api(api::Arguments),
    /// From admission to the first frame of the demo's editor and of LibreOffice Writer, on demand and always on; memory of an idle instance
    Instance {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        rows: instance::Selection,
    },
    /// From CreateImageBuilder to RUNNING, and from a change of 300 MB to an AVAILABLE image
    Image {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(clap::Args)]
struct Common {
    /// One line of JSON
    #[arg(long)]
    json: bool,
    /// How often it is measured
    #[arg(long)]
    samples: Option<u32>,
}

/// Measures, and prints the figures.
///
/// # Errors
/// Something could not be installed, built, started or measured.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    install::everything(For::Tests)?;
    let profile = if arguments.development { Profile::Dev } else { Profile::Release };
    remove_what_was_left()?;
    let directory = directory_of(std::process::id());
    fs::create_dir(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    let remove = || remove_directory(&directory);
    if let What::Api(arguments) = &arguments.what {
        let figures = api::run(arguments, profile, &directory);
        remove()?;
        let mut figures = figures?;
        if !arguments.json {
            return shell::print(&format!("{}\n\n{}", table::machine(&machine()), api::table(&figures)));
        }
        figures["machine"] = machine();
        return shell::print(&figures.to_string());
    }
    let programs = build::everything(profile)?;
    // Until here a signal just ends us.
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED))?;
    }
    let (json, figures) = match &arguments.what {
        What::Api(_) => bail!("the API was measured"),
        What::Stream { common, rows } => {
            (common.json, stream::measure(&programs, &directory, common.samples.unwrap_or(100), rows))
        }
        What::Instance { common, rows } => {
            (common.json, instance::measure(&programs, &directory, common.samples.unwrap_or(20), rows))
        }
        What::Image { common } => {
            (common.json, builder::measure(&programs, &directory, common.samples.unwrap_or(5)))
        }
    };
    remove()?;
    let figures = figures?;
    if json {
        shell::print(&json!({ "machine": machine(), "figures": figures }).to_string())?;
    } else {
        shell::print(&table::markdown(&machine(), &figures))?;
    }
    match figures.iter().filter(|figure| figure.get("failed").is_some()).count() {
        0 => Ok(()),
        failed => bail!("{failed} rows could not be measured"),
    }
}

fn directory_of(process: u32) -> PathBuf {
    Path::new(BETWEEN).join(format!("{PREFIX}{process}"))
}

/// Some of it is root's.
fn remove_directory(directory: &Path) -> anyhow::Result<()> {
    shell::run(shell::as_root("rm").args(["-r", "--one-file-system", "--"]).arg(directory))
}

/// A benchmark that was killed could not remove its directory. (Its server has ended: the end of its standard input ends it.)
fn remove_what_was_left() -> anyhow::Result<()> {
    for entry in fs::read_dir(BETWEEN)? {
        let name = entry?.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<u32>().ok());
        if let Some(process) = process
            && !Path::new("/proc").join(process.to_string()).exists()
        {
            remove_directory(&directory_of(process))?;
        }
    }
    Ok(())
}

/// Somebody wants an end: what was started is ended in order, and nothing more is measured.
fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Runs one of the scripts in tests/bench against a running demo, and gives back what it measured.
fn script(demo: &Demo, name: &str, arguments: &[&str]) -> anyhow::Result<Value> {
    shell::say(&format!("measuring with tests/bench/{name} {}", arguments.join(" ")));
    let mut child = Command::new("node")
        .arg(paths::root().join("tests/bench").join(name))
        .args(["--stack", demo.name(), "--fleet", demo.name()])
        .args(arguments)
        .envs(demo.environment())
        .env("MILLRACE_CHROMIUM", install::CHROMIUM)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .context("node cannot be run")?;
    let mut out = child.stdout.take().context("no standard output")?;
    let (send, receive) = mpsc::channel();
    thread::spawn(move || {
        let mut text = Vec::new();
        let read = out.read_to_end(&mut text).map(|_| text);
        // Nobody waits for it any more if that was given up.
        let _ = send.send(read);
    });
    let output = loop {
        match receive.recv_timeout(LOOK_PERIOD) {
            Ok(output) => break output?,
            Err(_) if !is_interrupted() => {}
            Err(_) => {
                // Told so, it ends its browser; Ctrl-C in a terminal told it already.
                kill_process(Pid::from_child(&child), Signal::TERM).context("ending node")?;
                if receive.recv_timeout(ENDING).is_err() {
                    child.kill().context("ending node")?;
                }
                child.wait()?;
                bail!("interrupted");
            }
        }
    };
    let status = child.wait()?;
    if !status.success() {
        bail!("tests/bench/{name} failed: {status}");
    }
    serde_json::from_slice(&output).with_context(|| format!("tests/bench/{name} did not write JSON"))
}

/// Somebody else could take it before the server does; then the server says so.
fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// What the figures are of.
fn machine() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|pair| pair.1));
    json!({
        "processor": model.unwrap_or("unknown"),
        "cores": thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory_kib": read("/proc/meminfo").split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "load": read("/proc/loadavg").split_whitespace().next(),
    })
}

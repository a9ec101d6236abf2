//! `cargo xtask bench`: figures, with the description of the machine that they are of.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::build::{Profile, Programs};
use crate::demo::{Demo, Scene};
use crate::install::{self, For};
use crate::{build, images, paths, shell};

/// Name of the application in the image of the stream's benchmark.
const BENCH_APPLICATION: &str = "bench";

/// `cargo xtask bench`
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// From a key to the changed pixel in Chromium
    Stream {
        #[command(flatten)]
        common: Common,
        /// Of the browser's window, in pixels
        #[arg(long, default_value_t = 1280)]
        width: u16,
        /// Of the browser's window, in pixels
        #[arg(long, default_value_t = 720)]
        height: u16,
    },
    /// From admission to the first frame of the demo's editor, on demand and always on
    Instance {
        #[command(flatten)]
        common: Common,
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
    let programs = build::everything(Profile::Release)?;
    let directory = PathBuf::from(format!("/tmp/mrb-{}", std::process::id()));
    fs::create_dir(&directory).with_context(|| format!("{} cannot be made", directory.display()))?;
    let (json, figures) = match &arguments.what {
        What::Stream { common, width, height } => {
            (common.json, stream(&programs, &directory, common.samples.unwrap_or(100), *width, *height))
        }
        What::Instance { common } => {
            (common.json, instance(&programs, &directory, common.samples.unwrap_or(20)))
        }
        What::Image { common } => (common.json, image(&programs, &directory, common.samples.unwrap_or(5))),
    };
    shell::run(shell::as_root("rm").args(["-r", "--one-file-system", "--"]).arg(&directory))?;
    let figures = figures?;
    if json {
        shell::print(&json!({ "machine": machine(), "figures": figures }).to_string())
    } else {
        shell::print(&table(&figures))
    }
}

fn stream(
    programs: &Programs,
    directory: &Path,
    samples: u32,
    width: u16,
    height: u16,
) -> anyhow::Result<Vec<Value>> {
    let image = bench_image(programs, directory)?;
    let size = (width, height);
    let (samples, width, height) = (samples.to_string(), width.to_string(), height.to_string());
    let more =
        ["--application", BENCH_APPLICATION, "--samples", &samples, "--width", &width, "--height", &height];
    let figure = measure(programs, directory, &image, ("bench", "ALWAYS_ON"), size, "stream.mjs", &more)?;
    Ok(vec![figure])
}

fn instance(programs: &Programs, directory: &Path, samples: u32) -> anyhow::Result<Vec<Value>> {
    let image = images::demo(&paths::cache())?;
    let samples = samples.to_string();
    let more = ["--application", "editor", "--samples", &samples];
    let mut figures = Vec::new();
    for fleet in [("on-demand", "ON_DEMAND"), ("always-on", "ALWAYS_ON")] {
        let mut figure = measure(programs, directory, &image, fleet, (1280, 720), "instance.mjs", &more)?;
        figure["fleet_type"] = fleet.1.into();
        figures.push(figure);
    }
    Ok(figures)
}

fn image(programs: &Programs, directory: &Path, samples: u32) -> anyhow::Result<Vec<Value>> {
    const NAME: &str = "image";
    let demo = images::demo(&paths::cache())?;
    let samples = samples.to_string();
    let more = ["--image", NAME, "--samples", &samples];
    let mut measured =
        measure(programs, directory, &demo, (NAME, "ON_DEMAND"), (1280, 720), "image.mjs", &more)?;
    match measured["figures"].take() {
        Value::Array(figures) => Ok(figures),
        _ => bail!("tests/bench/image.mjs wrote no figures"),
    }
}

/// Starts a server with a fleet of the image, and runs one of the scripts in tests/bench against it.
fn measure(
    programs: &Programs,
    directory: &Path,
    image: &Path,
    (name, fleet_type): (&'static str, &'static str),
    screen: (u16, u16),
    script: &str,
    more: &[&str],
) -> anyhow::Result<Value> {
    let demo = Demo::start(Scene {
        data_dir: directory.join(name),
        listen: free_address()?,
        programs: programs.clone(),
        runtime_image: images::runtime(&paths::cache())?,
        image: image.to_owned(),
        image_name: name.into(),
        name,
        fleet_type,
        instances: 1,
        // A figure at a size is one of a remote screen of that size, not of a larger one shown smaller.
        screen: Some(screen),
    })?;
    shell::say(&format!("measuring with tests/bench/{script}, {fleet_type}"));
    let output = Command::new("node")
        .arg(paths::root().join("tests/bench").join(script))
        .args(["--stack", name, "--fleet", name])
        .args(more)
        .envs(demo.environment())
        .env("MILLRACE_CHROMIUM", install::CHROMIUM)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("node cannot be run");
    let stopped = demo.stop();
    let output = output?;
    stopped?;
    if !output.status.success() {
        bail!("tests/bench/{script} failed: {}", output.status);
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("tests/bench/{script} did not write JSON"))
}

/// An image of nothing but the static test application: the least that can be streamed.
fn bench_image(programs: &Programs, directory: &Path) -> anyhow::Result<PathBuf> {
    let (root, image) = (directory.join("root"), directory.join("bench.tar"));
    let entry = "[Desktop Entry]\nType=Application\nName=Bench\nExec=/usr/bin/millrace-bench-app\n";
    let files: [(&str, &[u8]); 3] = [
        ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:User:/home/user:/bin/sh\n"),
        ("etc/group", b"root:x:0:\nuser:x:1000:\n"),
        (&format!("usr/share/applications/{BENCH_APPLICATION}.desktop"), entry.as_bytes()),
    ];
    for directory in
        ["dev", "home/user", "proc", "run", "sys", "tmp", "usr/bin", "usr/share/applications", "etc", "var"]
    {
        fs::create_dir_all(root.join(directory))?;
    }
    for (path, content) in files {
        fs::write(root.join(path), content)?;
    }
    fs::copy(&programs.bench_app, root.join("usr/bin/millrace-bench-app"))?;
    let mut tar = Command::new("tar");
    tar.args(["--create", "--numeric-owner", "--owner=0", "--group=0", "--sort=name", "--file"]).arg(&image);
    shell::run(tar.arg("--directory").arg(&root).arg("."))?;
    Ok(image)
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
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
        "memory_kib": read("/proc/meminfo").split_whitespace().nth(1).and_then(|text| text.parse::<u64>().ok()),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "load": read("/proc/loadavg").split_whitespace().next(),
    })
}

fn table(figures: &[Value]) -> String {
    let machine = machine();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines = vec![format!(
        "{}, {} cores, kernel {}, load {}",
        text(&machine["processor"]),
        machine["cores"],
        text(&machine["kernel"]),
        text(&machine["load"])
    )];
    let row = |cells: [String; 7]| {
        let [what, rest @ ..] = cells;
        format!("{what:44}{}", rest.map(|cell| format!("{cell:>9}")).concat())
    };
    lines.push(row(["", "samples", "p50", "p95", "p99", "max", "missed"].map(str::to_owned)));
    for figure in figures {
        let detail = figure.get("fleet_type").or(figure.get("application"));
        let window =
            figure.get("window").map(|window| format!(", {} x {}", window["width"], window["height"]));
        let what = format!(
            "{}{}{} ({})",
            text(&figure["what"]),
            detail.map(|detail| format!(", {}", text(detail))).unwrap_or_default(),
            window.unwrap_or_default(),
            text(&figure["unit"])
        );
        let cell = |key: &str| figure.get(key).map_or_else(|| "-".to_owned(), text);
        lines.push(row([
            what,
            cell("count"),
            cell("p50"),
            cell("p95"),
            cell("p99"),
            cell("max"),
            cell("missed"),
        ]));
    }
    lines.join("\n")
}

//! `cargo xtask bench api`: a server with simulated instances, and a process that calls it.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::build::{self, Profile};
use crate::{server, shell};

/// How long the server may take to begin and to end.
const BOUND: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const ACCOUNTS: [(&str, &str); 2] =
    [("123456789012", "AKIABENCHONE00000000"), ("210987654321", "AKIABENCHTWO00000000")];

/// `cargo xtask bench api`
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// One line of JSON
    #[arg(long)]
    pub(super) json: bool,
    /// How many stacks are stored for the large measurement
    #[arg(long, default_value_t = 100_000)]
    stacks: u64,
    /// How long each figure is measured
    #[arg(long, default_value_t = 3)]
    seconds: u64,
}

/// Measures, and returns all figures.
///
/// # Errors
/// Something could not be built, started or measured.
pub(super) fn run(arguments: &Arguments, profile: Profile, directory: &Path) -> anyhow::Result<Value> {
    let (millrace, client) = build::api_benchmark(profile)?;
    let secrets = [server::random_secret()?, server::random_secret()?];
    let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let config = directory.join("millrace.toml");
    server::write_private(&config, &configuration(directory, listen, &secrets))?;
    let mut running = Running::start(&millrace, &config, directory, listen)?;
    shell::say("measuring the API");
    let output = Command::new(client)
        .args(["--address", &listen.to_string(), "--account", ACCOUNTS[0].0])
        .args(["--stacks", &arguments.stacks.to_string(), "--seconds", &arguments.seconds.to_string()])
        .args(["--access-key-id", ACCOUNTS[0].1, ACCOUNTS[1].1])
        .envs([("MILLRACE_BENCH_SECRET_1", &secrets[0]), ("MILLRACE_BENCH_SECRET_2", &secrets[1])])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("the benchmark's client cannot be started");
    let log = running.stop()?;
    let output = output?;
    if !output.status.success() {
        bail!("the benchmark's client failed: {}", output.status);
    }
    let mut figures: Value =
        serde_json::from_slice(&output.stdout).context("the client did not write JSON")?;
    figures["server_time"] = shares(&log);
    Ok(figures)
}

/// The figures for people.
pub(super) fn table(figures: &Value) -> String {
    let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let row = |cells: [String; 7]| format!("| {} |", cells.join(" | "));
    let head =
        ["Call", "Stacks", "Connections", "Per second", "p50, ms", "p99, ms", "Errors"].map(str::to_owned);
    let mut lines = vec![row(head), "|---|---|---|---|---|---|---|".to_owned()];
    let all = figures["figures"].as_array().into_iter().flatten().chain([&figures["open_loop"]]);
    lines.extend(all.map(|figure| {
        let keys = ["what", "stacks", "connections", "per_second", "p50_ms", "p99_ms", "errors"];
        row(keys.map(|key| cell(&figure[key])))
    }));
    let fairness = &figures["fairness"];
    lines.push(format!(
        "\nThe client shares the cores with the server. Reads: {} a second (goal 10,000); writes: {} a second (2,000); p99 of reads at 5,000 a second: \
         {} ms (5).",
        figures["reads_per_second"], figures["writes_per_second"], figures["read_p99_ms"]
    ));
    lines.push(format!(
        "One account reads 500 a second: p99 {} ms alone, {} ms while another floods ({} a second answered, {} refused)",
        fairness["alone_p99_ms"],
        fairness["beside_flood_p99_ms"],
        fairness["flood_per_second"],
        fairness["flood_refused"]
    ));
    for (calls, shares) in figures["server_time"].as_object().into_iter().flatten() {
        let shares = shares.as_object().into_iter().flatten();
        let shares: Vec<_> = shares.map(|(part, share)| format!("{part} {}", cell(share))).collect();
        lines.push(format!("Time of {calls} in the server, waiting included: {}.", shares.join(", ")));
    }
    lines.join("\n")
}

/// A server that is ended by the end of its standard input.
struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    fn start(millrace: &Path, config: &Path, directory: &Path, listen: SocketAddr) -> anyhow::Result<Self> {
        let log = directory.join("server.log");
        server::write_private(&log, "")?;
        let file = fs::OpenOptions::new().append(true).open(&log)?;
        let child = shell::as_root(millrace)
            .args(["serve", "--stop-with-stdin", "--config"])
            .arg(config)
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("the server cannot be started")?;
        let mut running = Self { child, log };
        let end = Instant::now() + BOUND;
        while !server::is_ready(listen) {
            if running.child.try_wait()?.is_some() || Instant::now() > end {
                bail!("the server is not ready:\n{}", fs::read_to_string(&running.log).unwrap_or_default());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(running)
    }

    /// Ends the server in order, and returns its log.
    fn stop(&mut self) -> anyhow::Result<String> {
        drop(self.child.stdin.take());
        let end = Instant::now() + BOUND;
        while self.child.try_wait()?.is_none() {
            if Instant::now() > end {
                bail!("the server does not end");
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(fs::read_to_string(&self.log)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The end of its standard input ends it, whatever failed here.
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            shell::say(&format!("the server cannot be waited for: {error}"));
        }
    }
}

/// What the server says at its end of where the time went: of reads, and of writes.
fn shares(log: &str) -> Value {
    let told = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let told = told.filter(|line| line["message"] == "time of requests");
    let parts = ["signature", "policy", "database", "audit"];
    let of = |told: &Value| -> Value {
        let milliseconds = |part: &str| told[format!("{part}_ms")].as_u64().unwrap_or(0);
        let sum = parts.iter().map(|part| milliseconds(part)).sum::<u64>().max(1);
        let share =
            |part: &&str| ((*part).to_owned(), json!(format!("{} %", 100 * milliseconds(part) / sum)));
        Value::Object(parts.iter().map(share).collect())
    };
    Value::Object(
        told.map(|told| (told["calls"].as_str().unwrap_or_default().to_owned(), of(&told))).collect(),
    )
}

fn configuration(directory: &Path, listen: SocketAddr, secrets: &[String; 2]) -> String {
    let account = |((id, key), secret): (&(&str, &str), &String)| {
        format!(
            "[[account]]\nid = \"{id}\"\n[[account.access_key]]\naccess_key_id = \"{key}\"\nsecret_access_key = \"{secret}\"\n"
        )
    };
    let accounts: String = ACCOUNTS.iter().zip(secrets).map(account).collect();
    format!(
        "listen = \"{listen}\"\ndata_dir = \"{}\"\n[log]\nformat = \"json\"\n[instances]\ndriver = \"simulated\"\non_shutdown = \"end\"\n\
         [quotas]\nstacks = 10000000\n{accounts}",
        directory.join("data").display()
    )
}

//! Calls the API as fast as it answers, or at a given rate, and measures. A process of its own beside the server, so that what the client
//! costs is not the server's; plain threads and sockets, so that it costs little.

mod connection;
mod load;
mod signer;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::load::{Figures, Load, Pace};
use crate::signer::Signer;

/// Measures a server that nobody else uses
#[derive(Parser)]
struct Arguments {
    /// Where the server listens
    #[arg(long)]
    address: SocketAddr,
    /// The region that is signed for
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// The root keys of two accounts; their secrets are read from MILLRACE_BENCH_SECRET_1 and _2
    #[arg(long, num_args = 2)]
    access_key_id: Vec<String>,
    /// The id of the first account
    #[arg(long)]
    account: String,
    /// How many stacks are stored for the large measurement
    #[arg(long)]
    stacks: u64,
    /// How long each figure is measured
    #[arg(long)]
    seconds: u64,
}

/// What a user of the benchmark's account may do: nothing is decided by being the root.
const POLICY: &str = r#"{"Version": "2012-10-17", "Statement": [
{"Effect": "Allow", "Action": ["appstream:Describe*", "appstream:List*"], "Resource": "*"},
{"Effect": "Allow", "Action": "appstream:CreateStack", "Resource": "arn:aws:appstream:*:*:stack/*", "Condition": {"StringLike": {"aws:RequestTag/Team": "blue"}}},
{"Effect": "Allow", "Action": "appstream:TagResource", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Team": "blue"}}},
{"Effect": "Deny", "Action": "appstream:Delete*", "Resource": "*"}]}"#;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let secret =
        |number| std::env::var(format!("MILLRACE_BENCH_SECRET_{number}")).context("a secret is missing");
    let root = |index: usize, number| -> anyhow::Result<Signer> {
        let id = arguments.access_key_id.get(index).context("two access keys are needed")?;
        Ok(Signer::new(id, &secret(number)?, &arguments.region, arguments.address))
    };
    let (owner, other) = (root(0, 1)?, root(1, 2)?);
    let user = user(&owner)?;
    let bench = Bench { arguments: &arguments, user, next: AtomicU64::new(0), stored: AtomicU64::new(0) };
    bench.create(10)?;
    let mut figures = bench.all(10)?;
    bench.create(arguments.stacks)?;
    let large = bench.all(arguments.stacks)?;
    let reads = |figures: &[Value], what: &str| best(figures, what);
    let slower = reads(&large, "DescribeFleets").min(reads(&large, "ListTagsForResource"));
    let writes = best(&large, "CreateStack, 10 tags");
    let open_loop = bench.open_loop(5000)?;
    let fairness = fairness(&bench, &other)?;
    figures.extend(large);
    let out = json!({
        "reads_per_second": slower,
        "writes_per_second": writes,
        "read_p99_ms": open_loop["p99_ms"],
        "open_loop": open_loop,
        "fairness": fairness,
        "figures": figures,
    });
    use std::io::Write;
    writeln!(std::io::stdout(), "{out}").context("the figures cannot be written")
}

/// The highest rate among the numbers of connections.
fn best(figures: &[Value], what: &str) -> u64 {
    figures
        .iter()
        .filter(|figure| figure["what"] == what)
        .filter_map(|figure| figure["per_second"].as_u64())
        .max()
        .unwrap_or(0)
}

struct Bench<'a> {
    arguments: &'a Arguments,
    user: Signer,
    /// Numbers of names, so that none comes twice.
    next: AtomicU64,
    /// Stacks `s0`, `s1`, … that there are.
    stored: AtomicU64,
}

impl Bench<'_> {
    fn load(&self, connections: usize, pace: Pace, seconds: u64) -> Load<'_> {
        let time = Duration::from_secs(seconds);
        Load { address: self.arguments.address, signer: &self.user, connections, pace, time }
    }

    fn create(&self, stacks: u64) -> anyhow::Result<()> {
        let missing = stacks.saturating_sub(self.stored.load(Ordering::Relaxed));
        let done = AtomicU64::new(0);
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..64)
                .map(|_| {
                    scope.spawn(|| -> anyhow::Result<()> {
                        let mut connection = Connection::open(self.arguments.address)?;
                        while done.fetch_add(1, Ordering::Relaxed) < missing {
                            let number = self.stored.fetch_add(1, Ordering::Relaxed);
                            let (operation, body) = create_stack(&format!("s{number}"));
                            connection.call(&self.user, operation, &body)?.ok(operation)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().map_err(|_| anyhow::anyhow!("a thread failed"))?)
        })
    }

    fn arn(&self, seed: u64) -> String {
        let number = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % self.stored.load(Ordering::Relaxed).max(1);
        format!("arn:aws:appstream:{}:{}:stack/s{number}", self.arguments.region, self.arguments.account)
    }

    fn request(&self, what: &str, seed: u64) -> (&'static str, String) {
        match what {
            "DescribeFleets" => ("DescribeFleets", "{}".to_owned()),
            "ListTagsForResource" => {
                ("ListTagsForResource", json!({"ResourceArn": self.arn(seed)}).to_string())
            }
            "TagResource" => {
                let input = json!({"ResourceArn": self.arn(seed), "Tags": {"Touched": seed.to_string()}});
                ("TagResource", input.to_string())
            }
            _ => create_stack(&format!("c{}", self.next.fetch_add(1, Ordering::Relaxed))),
        }
    }

    fn all(&self, stacks: u64) -> anyhow::Result<Vec<Value>> {
        let mut figures = Vec::new();
        for what in ["DescribeFleets", "ListTagsForResource", "CreateStack, 10 tags", "TagResource"] {
            for connections in [1, 8, 64] {
                let load = self.load(connections, Pace::AsAnswered, self.arguments.seconds);
                let measured = load.run(&|seed| self.request(what, seed))?;
                figures.push(figure(what, connections, stacks, &measured));
            }
        }
        Ok(figures)
    }

    /// Reads at a given rate, whether or not the server keeps up: latency counts from when a request was due.
    fn open_loop(&self, per_second: u64) -> anyhow::Result<Value> {
        let what = |seed: u64| if seed.is_multiple_of(2) { "DescribeFleets" } else { "ListTagsForResource" };
        let load = self.load(32, Pace::PerSecond(per_second), self.arguments.seconds.max(5));
        let measured = load.run(&|seed| self.request(what(seed), seed))?;
        Ok(figure("reads at 5,000 a second", 32, self.arguments.stacks, &measured))
    }
}

/// One account reads at a modest rate, alone and while the other floods the server from 64 connections.
fn fairness(bench: &Bench<'_>, flood: &Signer) -> anyhow::Result<Value> {
    let seconds = bench.arguments.seconds.max(5);
    let calm = || {
        let load = bench.load(16, Pace::PerSecond(500), seconds);
        load.run(&|seed| bench.request("ListTagsForResource", seed))
    };
    let alone = calm()?;
    let flooding = |seed: u64| match seed % 2 {
        0 => ("DescribeStacks", "{}".to_owned()),
        _ => create_stack(&format!("flood{seed}")),
    };
    let load = Load { signer: flood, ..bench.load(64, Pace::AsAnswered, seconds + 2) };
    let (beside, flooded) = std::thread::scope(|scope| {
        let flood = scope.spawn(|| load.run(&flooding));
        // So that it floods already.
        std::thread::sleep(Duration::from_secs(1));
        let beside = calm();
        (beside, flood.join())
    });
    let flooded = flooded.map_err(|_| anyhow::anyhow!("a thread failed"))??;
    let beside = beside?;
    Ok(json!({
        "alone_p99_ms": alone.quantile(0.99),
        "beside_flood_p99_ms": beside.quantile(0.99),
        "flood_per_second": flooded.per_second(),
        "flood_refused": flooded.errors,
    }))
}

fn create_stack(name: &str) -> (&'static str, String) {
    let mut tags: serde_json::Map<String, Value> =
        (1..10).map(|number| (format!("Key{number}"), json!("a value"))).collect();
    tags.insert("Team".to_owned(), json!("blue"));
    ("CreateStack", json!({"Name": name, "Description": "of the benchmark", "Tags": tags}).to_string())
}

fn figure(what: &str, connections: usize, stacks: u64, measured: &Figures) -> Value {
    json!({
        "what": what,
        "connections": connections,
        "stacks": stacks,
        "per_second": measured.per_second(),
        "p50_ms": measured.quantile(0.5),
        "p99_ms": measured.quantile(0.99),
        "errors": measured.errors,
        "an_error": measured.an_error,
    })
}

/// Makes a user with a policy, and its key.
fn user(owner: &Signer) -> anyhow::Result<Signer> {
    let mut connection = Connection::open(owner.address())?;
    let policy = [("UserName", "bench"), ("PolicyName", "bench"), ("PolicyDocument", POLICY)];
    connection.query(owner, "CreateUser", &[("UserName", "bench")])?.ok("CreateUser")?;
    connection.query(owner, "PutUserPolicy", &policy)?.ok("PutUserPolicy")?;
    let key = connection.query(owner, "CreateAccessKey", &[("UserName", "bench")])?.ok("CreateAccessKey")?;
    let element = |name: &str| {
        let rest = key.split_once(&format!("<{name}>"))?.1;
        rest.split_once('<').map(|(text, _)| text.to_owned())
    };
    let (id, secret) =
        (element("AccessKeyId").context("no key")?, element("SecretAccessKey").context("no key")?);
    Ok(owner.with(&id, &secret))
}

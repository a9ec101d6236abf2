//! The internet for instances that are to have it: one routed link for each, a table of rules, address translation, a forwarder of names.
//!
//! ```text
//! first instance joins ── marker ── rules ── gateway's address ── forwarding ── forwarder of names ── links …
//! last instance leaves ── links gone ── forwarder, address, rules ── marker
//! ```
//!
//! INVARIANT: whatever of this exists on the host, the marker file exists; it is made first and removed last. So the next server clears away what one
//! that was killed left, or takes it over with the instances. A link ends with its instance's network namespace, whatever happens. The host is not
//! touched before the first instance asks.

pub(crate) mod firewall;
pub(crate) mod links;
mod plan;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::{DriverError, InstanceId};
use links::Link;
use plan::Names;
pub use plan::{InvalidSubnet, Subnet};

use super::record::failed;
use super::runtime::in_path;

/// How long `nft` and the forwarder's start may take.
const QUICK: Duration = Duration::from_secs(10);
/// Before a forwarder that ended is started again.
const PAUSE: Duration = Duration::from_secs(1);
/// What a program may say in an error, in bytes.
const LONGEST_MESSAGE: u64 = 2000;
const FORWARDING: &str = "/proc/sys/net/ipv4/ip_forward";

/// How instances reach the internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkConfig {
    /// The addresses that they get.
    pub subnet: Subnet,
    /// Whom the forwarder of names asks; those of the host if empty.
    pub resolvers: Vec<IpAddr>,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self { subnet: Subnet::DEFAULT, resolvers: Vec::new() }
    }
}

/// This installation's network.
#[derive(Debug)]
pub(crate) struct Network {
    config: NetworkConfig,
    names: Names,
    marker: PathBuf,
    /// Answers `internal forward-names`.
    executable: PathBuf,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Instances that have a link, or are about to.
    members: BTreeSet<InstanceId>,
    forwarder: Option<CancellationToken>,
}

impl Network {
    /// `digest`: tells this installation from others of the host.
    pub(crate) fn new(config: NetworkConfig, run_dir: &Path, digest: &str, executable: &Path) -> Self {
        Self {
            config,
            names: Names::new(digest),
            marker: run_dir.join("network"),
            executable: executable.to_owned(),
            state: tokio::sync::Mutex::default(),
        }
    }

    /// Takes over what an earlier server left: with its instances, or, if none of them has a link, to clear it away.
    pub(crate) async fn adopt(&self, members: BTreeSet<InstanceId>) -> Result<(), DriverError> {
        let mut state = self.state.lock().await;
        state.members.extend(members);
        if !state.members.is_empty() {
            if state.forwarder.is_none() { self.set_up(&mut state).await } else { Ok(()) }
        } else if self.marker.exists() {
            self.take_down(&mut state).await
        } else {
            Ok(())
        }
    }

    /// Gives an instance its link; `pid` is a process in its network namespace.
    pub(crate) async fn join(&self, id: &InstanceId, slot: u32, pid: i32) -> Result<(), DriverError> {
        let subnet = self.config.subnet;
        let address = subnet
            .address(slot)
            .ok_or_else(|| DriverError::NoRoom(format!("{subnet} has no more addresses for instances")))?;
        {
            let mut state = self.state.lock().await;
            if state.forwarder.is_none() {
                self.set_up(&mut state).await?;
            }
            state.members.insert(id.clone());
        }
        let link = Link { name: self.names.link(slot), address, gateway: subnet.gateway(), pid };
        blocking("giving an instance its link", move || links::connect(link)).await
    }

    /// Takes the link away, and with the last one everything else. Harmless for an instance without one.
    pub(crate) async fn leave(&self, id: &InstanceId, slot: u32) -> Result<(), DriverError> {
        let name = self.names.link(slot);
        // Without the marker nobody has a link. /sys/class/net would not tell: it shows the network namespace in which /sys was mounted.
        if self.marker.exists() {
            blocking("removing an instance's link", move || links::disconnect(name)).await?;
        }
        let mut state = self.state.lock().await;
        state.members.remove(id);
        if state.members.is_empty() && self.marker.exists() {
            self.take_down(&mut state).await?;
        }
        Ok(())
    }

    /// What `/etc/resolv.conf` says in an instance.
    pub(crate) fn resolver_file(&self) -> String {
        plan::resolver_file(self.config.subnet)
    }

    async fn set_up(&self, state: &mut State) -> Result<(), DriverError> {
        self.check_addresses().await?;
        fs::write(&self.marker, "").map_err(failed("making", &self.marker))?;
        let made = self.make(state).await;
        if made.is_err() && state.members.is_empty() {
            self.take_down(state).await?;
        }
        made
    }

    async fn make(&self, state: &mut State) -> Result<(), DriverError> {
        let subnet = self.config.subnet;
        // Before any packet can pass.
        nft(&plan::rules(&self.names, subnet)).await?;
        let (gateway, address) = (self.names.gateway(), subnet.gateway());
        blocking("making the gateway's address", move || links::make_gateway(gateway, address)).await?;
        allow_forwarding()?;
        state.forwarder = Some(self.start_forwarder().await?);
        tracing::info!(%subnet, table = self.names.table, "instances can reach the internet");
        Ok(())
    }

    async fn take_down(&self, state: &mut State) -> Result<(), DriverError> {
        if let Some(forwarder) = state.forwarder.take() {
            forwarder.cancel();
        }
        let gateway = self.names.gateway();
        blocking("removing the gateway's address", move || links::disconnect(gateway)).await?;
        nft(&plan::no_rules(&self.names)).await?;
        fs::remove_file(&self.marker).map_err(failed("removing", &self.marker))
    }

    /// Somebody else's use of our addresses would make both useless.
    async fn check_addresses(&self) -> Result<(), DriverError> {
        let own = self.names.gateway();
        let own = own.trim_end_matches("dns").to_owned();
        let networks = blocking("reading the host's routes", move || links::networks(own)).await?;
        let subnet = self.config.subnet;
        match networks.into_iter().find(|(base, prefix, _)| subnet.overlaps(*base, *prefix)) {
            None => Ok(()),
            Some((base, prefix, link)) => Err(DriverError::Network(format!(
                "the host has a route to {base}/{prefix} by {link}, which are addresses of {subnet}: choose another instances.network.subnet"
            ))),
        }
    }

    /// Starts the forwarder, and a task that starts it anew whenever it ends. Returns once it answers.
    async fn start_forwarder(&self) -> Result<CancellationToken, DriverError> {
        let stop = CancellationToken::new();
        let mut child = self.spawn_forwarder()?;
        let ready = tokio::time::timeout(QUICK, says_ready(&mut child)).await;
        if !matches!(ready, Ok(Ok(true))) {
            let detail = said(&mut child).await;
            return Err(DriverError::Network(format!("the forwarder of names does not start: {detail}")));
        }
        let (executable, arguments) = (self.executable.clone(), self.forwarder_arguments());
        let stopped = stop.clone();
        tokio::spawn(async move {
            loop {
                // Its end is the forwarder's; waiting for a child would close it.
                let _lifeline = child.stdin.take();
                tokio::select! {
                    // Dropped with this, it is killed.
                    () = stopped.cancelled() => return,
                    ended = child.wait() => {
                        tracing::error!(?ended, "the forwarder of names ended: it is started anew");
                    }
                }
                tokio::select! {
                    () = stopped.cancelled() => return,
                    () = tokio::time::sleep(PAUSE) => {}
                }
                match spawn_forwarder(&executable, &arguments) {
                    Ok(started) => child = started,
                    Err(error) => tracing::error!(%error, "the forwarder of names cannot be started"),
                }
            }
        });
        Ok(stop)
    }

    fn spawn_forwarder(&self) -> Result<Child, DriverError> {
        spawn_forwarder(&self.executable, &self.forwarder_arguments())
            .map_err(failed("starting", &self.executable))
    }

    fn forwarder_arguments(&self) -> Vec<String> {
        let resolvers = self.config.resolvers.iter().map(ToString::to_string);
        std::iter::once(self.config.subnet.gateway().to_string()).chain(resolvers).collect()
    }
}

fn spawn_forwarder(executable: &Path, arguments: &[String]) -> io::Result<Child> {
    Command::new(executable)
        .args(["internal", "forward-names"])
        .args(arguments)
        .env_clear()
        .current_dir("/")
        // Its end is the forwarder's, however the server ends.
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
}

async fn says_ready(child: &mut Child) -> io::Result<bool> {
    let Some(stdout) = child.stdout.take() else { return Ok(false) };
    let mut line = String::new();
    BufReader::new(stdout.take(LONGEST_MESSAGE)).read_line(&mut line).await?;
    Ok(line == "ready\n")
}

/// What a program that failed said, once it is killed.
async fn said(child: &mut Child) -> String {
    // It may have ended already.
    let _ = child.start_kill();
    let mut text = String::new();
    if let Some(stderr) = child.stderr.take() {
        // What cannot be read cannot be quoted.
        let _ = stderr.take(LONGEST_MESSAGE).read_to_string(&mut text).await;
    }
    text.trim().to_owned()
}

/// Replaces or removes our table, in one step.
async fn nft(script: &str) -> Result<(), DriverError> {
    let program = in_path("nft")
        .ok_or_else(|| DriverError::Network("nft is not in the path (apt install nftables)".into()))?;
    let run = async {
        let mut child = Command::new(&program)
            .args(["-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(script.as_bytes()).await?;
        }
        child.wait_with_output().await
    };
    let output = tokio::time::timeout(QUICK, run)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .map_err(failed("running", &program))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(DriverError::Network(format!("nft: {}", said.lines().next().unwrap_or("it failed"))))
}

/// A kernel that forwards for nobody does not forward for instances. It is never switched off again: by then others may count on it.
fn allow_forwarding() -> Result<(), DriverError> {
    let path = Path::new(FORWARDING);
    if fs::read_to_string(path).map_err(failed("reading", path))?.trim() == "0" {
        fs::write(path, "1").map_err(failed("writing", path))?;
        tracing::warn!(
            "net.ipv4.ip_forward was 0 and is 1 now, so that instances reach the internet: this host forwards packets, and it stays so"
        );
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    action: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, DriverError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.map_err(|error| DriverError::Network(format!("{action}: {error}")))
}

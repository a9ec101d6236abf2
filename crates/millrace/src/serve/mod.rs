//! The server: puts the services together, and takes them apart in order.
//!
//! ```text
//! port ──> http ──> routes ──┬──> control ──> store
//!                            │       └──────> driver
//!                            └──> gateway ──(adapters)──> control, driver
//! admin.sock ──> admin ──> image store, control
//! ```

mod adapters;
mod admin;
mod figures;
mod forwarded;
mod http;
pub(crate) mod instances;
mod own_answers;
mod places;
mod routes;
mod stop;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::join_all;
use millrace_control::{ChainKey, Control, ControlConfig, Resources, SystemSurroundings, Trail, VaultKey};
use millrace_driver::{Driver, confine};
use millrace_gateway::{Gateway, GatewayConfig};
use millrace_model::{AccountId, Region};
use millrace_store::Store;
use millrace_stream::SigningKey;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::admin::server::AdminSocket;
use crate::config::{self, Config, OnShutdown};
use crate::data_dir::{self, DataDir};
use crate::host::{self, Host};
use crate::tls::{self, Certificates};
use crate::{chain, identity, logs};

/// How long threads that block in the system get to come back at the end.
const BLOCKED_THREADS: Duration = Duration::from_secs(2);

/// Runs the server until it is told to stop. The process must have one thread; started by root, it is root no more afterwards.
///
/// # Errors
/// It could not start, or not end all instances that it should have.
pub(crate) fn run(path: &Path, stop_with_stdin: bool) -> anyhow::Result<()> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let config = Config::parse(path, &text)?;
    logs::start(&config.log)?;
    let prepared = Prepared::open(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let signals = stop::StopSignals::listen(stop_with_stdin)?;
        prepared.serve(config, path, &text, signals).await
    });
    runtime.shutdown_timeout(BLOCKED_THREADS);
    // Hung up by what comes first: the end of the services, or an error. The host process ends after this one has done its work.
    if let Err(error) = &served {
        tracing::error!(error = format!("{error:#}"), "the server ends with an error");
    }
    served
}

/// The secrets of this installation.
struct Keys {
    signing: SigningKey,
    vault: VaultKey,
}

/// What was opened while this process was as mighty as whoever started it. Whatever else the server needs from outside of its own directory must be
/// opened here, or asked of the host process.
struct Prepared {
    data_dir: DataDir,
    /// What the server itself may read and write.
    own: PathBuf,
    keys: Keys,
    listener: std::net::TcpListener,
    socket: AdminSocket,
    /// What instances may have of the host together.
    room: Option<Resources>,
    /// None where this process is the host process too, since it was not started by root.
    host: Option<host::Beginning>,
}

impl Prepared {
    /// Opens everything; a process of root's then gives up what it does not need.
    fn open(config: &Config) -> anyhow::Result<Self> {
        let identity = rustix::process::geteuid().is_root().then(|| identity::resolve(config)).transpose()?;
        let data_dir = DataDir::open(&config.data_dir)?;
        let own = data_dir.own_directory(identity)?;
        let keys = Keys {
            signing: SigningKey::new(data_dir.signing_key()?),
            vault: VaultKey(data_dir.vault_key()?),
        };
        let listener = http::listen(config.listen)
            .with_context(|| format!("listen: {} cannot be used", config.listen))?;
        let socket = AdminSocket::bind(&data_dir)?;
        let room = instances::room(&config.instances).context("the host's size cannot be read")?;
        let host = identity.map(|_| host::Beginning::start()).transpose()?;
        if let Some(identity) = identity {
            confine::confine(identity, &own).context("the server cannot give up root's privileges")?;
            tracing::info!(
                user = identity.user,
                group = identity.group,
                "the server gave up root's privileges"
            );
        }
        Ok(Self { data_dir, own, keys, listener, socket, room, host })
    }

    async fn serve(
        self,
        config: Config,
        path: &Path,
        text: &str,
        mut signals: stop::StopSignals,
    ) -> anyhow::Result<()> {
        let Self { data_dir, own, keys, listener, socket, room, host } = self;
        let listener = TcpListener::from_std(listener)?;
        let (host, ending) = match host {
            Some(beginning) => {
                let (host, ending) = beginning.connect(path, text).await?;
                (host, Some(ending))
            }
            None => (host::in_this_process(&config).await?, None),
        };
        let lost = host.lost.clone();
        let stop = CancellationToken::new();
        let running = async {
            let server = Server::start(config, &own, keys, room, host).await?;
            server.run(listener, socket, stop.clone()).await
        };
        let stopping = async {
            let why = tokio::select! {
                why = signals.first() => why,
                () = lost.cancelled() => "the end of the host process",
            };
            tracing::info!(why, "stopping");
            stop.cancel();
            signals.second().await
        };
        let served = tokio::select! {
            ended = running => ended,
            // A second signal ends the process: this never comes back.
            never = stopping => never,
        };
        if let Some(ending) = ending {
            anyhow::ensure!(!lost.is_cancelled(), "the host process ended by itself: its log lines say why");
            tokio::task::spawn_blocking(|| ending.finish()).await??;
        }
        drop(data_dir);
        served
    }
}

/// The services of one server.
struct Server {
    config: Config,
    certificates: Option<Certificates>,
    store: Store,
    host: Host,
    control: Arc<Control>,
    gateway: Gateway,
}

impl Server {
    async fn start(
        config: Config,
        own: &Path,
        keys: Keys,
        room: Option<Resources>,
        host: Host,
    ) -> anyhow::Result<Self> {
        let Keys { signing: key, vault: vault_key } = keys;
        let certificates = match &config.tls {
            Some(tls) => {
                let certificates = Certificates::load(host.files.as_ref()).await?;
                tell_authority(&config, tls);
                Some(certificates)
            }
            None => None,
        };
        let store =
            Store::open(&own.join(data_dir::DATABASE)).await.context("the database cannot be opened")?;
        let gateway = Gateway::new(GatewayConfig {
            public_url: config.public_url.parse().context("public_url")?,
            signing_key: key.clone(),
            limits: millrace_gateway::Limits {
                // An admission that waits keeps its connection: those of all tickets leave most of them to others.
                admissions: (config.limits.connections / 4).max(1),
                ..millrace_gateway::Limits::default()
            },
        });
        let chain = ChainKey::new(&vault_key.0);
        let trail = Trail::open(&own.join("audit"), chain, config.audit)
            .context("the audit trail cannot be written")?;
        let control = Control::start(
            control_config_of(&config, key, vault_key, room)?,
            store.clone(),
            host.driver.clone(),
            host.images.clone(),
            host.registries.clone(),
            Arc::new(SystemSurroundings),
            Some(trail),
        )
        .await?;
        Ok(Self { config, certificates, store, host, control, gateway })
    }

    /// Serves until `stop`, then ends everything in order, each step within a bound.
    async fn run(
        self,
        listener: TcpListener,
        socket: AdminSocket,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let Self { config, certificates, store, host, control, gateway } = self;
        let Host { driver, images, registries: _, files, lost } = host;
        let sessions = Arc::new(adapters::SessionsOfControl::new(control.clone()));
        let router = gateway.router(sessions.clone(), Arc::new(adapters::AgentsOfDriver(driver.clone())));
        let body_timeout = config.limits.body_timeout;
        let figures = figures::Figures { gateway: gateway.clone(), readers: config.metrics_readers.clone() };
        let routes = routes::Routes::new(
            control.clone(),
            store.clone(),
            driver.clone(),
            router,
            figures,
            body_timeout,
        );
        let administration =
            Arc::new(admin::Administration { control: control.clone(), images, listen: config.listen });
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            listen = %config.listen,
            public_url = config.public_url,
            data_dir = %config.data_dir.display(),
            "millrace serves"
        );
        let farewell = async {
            stop.cancelled().await;
            gateway.shutdown().await;
        };
        let edge = http::Edge::new(&config, certificates.clone(), gateway.public_url());
        let ((), kept_fresh, administered, (), ()) = tokio::join!(
            http::serve(listener, routes, &edge, &config.limits, stop.clone()),
            tls::keep_fresh(certificates.as_ref(), files.as_ref(), &stop),
            socket.serve(administration, stop.clone()),
            sessions.end_streams(&gateway, stop.clone()),
            farewell,
        );
        kept_fresh.context("SIGHUP")?;
        administered.context("admin socket")?;
        let bound = config.limits.shutdown_timeout;
        if tokio::time::timeout(bound, control.stop()).await.is_err() {
            tracing::warn!("the reconciler did not stop in time");
        }
        let ended = match config.instances.on_shutdown {
            OnShutdown::Keep => Ok(()),
            // Nobody could end them: the next server adopts them.
            OnShutdown::End if lost.is_cancelled() => Ok(()),
            OnShutdown::End => end_instances(driver.as_ref(), bound).await,
        };
        if let Err(error) = files.remove_admin_socket().await {
            tracing::warn!(error, "admin socket cannot be removed");
        }
        store.close().await;
        tracing::info!("stopped");
        ended
    }
}

/// Says how clients come to trust a certificate that was made here.
fn tell_authority(config: &Config, tls: &config::Tls) {
    if let config::Tls::Generated { names } = tls {
        let authority = tls::ca_path(&config.data_dir);
        tracing::info!(
            names = names.join(" "),
            hint = format!("export AWS_CA_BUNDLE={}", authority.display()),
            "the certificate is of our own making: clients and browsers must be told to trust its authority"
        );
    }
}

/// Ends all instances, concurrently: they are few enough for one host.
async fn end_instances(driver: &dyn Driver, bound: Duration) -> anyhow::Result<()> {
    let end = async {
        let instances = driver.list().await.context("the instances cannot be listed")?;
        tracing::info!(instances = instances.len(), "ending instances");
        let ends = instances.iter().map(async |instance| {
            let ended = driver.destroy(&instance.id).await;
            if let Err(error) = &ended {
                tracing::error!(instance = %instance.id, error = chain(error), "an instance could not be ended");
            }
            ended.is_err()
        });
        let failed = join_all(ends).await.into_iter().filter(|failed| *failed).count();
        anyhow::ensure!(failed == 0, "{failed} of {} instances could not be ended", instances.len());
        Ok(())
    };
    tokio::time::timeout(bound, end).await.context("the instances did not end in time")?
}

/// What the services are told, with the keys of the data directory.
///
/// # Errors
/// A key file is not one of ours.
pub(crate) fn control_config(config: &Config, data_dir: &DataDir) -> anyhow::Result<ControlConfig> {
    let (signing, vault) = (SigningKey::new(data_dir.signing_key()?), VaultKey(data_dir.vault_key()?));
    control_config_of(config, signing, vault, None)
}

fn control_config_of(
    config: &Config,
    key: SigningKey,
    vault_key: VaultKey,
    room: Option<Resources>,
) -> anyhow::Result<ControlConfig> {
    let accounts = config.accounts.iter().map(|account| {
        let keys = account.access_keys.iter().map(|key| millrace_control::AccessKey {
            id: key.access_key_id.clone(),
            secret: key.secret_access_key.clone(),
        });
        anyhow::Ok(millrace_control::Account {
            id: AccountId::new(&account.id)?,
            access_keys: keys.collect(),
        })
    });
    let regions = config.regions.iter().map(Region::new);
    Ok(ControlConfig {
        limits_by_type: config.instances.types.clone(),
        room,
        quotas: config.quotas,
        rates: config.limits.rates,
        screen: config.instances.screen,
        pool: config.instances.pool,
        ..ControlConfig::new(
            accounts.collect::<Result<_, _>>()?,
            regions.collect::<Result<_, _>>()?,
            config.public_url.clone(),
            key,
            vault_key,
        )
    })
}

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
mod http;
pub(crate) mod instances;
mod routes;
mod stop;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::join_all;
use millrace_control::{Control, ControlConfig, SystemSurroundings, VaultKey};
use millrace_driver::Driver;
use millrace_driver::images::ImageStore;
use millrace_gateway::{Gateway, GatewayConfig};
use millrace_model::{AccountId, Region};
use millrace_store::Store;
use millrace_stream::SigningKey;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::admin::server::AdminSocket;
use crate::config::{Config, OnShutdown};
use crate::data_dir::DataDir;
use crate::{chain, logs};

/// How long threads that block in the system get to come back at the end.
const BLOCKED_THREADS: Duration = Duration::from_secs(2);

/// Runs the server until it is told to stop.
///
/// # Errors
/// It could not start, or not end all instances that it should have.
pub(crate) fn run(config: Config, stop_with_stdin: bool) -> anyhow::Result<()> {
    logs::start(&config.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(serve(config, stop_with_stdin));
    runtime.shutdown_timeout(BLOCKED_THREADS);
    if let Err(error) = &served {
        tracing::error!(error = format!("{error:#}"), "the server ends with an error");
    }
    served
}

async fn serve(config: Config, stop_with_stdin: bool) -> anyhow::Result<()> {
    let mut signals = stop::StopSignals::listen(stop_with_stdin)?;
    let data_dir = DataDir::open(&config.data_dir)?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listen: {} cannot be used", config.listen))?;
    let server = Server::start(config, &data_dir).await?;
    let socket = AdminSocket::bind(&data_dir)?;
    let stop = CancellationToken::new();
    let running = server.run(listener, socket, &data_dir, stop.clone());
    let stopping = async {
        let why = signals.first().await;
        tracing::info!(why, "stopping");
        stop.cancel();
        signals.second().await
    };
    tokio::select! {
        ended = running => ended,
        // A second signal ends the process: this never comes back.
        never = stopping => never,
    }
}

/// The services of one server.
struct Server {
    config: Config,
    store: Store,
    images: Arc<ImageStore>,
    driver: Arc<dyn Driver>,
    control: Arc<Control>,
    gateway: Gateway,
}

impl Server {
    async fn start(config: Config, data_dir: &DataDir) -> anyhow::Result<Self> {
        let key = SigningKey::new(data_dir.signing_key()?);
        let vault_key = VaultKey(data_dir.vault_key()?);
        let path = data_dir.path().to_owned();
        let instances = config.instances.clone();
        // Unpacking a runtime image blocks for seconds.
        let (images, driver) = tokio::task::spawn_blocking(move || {
            let images = instances::images(&path)?;
            let driver = instances::driver(&instances, &path, images.clone())?;
            anyhow::Ok((images, driver))
        })
        .await??;
        let store = Store::open(&data_dir.path().join("millrace.db"))
            .await
            .context("the database cannot be opened")?;
        let gateway = Gateway::new(GatewayConfig {
            public_url: config.public_url.parse().context("public_url")?,
            signing_key: key.clone(),
            limits: millrace_gateway::Limits::default(),
        });
        let control = Control::start(
            control_config(&config, key, vault_key)?,
            store.clone(),
            driver.clone(),
            Arc::new(SystemSurroundings),
        )
        .await?;
        Ok(Self { config, store, images, driver, control, gateway })
    }

    /// Serves until `stop`, then ends everything in order, each step within a bound.
    async fn run(
        self,
        listener: TcpListener,
        socket: AdminSocket,
        data_dir: &DataDir,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let Self { config, store, images, driver, control, gateway } = self;
        let sessions = Arc::new(adapters::SessionsOfControl::new(control.clone()));
        let router = gateway.router(sessions.clone(), Arc::new(adapters::AgentsOfDriver(driver.clone())));
        let body_timeout = config.limits.body_timeout;
        let routes =
            routes::Routes::new(control.clone(), store.clone(), driver.clone(), router, body_timeout);
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
        tokio::join!(
            http::serve(listener, routes, &config.limits, stop.clone()),
            socket.serve(data_dir.path(), administration, stop.clone()),
            sessions.end_streams(&gateway, stop.clone()),
            farewell,
        );
        let bound = config.limits.shutdown_timeout;
        if tokio::time::timeout(bound, control.stop()).await.is_err() {
            tracing::warn!("the reconciler did not stop in time");
        }
        let ended = match config.instances.on_shutdown {
            OnShutdown::Keep => Ok(()),
            OnShutdown::End => end_instances(driver.as_ref(), bound).await,
        };
        store.close().await;
        tracing::info!("stopped");
        ended
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

fn control_config(config: &Config, key: SigningKey, vault_key: VaultKey) -> anyhow::Result<ControlConfig> {
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
        limits: config.instances.limits,
        screen: config.instances.screen,
        ..ControlConfig::new(
            accounts.collect::<Result<_, _>>()?,
            regions.collect::<Result<_, _>>()?,
            config.public_url.clone(),
            key,
            vault_key,
        )
    })
}

//! What is done with the data directory while no server runs on it, or beside one: identities, and the check of the audit trail.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use millrace_control::{ChainKey, Trail, administer};
use millrace_store::Store;
use rustix::fs::{Gid, Uid};

use crate::cli::print;
use crate::config::Config;
use crate::data_dir::{self, DataDir};
use crate::serve;

/// The audit trail's directory, in the server's own.
const TRAIL: &str = "audit";

/// Does an action of IAM as the root of an account, on the database of a server that does not run, and prints the answer.
///
/// # Errors
/// The server runs, or the action is refused.
pub(crate) fn iam(
    config: &Path,
    account: Option<String>,
    action: &str,
    parameters: &[String],
) -> anyhow::Result<()> {
    let config = Config::load(config)?;
    let data_dir = DataDir::open(&config.data_dir)
        .context("while a server runs, use its API: AWS_ENDPOINT_URL_IAM and the AWS CLI")?;
    let account = match account {
        Some(account) => account,
        None => config.accounts.first().map(|account| account.id.clone()).context("there is no account")?,
    };
    let pairs = parameters.iter().map(|parameter| {
        let pair = parameter.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
        pair.with_context(|| format!("'{parameter}' is no parameter: it must be like UserName=jane"))
    });
    let pairs = pairs.collect::<anyhow::Result<Vec<_>>>()?;
    let control = serve::control_config(&config, &data_dir)?;
    let own = data_dir.path().join("server");
    if !own.join(data_dir::DATABASE).exists() {
        bail!("{} is not there yet: start the server once", own.join(data_dir::DATABASE).display());
    }
    let chain = ChainKey::new(&data_dir.vault_key()?);
    let own = enter(&own).with_context(|| format!("{} cannot be used as its owner", own.display()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        let trail = Trail::open(&own.join(TRAIL), chain, config.audit)
            .context("the audit trail cannot be written: nothing was changed")?;
        let store = Store::open(&own.join(data_dir::DATABASE)).await?;
        let answer = administer(&control, &store, &trail, &account, action, pairs).await;
        store.close().await;
        trail.close().await;
        anyhow::Ok(answer?)
    })?;
    print(&serde_json::to_string_pretty(&answer)?)
}

/// Goes into the server's own directory, as its owner and with no way out of it: what is made there must be the server's, and whoever took the
/// server over may have left there what root should not touch. Returns where the directory is from now on.
fn enter(own: &Path) -> std::io::Result<PathBuf> {
    let owner = std::fs::symlink_metadata(own)?;
    if !rustix::process::geteuid().is_root() || owner.uid() == 0 {
        return Ok(own.to_owned());
    }
    std::os::unix::fs::chroot(own)?;
    std::env::set_current_dir("/")?;
    // Before there is another thread: those that are started inherit it.
    let (user, group) = (Uid::from_raw(owner.uid()), Gid::from_raw(owner.gid()));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
    Ok(PathBuf::from("/"))
}

/// Checks the audit trail, and says what was found. A server may be writing it.
///
/// # Errors
/// The trail cannot be read, or something is wrong with it.
pub(crate) fn verify(data_dir: &Path) -> anyhow::Result<()> {
    let key = ChainKey::new(&data_dir::existing_vault_key(data_dir)?);
    let directory = data_dir.join("server").join(TRAIL);
    let report = millrace_control::verify_trail(&directory, &key)
        .with_context(|| format!("the audit trail in {} cannot be read", directory.display()))?;
    if let Some(problem) = report.problem {
        bail!("{problem}");
    }
    if report.unfinished > 0 {
        print(&format!("half a line at the end ({} bytes) is not finished", report.unfinished))?;
    }
    print(&format!("{} lines in {} files, from line {} on: whole", report.lines, report.files, report.first))
}

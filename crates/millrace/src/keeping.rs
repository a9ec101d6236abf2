//! What is done with the data directory while no server runs on it, or beside one: identities, and the check of the audit trail.

use std::path::Path;

use anyhow::{Context, bail};
use millrace_control::{ChainKey, administer};
use millrace_store::Store;

use crate::cli::print;
use crate::config::Config;
use crate::data_dir::{self, DataDir};
use crate::serve;

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
    let database = data_dir.path().join("server").join(data_dir::DATABASE);
    if !database.exists() {
        bail!("{} is not there yet: start the server once", database.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(async {
        let store = Store::open(&database).await?;
        let answer = administer(&control, &store, &account, action, pairs).await;
        store.close().await;
        anyhow::Ok(answer?)
    })?;
    print(&serde_json::to_string_pretty(&answer)?)
}

/// Checks the audit trail, and says what was found. A server may be writing it.
///
/// # Errors
/// The trail cannot be read, or something is wrong with it.
pub(crate) fn verify(data_dir: &Path) -> anyhow::Result<()> {
    let key = ChainKey::new(&data_dir::existing_vault_key(data_dir)?);
    let directory = data_dir.join("server/audit");
    let report = millrace_control::verify_trail(&directory, &key)
        .with_context(|| format!("the audit trail in {} cannot be read", directory.display()))?;
    if let Some(problem) = report.problem {
        bail!("{problem}");
    }
    print(&format!("{} lines in {} files, from line {} on: whole", report.lines, report.files, report.first))
}

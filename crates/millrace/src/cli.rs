//! The command line.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};

use crate::admin::client;
use crate::admin::protocol::{Command as AdminCommand, Outcome};
use crate::config::Config;
use crate::{doctor, images, keeping, serve};

/// Application streaming from your own hosts, managed with the Amazon AppStream API.
#[derive(Parser)]
#[command(name = "millrace", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(Serve),
    /// Images of the running server
    #[command(subcommand)]
    Image(images::ImageCommand),
    /// Users, groups, roles and policies, while the server does not run (else use its API)
    Iam(Iam),
    /// The audit trail
    #[command(subcommand)]
    Audit(AuditCommand),
    /// How is the running server?
    Status(Server),
    /// Check this host, and say how to mend what is wrong
    Doctor {
        /// Check what this configuration needs too [default: /etc/millrace/millrace.toml, if it is there]
        #[arg(long, value_name = "FILE", env = CONFIG_VARIABLE)]
        config: Option<PathBuf>,
    },
}

/// Where every command finds the configuration, unless it is named.
const CONFIG: &str = "/etc/millrace/millrace.toml";
/// Names another one; a flag goes before it.
const CONFIG_VARIABLE: &str = "MILLRACE_CONFIG";

#[derive(Args)]
struct Serve {
    /// The configuration (see millrace.example.toml)
    #[arg(long, value_name = "FILE", env = CONFIG_VARIABLE, default_value = CONFIG)]
    config: PathBuf,
    /// Stop when standard input ends: for programs that start a server which must not outlive them
    #[arg(long, hide = true)]
    stop_with_stdin: bool,
}

#[derive(Args)]
struct Iam {
    /// An action of the IAM API, such as CreateUser
    action: String,
    /// Its parameters, such as UserName=jane or Tags.member.1.Key=Team
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// The account [default: the first one of the configuration]
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The configuration of the server
    #[arg(long, value_name = "FILE", env = CONFIG_VARIABLE, default_value = CONFIG)]
    config: PathBuf,
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check that no line of it was altered or removed
    Verify(Server),
}

/// Which server is meant.
#[derive(Args)]
pub(crate) struct Server {
    /// The configuration of the server [default: /etc/millrace/millrace.toml]
    #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
    config: Option<PathBuf>,
    /// The data directory of the server, instead of its configuration
    #[arg(long, value_name = "DIRECTORY")]
    data_dir: Option<PathBuf>,
}

impl Server {
    fn data_dir(&self) -> anyhow::Result<PathBuf> {
        if let Some(data_dir) = &self.data_dir {
            return std::path::absolute(data_dir).context("the data directory has no absolute path");
        }
        // Not by clap: the variable is no conflict with --data-dir.
        let named = self.config.clone().or_else(|| std::env::var_os(CONFIG_VARIABLE).map(PathBuf::from));
        let config = named.as_deref().unwrap_or(Path::new(CONFIG));
        if named.is_none() && !config.exists() {
            bail!(
                "which server? Name its configuration with --config, or its data directory with --data-dir"
            );
        }
        Ok(Config::load(config)?.data_dir)
    }
}

impl Server {
    /// Is it there?
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        call(self, AdminCommand::Status, None).map(drop)
    }
}

/// Runs the command that the arguments name.
///
/// # Errors
/// It failed; the message is for the person who gave the command.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Serve(arguments) => {
            serve::run(&arguments.config, arguments.stop_with_stdin)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Image(command) => images::run(command),
        Command::Iam(Iam { action, parameters, account, config }) => {
            keeping::iam(&config, account, &action, &parameters).map(|()| ExitCode::SUCCESS)
        }
        Command::Audit(AuditCommand::Verify(server)) => {
            keeping::verify(&server.data_dir()?).map(|()| ExitCode::SUCCESS)
        }
        Command::Status(server) => status(&server),
        Command::Doctor { config } => {
            let installed = Path::new(CONFIG);
            doctor::run(config.as_deref().or_else(|| installed.exists().then_some(installed)))
        }
    }
}

/// One command to the server, and the file that it is about; its progress goes to standard error.
pub(crate) fn call(server: &Server, command: AdminCommand, file: Option<&File>) -> anyhow::Result<Outcome> {
    let data_dir = server.data_dir()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(client::call(&data_dir, command, file.map(AsFd::as_fd), |line| eprintln!("{line}")))
}

fn status(server: &Server) -> anyhow::Result<ExitCode> {
    let Outcome::Status(status) = call(server, AdminCommand::Status, None)? else {
        bail!("the server answered something else");
    };
    print(&format!("millrace {} listens on {} (process {})", status.version, status.listen, status.pid))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a result to standard output.
///
/// # Errors
/// Nobody reads it any more.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).context("standard output cannot be written")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn one_server_is_meant() {
        let both = ["millrace", "image", "list", "--config", "a", "--data-dir", "b"];
        assert!(Arguments::try_parse_from(both).is_err());
    }
}

//! `millrace doctor`: does this host have what Millrace needs, and if not, what is to be done?

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use millrace_driver::host_check::{Check, HostCheckConfig, Outcome, check_host};
use millrace_driver::sandbox::{NetworkConfig, RuntimeChoice};

use crate::admin::client;
use crate::admin::protocol::Command;
use crate::cli::print;
use crate::config::{self, Config, DriverKind};
use crate::serve::instances;
use crate::tls::expiry::{self, Validity};
use crate::{identity, tls};

fn good(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, outcome: Outcome::Ok, detail: detail.into(), remedy: String::new() }
}

fn warning(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Check {
    Check { name, outcome: Outcome::Warn, detail: detail.into(), remedy: remedy.into() }
}

fn bad(name: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Check {
    Check { name, outcome: Outcome::Fail, detail: detail.into(), remedy: remedy.into() }
}

/// Checks the host and, if there is one, what the configuration needs. Prints every check; fails if one of them does.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(path: Option<&Path>) -> anyhow::Result<ExitCode> {
    let mut checks = Vec::new();
    let config = match path.map(|path| (path, Config::load(path))) {
        None => None,
        Some((path, Ok(config))) => {
            checks.push(good("configuration", path.display().to_string()));
            Some(config)
        }
        Some((_, Err(error))) => {
            let remedy = "correct the file: millrace.example.toml explains every key";
            checks.push(bad("configuration", crate::chain(&error), remedy));
            None
        }
    };
    if let Some(config) = &config {
        checks.push(port(config));
        checks.push(data_dir(&config.data_dir));
        checks.extend(certificate(config));
        checks.extend(proxy(config));
        checks.extend(privileges(config));
    }
    match config.map(|config| (config.data_dir, config.instances)) {
        Some((_, instances)) if instances.driver == DriverKind::Simulated => {}
        Some((data_dir, instances)) => {
            checks.push(program("agent", &instances.agent));
            checks.push(program("launcher", &instances.launcher));
            let runtime = instances::runtime_choice(instances.runtime);
            checks.extend(host(data_dir, runtime, instances.runtime_image, instances.network));
        }
        None => checks.extend(host(
            "/var/lib/millrace".into(),
            RuntimeChoice::Auto,
            None,
            NetworkConfig::default(),
        )),
    }
    for check in &checks {
        let word = match check.outcome {
            Outcome::Ok => "ok",
            Outcome::Warn => "warning",
            Outcome::Fail => "FAIL",
        };
        print(&format!("{word:8} {}: {}", check.name, check.detail))?;
        if !check.remedy.is_empty() {
            print(&format!("         -> {}", check.remedy))?;
        }
    }
    match checks.iter().filter(|check| check.outcome == Outcome::Fail).count() {
        0 => {
            print("\nThis host can run Millrace.")?;
            Ok(ExitCode::SUCCESS)
        }
        failed => {
            print(&format!("\n{failed} of {} checks failed.", checks.len()))?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn host(
    data_dir: PathBuf,
    runtime: RuntimeChoice,
    runtime_image: Option<PathBuf>,
    network: NetworkConfig,
) -> Vec<Check> {
    let executable = "/proc/self/exe".into();
    check_host(&HostCheckConfig { data_dir, runtime, runtime_image, network, executable })
}

fn port(config: &Config) -> Check {
    match TcpListener::bind(config.listen) {
        Ok(_) => good("listen", format!("{} is free", config.listen)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_ours(config) => {
            good("listen", format!("{} is this server's, which runs", config.listen))
        }
        Err(error) => bad(
            "listen",
            format!("{} cannot be used: {error}", config.listen),
            "end the program that has it (ss -ltnp shows which), or choose another address",
        ),
    }
}

/// Does the server of this configuration run?
fn is_ours(config: &Config) -> bool {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return false;
    };
    runtime.block_on(client::call(&config.data_dir, Command::Status, None, |_| {})).is_ok()
}

fn data_dir(path: &Path) -> Check {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_dir() => {
            bad("data directory", format!("{} is not a directory", path.display()), "name a directory")
        }
        Ok(metadata) if metadata.mode() & 0o077 != 0 => warning(
            "data directory",
            format!("{} is open to other users", path.display()),
            format!("the server closes it when it starts; or: chmod 700 {}", path.display()),
        ),
        Ok(_) => good("data directory", path.display().to_string()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            good("data directory", format!("{} will be made", path.display()))
        }
        Err(error) => bad(
            "data directory",
            format!("{}: {error}", path.display()),
            "run as the user who runs the server, or correct the permissions",
        ),
    }
}

/// Can the certificate be used? Looks only: makes none.
fn certificate(config: &Config) -> Option<Check> {
    const NAME: &str = "certificate";
    let tls = config.tls.as_ref()?;
    let config::Tls::Files { certificate, key } = tls else {
        let authority = tls::ca_path(&config.data_dir);
        let word = if authority.exists() { "trust" } else { "will be made at the first start; then trust" };
        return Some(good(
            NAME,
            format!("of our own making; clients {word} it by: export AWS_CA_BUNDLE={}", authority.display()),
        ));
    };
    let checked = tls::read(tls, &config.data_dir).and_then(|pem| {
        tls::server_config(&pem)?;
        expiry::validity(&pem, SystemTime::now())
    });
    let file = certificate.display();
    let renew = "put a new one in its place: the server takes it without a restart";
    let left = match checked {
        Err(error) => {
            let remedy = "name the certificate with those that lead to its issuer, and its key, both as PEM, in tls.certificate and tls.key";
            return Some(bad(NAME, format!("{error:#}"), remedy));
        }
        Ok(Validity::Expired) => return Some(bad(NAME, format!("{file} has expired"), renew)),
        Ok(Validity::NotYet) => {
            let remedy = "set the clock right, or put another certificate in its place";
            return Some(bad(NAME, format!("{file} is not valid yet"), remedy));
        }
        Ok(Validity::EndsSoon(days)) => {
            return Some(warning(NAME, format!("{file} is valid for {days} more days"), renew));
        }
        Ok(Validity::Days(days)) => days,
    };
    let open = fs::metadata(key).is_ok_and(|metadata| metadata.mode() & 0o007 != 0);
    Some(if open {
        warning(
            NAME,
            format!("every user of this host can read the key {}", key.display()),
            format!("chmod o= {}", key.display()),
        )
    } else {
        good(NAME, format!("{file}, valid for {left} more days"))
    })
}

/// Does a proxy seem to stand before us, whose word we do not take?
fn proxy(config: &Config) -> Option<Check> {
    let behind_one = config.tls.is_none() && config.public_url.starts_with("https://");
    (behind_one && config.trusted_proxies.is_empty()).then(|| {
        warning(
            "reverse proxy",
            format!(
                "{} is another's, and no proxy is trusted: every request seems to come from it",
                config.public_url
            ),
            "name the proxy's address in trusted_proxies (docs/network.md)",
        )
    })
}

/// Can the server give root up?
fn privileges(config: &Config) -> Vec<Check> {
    const NAME: &str = "privileges";
    if !rustix::process::geteuid().is_root() {
        return Vec::new();
    }
    let identity = match identity::resolve(config) {
        Ok(identity) => identity,
        Err(error) => return vec![bad(NAME, format!("{error:#}"), "correct `user`, or leave it out")],
    };
    let tried = std::process::Command::new("/proc/self/exe")
        .args(["internal", "check-confinement", "/var", &identity.user.to_string()])
        .output();
    vec![match tried {
        Ok(output) if output.status.success() => {
            good(NAME, format!("what faces the network becomes the user {}", identity.user))
        }
        Ok(output) => bad(
            NAME,
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            "a kernel with mount namespaces and CONFIG_SECCOMP_FILTER is needed, and CAP_SYS_ADMIN, CAP_SETUID and CAP_SETGID in a container",
        ),
        Err(error) => bad(NAME, error.to_string(), "the program itself cannot be started"),
    }]
}

fn program(name: &'static str, path: &Path) -> Check {
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o111 != 0 => good(name, path.display().to_string()),
        Ok(_) => {
            bad(name, format!("{} is not a program", path.display()), format!("chmod +x {}", path.display()))
        }
        Err(error) => bad(
            name,
            format!("{}: {error}", path.display()),
            format!("put millrace-{name} beside the millrace program, or name it with instances.{name}"),
        ),
    }
}

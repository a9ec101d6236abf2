//! The OCI runtime programs of the host, and what differs between them.

use std::path::{Path, PathBuf};

use super::cgroup::{Cgroups, Layout};
use super::record::InstancePaths;
use crate::DriverError;

/// Which OCI runtime to use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// crun if it is in the path, runc otherwise. (crun starts a pod in a third of the time.)
    #[default]
    Auto,
    /// This crun.
    Crun(PathBuf),
    /// This runc.
    Runc(PathBuf),
}

/// A runtime that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    Crun(PathBuf),
    Runc(PathBuf),
}

impl Runtime {
    pub(crate) fn find(choice: &RuntimeChoice) -> Result<Self, DriverError> {
        match choice {
            RuntimeChoice::Crun(path) => Ok(Self::Crun(path.clone())),
            RuntimeChoice::Runc(path) => Ok(Self::Runc(path.clone())),
            RuntimeChoice::Auto => in_path("crun")
                .map(Self::Crun)
                .or_else(|| in_path("runc").map(Self::Runc))
                .ok_or_else(|| DriverError::Program {
                    program: "crun or runc".into(),
                    detail: "neither is in the path".into(),
                }),
        }
    }

    pub(crate) fn program(&self) -> &Path {
        match self {
            Self::Crun(path) | Self::Runc(path) => path,
        }
    }

    /// runc 1.1 says "User namespaces enabled, but no uid mappings found" without them.
    pub(crate) fn repeats_mappings(&self) -> bool {
        matches!(self, Self::Runc(_))
    }

    /// crun refuses a version 2 hierarchy that is mounted beside version 1.
    pub(crate) fn hidden_mount(&self, cgroups: &Cgroups) -> Option<PathBuf> {
        match (self, cgroups.layout()) {
            (Self::Crun(_), Layout::Legacy { hybrid: true, .. }) => Some("/sys/fs/cgroup/unified".into()),
            _ => None,
        }
    }

    /// Each instance has a state directory of its own, so that removing the instance's files removes the runtime's memory of it.
    pub(crate) fn run_arguments(&self, paths: &InstancePaths, stage: &Path, container: &str) -> Vec<String> {
        let mut arguments = vec!["--root".to_owned(), text(&paths.at("runtime"))];
        if matches!(self, Self::Crun(_)) {
            arguments.push("--cgroup-manager=cgroupfs".into());
        }
        arguments.extend(["run", "--detach", "--bundle"].map(str::to_owned));
        arguments.push(text(&stage.join("bundle")));
        arguments.extend(["--pid-file".into(), text(&paths.at(&format!("{container}.pid")))]);
        arguments.push(container.to_owned());
        arguments
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// The program of that name, where a shell would find it, or where Debian puts what only root runs.
pub(crate) fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|path| path.is_absolute() && path.is_file())
}

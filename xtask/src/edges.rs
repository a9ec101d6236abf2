//! The forbidden-edge check: which crate of the workspace may use which, and which crates from outside each must never reach.
//!
//! The table is `ARCHITECTURE.md`'s. A change of either is a change of the architecture, and argued in its commit.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

/// What one crate of the workspace may use.
struct Rule {
    /// The crate.
    name: &'static str,
    /// Crates of the workspace that it may use (tests aside).
    may_use: &'static [&'static str],
    /// Crates from outside that it must not reach, directly or through others (tests aside). A `*` at the end stands for any rest, at the
    /// beginning for any start.
    never: &'static [&'static str],
}

/// What does I/O or waits: not for crates that are handed time, randomness and bytes.
const IO: &[&str] = &[
    "tokio",
    "tokio-*",
    "mio",
    "async-std",
    "hyper",
    "hyper-util",
    "axum",
    "axum-*",
    "sqlx",
    "sqlx-*",
    "rustix",
    "x11rb",
];
const DATABASE: &[&str] = &["sqlx", "sqlx-*"];

const RULES: &[Rule] = &[
    Rule { name: "millrace-policy", may_use: &[], never: IO },
    Rule { name: "millrace-audit", may_use: &[], never: &["sqlx", "sqlx-*", "hyper", "axum", "x11rb"] },
    Rule {
        name: "millrace-bench-api",
        may_use: &["millrace-policy"],
        never: &["tokio", "sqlx", "hyper", "axum"],
    },
    Rule { name: "millrace-iam", may_use: &["millrace-policy"], never: IO },
    Rule { name: "millrace-wire", may_use: &[], never: IO },
    Rule { name: "millrace-model", may_use: &[], never: IO },
    Rule { name: "millrace-stream", may_use: &[], never: IO },
    Rule { name: "millrace-store", may_use: &["millrace-model"], never: &["hyper", "axum", "x11rb"] },
    Rule {
        name: "millrace-driver",
        may_use: &["millrace-model", "millrace-oci", "millrace-stream"],
        never: &["sqlx", "sqlx-*", "hyper", "axum"],
    },
    Rule {
        name: "millrace-control",
        may_use: &[
            "millrace-audit",
            "millrace-iam",
            "millrace-policy",
            "millrace-wire",
            "millrace-model",
            "millrace-stream",
            "millrace-store",
            "millrace-driver",
            // Through the driver.
            "millrace-oci",
        ],
        never: &["axum", "x11rb"],
    },
    Rule { name: "millrace-oci", may_use: &[], never: &["tokio", "sqlx", "hyper", "axum", "x11rb"] },
    Rule {
        name: "millrace-registry",
        may_use: &["millrace-oci"],
        never: &["sqlx", "sqlx-*", "axum", "x11rb"],
    },
    Rule { name: "millrace-gateway", may_use: &["millrace-stream"], never: DATABASE },
    Rule {
        name: "millrace-agent",
        may_use: &["millrace-stream"],
        never: &["sqlx", "sqlx-*", "hyper", "axum"],
    },
    // The launcher is static and runs inside any root filesystem: nothing in it may come from a C library of the build machine.
    Rule {
        name: "millrace-launcher",
        may_use: &["millrace-stream"],
        never: &["*-sys", "tokio", "sqlx", "hyper", "axum", "x11rb"],
    },
    // Likewise: it is mounted into image builders.
    Rule {
        name: "millrace-assistant",
        may_use: &["millrace-model", "millrace-stream"],
        never: &["*-sys", "tokio", "sqlx", "hyper", "axum", "x11rb"],
    },
    Rule { name: "millrace-bench-app", may_use: &[], never: &["tokio", "sqlx", "hyper", "axum"] },
    Rule {
        name: "millrace",
        may_use: &[
            "millrace-control",
            "millrace-model",
            "millrace-gateway",
            "millrace-driver",
            "millrace-oci",
            "millrace-registry",
            "millrace-store",
            "millrace-stream",
        ],
        never: &["x11rb"],
    },
    // It reads what every crate reads, so it may use all of them; none may use it.
    Rule {
        name: "millrace-fuzz",
        may_use: &[
            "millrace",
            "millrace-driver",
            "millrace-gateway",
            "millrace-iam",
            "millrace-model",
            "millrace-policy",
            "millrace-oci",
            "millrace-registry",
            "millrace-store",
            "millrace-stream",
            "millrace-wire",
            // Through the others.
            "millrace-control",
        ],
        never: &["x11rb"],
    },
    Rule { name: "millrace-sdk-tests", may_use: &[], never: &[] },
    Rule { name: "xtask", may_use: &[], never: &["tokio", "sqlx", "hyper", "axum"] },
];

/// Crates of the C runtime's interface that every program has: names of functions, no code.
const NO_CODE: &[&str] = &["linux-raw-sys", "libc"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// Who uses whom, by package id: what ends up in a program, without tests and build scripts.
struct Graph {
    names: BTreeMap<String, String>,
    members: BTreeSet<String>,
    uses: BTreeMap<String, Vec<String>>,
}

impl Graph {
    fn of(metadata: Metadata) -> Self {
        let names: BTreeMap<_, _> =
            metadata.packages.into_iter().map(|package| (package.id, package.name)).collect();
        let in_program =
            |dependency: &Dependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
        let uses = metadata
            .resolve
            .nodes
            .into_iter()
            .map(|node| {
                let used =
                    node.deps.into_iter().filter(in_program).map(|dependency| dependency.pkg).collect();
                (node.id, used)
            })
            .collect();
        Self { names, members: metadata.workspace_members.into_iter().collect(), uses }
    }

    fn used_by<'a>(&'a self, id: &str) -> impl Iterator<Item = &'a String> {
        self.uses.get(id).into_iter().flatten()
    }

    /// The ways by which `id` reaches each package from outside the workspace: the first found, as names.
    fn reaches(&self, id: &str) -> BTreeMap<&str, String> {
        let mut found: BTreeMap<&str, String> = BTreeMap::new();
        let mut seen = BTreeSet::from([id]);
        let mut open = vec![(id, String::new())];
        while let Some((at, way)) = open.pop() {
            for used in self.used_by(at) {
                if !seen.insert(used) {
                    continue;
                }
                let way = format!("{way} -> {}", self.names[used]);
                if !self.members.contains(used) {
                    found.entry(&self.names[used]).or_insert_with(|| way.clone());
                }
                open.push((used, way));
            }
        }
        found
    }
}

/// Checks the whole workspace against the table.
///
/// # Errors
/// Lists every edge that the table does not allow.
pub(crate) fn check() -> anyhow::Result<()> {
    let output = Command::new(env!("CARGO"))
        // What is only for other systems is in no program of ours.
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &crate::build::host()?])
        .current_dir(crate::paths::root())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cargo metadata cannot be run")?;
    if !output.status.success() {
        bail!("cargo metadata failed");
    }
    let graph =
        Graph::of(serde_json::from_slice(&output.stdout).context("cargo metadata said something else")?);
    let wrong = violations(&graph, RULES);
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("forbidden edges (the table is in xtask/src/edges.rs):\n  {}", wrong.join("\n  "))
}

fn violations(graph: &Graph, rules: &[Rule]) -> Vec<String> {
    let mut wrong = Vec::new();
    for member in &graph.members {
        let name = graph.names[member].as_str();
        let Some(rule) = rules.iter().find(|rule| rule.name == name) else {
            wrong.push(format!("{name} is not in the table"));
            continue;
        };
        for used in graph.used_by(member).filter(|used| graph.members.contains(*used)) {
            let used = graph.names[used].as_str();
            if !rule.may_use.contains(&used) {
                wrong.push(format!("{name} must not use {used}"));
            }
        }
        for (reached, way) in graph.reaches(member) {
            if !NO_CODE.contains(&reached) && rule.never.iter().any(|pattern| matches(pattern, reached)) {
                wrong.push(format!("{name} must not reach {reached}: {name}{way}"));
            }
        }
    }
    wrong
}

fn matches(pattern: &str, name: &str) -> bool {
    if let Some(start) = pattern.strip_suffix('*') {
        name.starts_with(start)
    } else if let Some(end) = pattern.strip_prefix('*') {
        name.ends_with(end)
    } else {
        name == pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A graph from `user used` pairs; `millrace-…` and `xtask` are the workspace.
    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut names = BTreeMap::new();
        let mut uses: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (user, used) in edges {
            for name in [user, used] {
                names.insert((*name).to_owned(), (*name).to_owned());
            }
            uses.entry((*user).to_owned()).or_default().push((*used).to_owned());
        }
        let members = names.keys().filter(|name| name.starts_with("millrace-")).cloned().collect();
        Graph { names, members, uses }
    }

    #[test]
    fn allowed_edges_pass() {
        let graph = graph(&[
            ("millrace-control", "millrace-store"),
            ("millrace-store", "millrace-model"),
            ("millrace-store", "sqlx"),
            ("sqlx", "tokio"),
            ("millrace-launcher", "rustix"),
            ("rustix", "linux-raw-sys"),
        ]);
        assert_eq!(violations(&graph, RULES), Vec::<String>::new());
    }

    #[test]
    fn an_edge_upwards_is_named() {
        let graph = graph(&[("millrace-model", "millrace-wire")]);
        assert_eq!(violations(&graph, RULES), ["millrace-model must not use millrace-wire"]);
    }

    #[test]
    fn what_is_reached_through_others_is_named_with_the_way() {
        let graph = graph(&[("millrace-stream", "helper"), ("helper", "tokio-util"), ("tokio-util", "x")]);
        assert_eq!(
            violations(&graph, RULES),
            ["millrace-stream must not reach tokio-util: millrace-stream -> helper -> tokio-util"]
        );
    }

    #[test]
    fn a_new_crate_must_be_in_the_table() {
        assert_eq!(violations(&graph(&[("millrace-new", "x")]), RULES), ["millrace-new is not in the table"]);
    }
}

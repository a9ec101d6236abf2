//! Other firewalls of the host, which may refuse what ours lets pass: for `millrace doctor`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::super::runtime::in_path;

/// A chain that drops what no rule of its own accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dropping {
    /// Such as `ip filter FORWARD`.
    pub(crate) chain: String,
    /// `forward` or `input`.
    pub(crate) hook: String,
}

/// The chains of this host that drop forwarded packets, or packets to the host (the queries of names), and say nothing of instances' links.
///
/// # Errors
/// nft cannot be run or does not answer as expected.
pub(crate) fn dropping() -> io::Result<Vec<Dropping>> {
    let nft = in_path("nft").ok_or(io::ErrorKind::NotFound)?;
    let output = Command::new(nft).args(["-j", "list", "ruleset"]).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let ruleset: Value = serde_json::from_slice(&output.stdout)?;
    let mut found = dropping_in(&ruleset);
    found.extend(legacy());
    Ok(found)
}

fn dropping_in(ruleset: &Value) -> Vec<Dropping> {
    let objects = ruleset["nftables"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |object: &Value, key: &str| object[key].as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for chain in objects.iter().filter_map(|object| object.get("chain")) {
        let (family, table, hook) = (text(chain, "family"), text(chain, "table"), text(chain, "hook"));
        let concerns =
            matches!(family.as_str(), "ip" | "inet") && matches!(hook.as_str(), "forward" | "input");
        if !concerns || text(chain, "policy") != "drop" || table.starts_with("millrace_") {
            continue;
        }
        // A rule of that table that names our links was made for them: it is believed to accept.
        let rules = objects.iter().filter_map(|object| object.get("rule"));
        let of_table = |rule: &&Value| text(rule, "family") == family && text(rule, "table") == table;
        if !rules.filter(of_table).any(|rule| names_our_links(&rule["expr"])) {
            found.push(Dropping { chain: format!("{family} {table} {}", text(chain, "name")), hook });
        }
    }
    found
}

fn names_our_links(expression: &Value) -> bool {
    match expression {
        Value::String(text) => text.starts_with("mr") && (text.ends_with(['*', '+']) || text.contains('-')),
        Value::Array(values) => values.iter().any(names_our_links),
        Value::Object(values) => values.values().any(names_our_links),
        _ => false,
    }
}

/// The older iptables has tables of its own, which nft does not show.
fn legacy() -> Vec<Dropping> {
    let used =
        fs::read_to_string(Path::new("/proc/net/ip_tables_names")).is_ok_and(|names| !names.is_empty());
    let Some(program) = in_path("iptables-legacy").filter(|_| used) else { return Vec::new() };
    let chains = [("FORWARD", "forward"), ("INPUT", "input")];
    let drops = |chain: &str| {
        let output = Command::new(&program).args(["-S", chain]).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (said.contains(&format!("-P {chain} DROP")) && !said.contains(" mr")).then_some(())
    };
    let found = chains.into_iter().filter(|(chain, _)| drops(chain).is_some());
    found
        .map(|(chain, hook)| Dropping { chain: format!("iptables-legacy {chain}"), hook: hook.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Dropping, dropping_in};
    use serde_json::{Value, json};

    fn chain(table: &str, name: &str, hook: &str, policy: &str) -> Value {
        json!({"chain": {"family": "ip", "table": table, "name": name, "type": "filter", "hook": hook, "prio": 0, "policy": policy}})
    }

    fn rule(table: &str, link: &str) -> Value {
        json!({"rule": {"family": "ip", "table": table, "chain": "FORWARD", "expr": [
            {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": link}}, {"accept": null}]}})
    }

    #[test]
    fn what_drops_is_found_unless_it_was_told_of_us() {
        let objects = vec![
            json!({"metainfo": {"version": "1.0.6"}}),
            chain("filter", "FORWARD", "forward", "drop"),
            chain("filter", "OUTPUT", "output", "drop"),
            chain("other", "input", "input", "accept"),
            chain("millrace_00112233", "forward", "forward", "drop"),
            rule("filter", "docker0"),
        ];
        let ruleset = json!({"nftables": objects});
        let expected = Dropping { chain: "ip filter FORWARD".into(), hook: "forward".into() };
        assert_eq!(dropping_in(&ruleset), [expected]);
        let mut objects = ruleset["nftables"].as_array().unwrap().clone();
        objects.push(rule("filter", "mr*"));
        assert_eq!(dropping_in(&json!({"nftables": objects})), []);
        assert_eq!(dropping_in(&json!({})), []);
    }
}

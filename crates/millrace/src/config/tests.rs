use std::path::Path;

use super::{Config, DriverKind, LogFormat, OnShutdown, RuntimeChoice, Tls};

const ACCOUNT: &str = r#"
[[account]]
id = "123456789012"
[[account.access_key]]
access_key_id = "AKIAIOSFODNN7EXAMPLE"
secret_access_key = "an-example-secret-of-32-characters"
"#;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("/etc/millrace/millrace.toml"), text).map_err(|error| error.to_string())
}

/// The message for a file in which `text` is at the top and everything else is right.
fn error(text: &str) -> String {
    parse(&format!("{text}\n[instances]\ndriver = \"simulated\"\n{ACCOUNT}")).unwrap_err()
}

#[track_caller]
fn check_error(text: &str, place: &str, says: &str) {
    let message = error(text);
    assert!(message.starts_with(&format!("/etc/millrace/millrace.toml:{place}")), "{message}");
    assert!(message.contains(says), "{message}");
}

#[test]
fn the_least_file_gives_the_defaults() {
    let config = parse(&format!("[instances]\nruntime_image = \"runtime.tar\"\n{ACCOUNT}")).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:7070");
    assert_eq!(config.public_url, "http://127.0.0.1:7070");
    assert_eq!(config.data_dir, Path::new("/var/lib/millrace"));
    assert_eq!(config.regions, ["us-east-1"]);
    assert_eq!(config.log.format, LogFormat::Text);
    assert_eq!(config.log.level, "info");
    assert_eq!(config.instances.driver, DriverKind::Sandbox);
    assert_eq!(config.instances.runtime, RuntimeChoice::Auto);
    assert_eq!(config.instances.on_shutdown, OnShutdown::Keep);
    assert_eq!(config.instances.runtime_image.as_deref(), Some(Path::new("/etc/millrace/runtime.tar")));
    assert_eq!(config.instances.agent.file_name().unwrap(), "millrace-agent");
}

#[test]
fn the_example_equals_the_defaults() {
    let text = include_str!("../../../../millrace.example.toml");
    let example = parse(text).unwrap();
    let image = example.instances.runtime_image.as_ref().unwrap().display();
    let least = parse(&format!("[instances]\nruntime_image = \"{image}\"\n{ACCOUNT}")).unwrap();
    assert_eq!(Config { accounts: least.accounts.clone(), ..example }, least);
}

#[test]
fn registries_are_named() {
    let text = |allow: &str| {
        format!(
            "[registries]\nallow = [{allow}]\nauthfile = \"auth.json\"\n[instances]\ndriver = \"simulated\"\n{ACCOUNT}"
        )
    };
    let registries =
        parse(&text("\"registry.example.org/tools\", \"http://10.0.0.1:5000\"")).unwrap().registries;
    assert_eq!(registries.allowed.len(), 2);
    assert_eq!(registries.authfile.as_deref(), Some(Path::new("/etc/millrace/auth.json")));
    let message = parse(&text("\"registry.example.org\", \"*\"")).unwrap_err();
    assert!(message.contains("millrace.toml:2: registries.allow[1]"), "{message}");
}

#[test]
fn readers_of_figures_are_networks() {
    let text = format!(
        "[metrics]\nreaders = [\"10.0.0.0/8\", \"192.0.2.7\"]\n[instances]\ndriver = \"simulated\"\n{ACCOUNT}"
    );
    let readers: Vec<_> = parse(&text).unwrap().metrics_readers.iter().map(ToString::to_string).collect();
    assert_eq!(readers, ["10.0.0.0/8", "192.0.2.7/32"]);
    let text =
        format!("[metrics]\nreaders = [\"everybody\"]\n[instances]\ndriver = \"simulated\"\n{ACCOUNT}");
    assert!(parse(&text).unwrap_err().contains("metrics.readers[0]"));
}

#[test]
fn an_unknown_key_is_refused_and_named() {
    check_error("lisen = \"127.0.0.1:1\"", "1: ", "unknown field `lisen`");
    let message =
        parse(&format!("[instances]\ndriver = \"simulated\"\n[instances.screen]\nwidht = 3\n{ACCOUNT}"));
    let message = message.unwrap_err();
    assert!(message.starts_with("/etc/millrace/millrace.toml:4: instances.screen"), "{message}");
    assert!(message.contains("widht"), "{message}");
}

#[test]
fn a_wrong_value_names_line_and_key() {
    check_error("\nlisten = \"localhost\"", "2: listen: ", "an IP address and a port");
    check_error("regions = []", "1: regions: ", "at least one");
    check_error("regions = [\"us-east-1\", \"Frankfurt\"]", "1: regions[1]: ", "a-z");
    check_error("public_url = \"apps.example.org\"", "1: public_url: ", "https://");
    check_error("public_url = \"https://a.example/b\"", "1: public_url: ", "without path");
    check_error("listen = 3", "1: listen: ", "invalid type");
    check_error("[limits]\nconnections = 1", "2: limits.connections: ", "from 16");
    check_error("[log]\nformat = \"xml\"", "2: log.format: ", "unknown variant");
    check_error("[log]\nlevel = \"mill=loud\"", "2: log.level: ", "must be error");
}

#[test]
fn other_addresses_than_loopback_have_tls() {
    let parse = |text: &str| parse(&format!("{text}\n[instances]\ndriver = \"simulated\"\n{ACCOUNT}"));
    let plain = parse("listen = \"[::1]:1\"").unwrap();
    assert_eq!((plain.tls, plain.public_url.as_str()), (None, "http://[::1]:1"));
    let made =
        |names: &[&str]| Some(Tls::Generated { names: names.iter().map(|name| (*name).into()).collect() });
    let other = parse("listen = \"192.0.2.1:7070\"").unwrap();
    assert_eq!(other.public_url, "https://192.0.2.1:7070");
    assert_eq!(other.tls, made(&["192.0.2.1", "localhost", "127.0.0.1", "::1"]));
    let all = "listen = \"[::]:443\"\npublic_url = \"https://Apps.example\"\ntls.names = [\"10.0.0.1\"]";
    assert_eq!(parse(all).unwrap().tls, made(&["apps.example", "10.0.0.1", "localhost", "127.0.0.1", "::1"]));
    assert_eq!(parse("[tls]").unwrap().public_url, "https://127.0.0.1:7070");
    let own = parse("[tls]\ncertificate = \"/a.pem\"\nkey = \"/b.pem\"").unwrap();
    assert_eq!(own.tls, Some(Tls::Files { certificate: "/a.pem".into(), key: "/b.pem".into() }));
    let proxies = parse("trusted_proxies = [\"127.0.0.1\", \"fd00::/8\"]").unwrap().trusted_proxies;
    assert_eq!(proxies.iter().map(ToString::to_string).collect::<Vec<_>>(), ["127.0.0.1/32", "fd00::/8"]);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    check_error("listen = \"0.0.0.0:7070\"", "1: public_url: ", "is needed");
    check_error("listen = \"192.0.2.1:1\"\npublic_url = \"http://a\"", "2: public_url: ", "https://");
    check_error("tls.certificate = \"a\"", "1: tls: ", "together");
    check_error("tls.names = [\"a b\"]", "1: tls.names[0]: ", "host name");
    check_error("tls = { certificate = \"a\", key = \"b\", names = [\"c\"] }", "1: tls.names: ", "your own");
    check_error("trusted_proxies = [\"a\"]", "1: trusted_proxies[0]: ", "network");
}

#[test]
fn broken_toml_names_the_line() {
    check_error("listen = \n", "1: ", "");
}

#[test]
fn accounts_are_checked() {
    let check = |text: &str, key: &str, says: &str| {
        let message = parse(&format!("[instances]\ndriver = \"simulated\"\n{text}")).unwrap_err();
        assert!(message.contains(key) && message.contains(says), "{message}");
    };
    check("", "account", "at least one [[account]]");
    check(&ACCOUNT.replace("123456789012", "12345"), "account[0].id", "12 digits");
    check(&format!("{ACCOUNT}{ACCOUNT}"), "account[1].id", "twice");
    let other = ACCOUNT.replace("123456789012", "210987654321");
    check(&format!("{ACCOUNT}{other}"), "account[1].access_key[0].access_key_id", "twice");
    check(&ACCOUNT.replace("AKIAIOSFODNN7EXAMPLE", "me"), "access_key_id", "16 to 128");
    check(
        &ACCOUNT.replace("secret_access_key", "secret"),
        "account[0].access_key[0].secret: ",
        "unknown field `secret`",
    );
    check(&ACCOUNT.replace("[[account.access_key]]", "[[account.access_keys]]"), "account[0]", "access_keys");
    check(&format!("{ACCOUNT}secret_access_key_file = \"x\"\n"), "account[0].access_key[0]", "exactly one");
}

#[test]
fn a_secret_may_be_in_a_file_and_is_never_shown() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("secret"), "another-secret-of-many-characters\n").unwrap();
    let text = ACCOUNT.replace(
        "secret_access_key = \"an-example-secret-of-32-characters\"",
        "secret_access_key_file = \"secret\"",
    );
    let text = format!("[instances]\ndriver = \"simulated\"\n{text}");
    let config = Config::parse(&directory.path().join("millrace.toml"), &text).unwrap();
    assert_eq!(config.accounts[0].access_keys[0].secret_access_key, "another-secret-of-many-characters");
    assert!(!format!("{config:?}").contains("another-secret"));

    let short = ACCOUNT.replace("an-example-secret-of-32-characters", "hush hush");
    let message = parse(&format!("[instances]\ndriver = \"simulated\"\n{short}")).unwrap_err();
    assert!(message.contains("secret_access_key") && !message.contains("hush"), "{message}");

    let misplaced = [
        "[[account]]\nid = \"123456789012\"\naccess_key = \"hush\"",
        "[[account]]\nid = \"123456789012\"\naccess_key = [\"hush, expected \"]",
        "[[account]]\nid = 12\naccess_key = [{ access_key_id = \"AKIAIOSFODNN7EXAMPLE\", secret_access_key = hush }]",
        "[instances.types]\nsecret_access_key = \"hush\"",
    ];
    for text in misplaced {
        let message = parse(text).unwrap_err();
        assert!(message.contains("millrace.toml:") && !message.contains("hush"), "{message}");
    }
}

#[test]
fn a_message_is_one_line_and_not_longer_than_one_reads() {
    let message = parse("\"broken\\nin\\u001btwo\" = 1").unwrap_err();
    assert!(message.contains("unknown field `broken\\nin\\u{1b}two`"), "{message}");
    let message = parse(&format!("{} = 1", "a".repeat(10_000))).unwrap_err();
    assert!(message.chars().count() < 1400, "{} characters", message.chars().count());
}

#[test]
fn the_sandbox_needs_a_runtime_image() {
    let message = parse(ACCOUNT).unwrap_err();
    assert!(message.contains("instances.runtime_image"), "{message}");
}

#[test]
fn id_ranges_are_whole() {
    let message =
        parse(&format!("[instances]\ndriver = \"simulated\"\nid_base = 100000\n{ACCOUNT}")).unwrap_err();
    assert!(message.contains(":3: instances.id_base: "), "{message}");
}

#[test]
fn the_network_of_instances_is_private() {
    let error = |text: &str| {
        let text = format!("[instances]\ndriver = \"simulated\"\n[instances.network]\n{text}\n{ACCOUNT}");
        parse(&text).unwrap_err()
    };
    let message = error("subnet = \"8.8.8.0/24\"");
    assert!(
        message.contains(":4: instances.network.subnet: must be a network of private addresses"),
        "{message}"
    );
    let message = error("resolvers = [\"192.0.2.1\", \"dns.example.org\"]");
    assert!(message.contains(":4: instances.network.resolvers[1]: must be an IP address"), "{message}");
}

#[test]
fn instance_types_have_the_published_sizes_unless_the_file_says_otherwise() {
    let with = |text: &str| parse(&format!("[instances]\ndriver = \"simulated\"\n{text}\n{ACCOUNT}"));
    let types =
        with("[instances.types]\n\"stream.standard.small\" = { vcpus = 0.5, memory_mib = 512 }").unwrap();
    let types = types.instances.types;
    let small = types["stream.standard.small"];
    assert_eq!((small.cpu_millis, small.memory_bytes, small.processes), (500, 512 << 20, 512));
    let memory = types["stream.memory.large"];
    assert_eq!((memory.cpu_millis, memory.memory_bytes), (2000, 15_616 << 20));
    for (text, says) in [
        ("\"m5.large\" = { vcpus = 1, memory_mib = 512 }", "not an instance type"),
        ("\"stream.graphics.g5.xlarge\" = { vcpus = 1, memory_mib = 512 }", "graphics"),
        ("\"stream.standard.small\" = { vcpus = 0, memory_mib = 512 }", "from 0.05"),
        ("\"stream.standard.small\" = { vcpus = nan, memory_mib = 512 }", "from 0.05"),
        ("\"stream.standard.small\" = { vcpus = 1, memory_mib = 5 }", "from 128"),
    ] {
        let message = with(&format!("[instances.types]\n{text}")).unwrap_err();
        assert!(message.contains(":4: instances.types.") && message.contains(says), "{message}");
    }
    let message = with("[instances.overcommit]\nmemory = 0").unwrap_err();
    assert!(message.contains(":4: instances.overcommit.memory: "), "{message}");
}

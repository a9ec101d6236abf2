//! Fleets that do not fit the host.

use millrace_driver::{Driver, Limits};
use millrace_stream::admission::{Progress, RefusalReason};
use serde_json::json;
use tokio::sync::mpsc;

use super::harness::Installation;
use crate::Resources;

const GIB: u64 = 1 << 30;

/// A host of 8 GiB and 4 vCPUs, on which `stream.standard.small` has 2 GiB and one vCPU, and `large` 9 GiB.
async fn small_host(patience_seconds: u64) -> Installation {
    let limits = |memory_bytes| Limits { memory_bytes, cpu_millis: 1000, processes: 100 };
    Installation::with(|config| {
        config.room = Some(Resources { memory_bytes: 8 * GIB, cpu_millis: 4000 });
        config.limits_by_type.insert("stream.standard.small".to_owned(), limits(2 * GIB));
        config.limits_by_type.insert("stream.standard.large".to_owned(), limits(9 * GIB));
        config.admission_timeout = std::time::Duration::from_secs(patience_seconds);
    })
    .await
}

async fn errors(installation: &Installation, fleet: &str) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let fleet = installation.fleet(fleet).await;
    let errors = fleet["FleetErrors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(&error["ErrorCode"]), text(&error["ErrorMessage"]))).collect()
}

#[tokio::test]
async fn what_fits_is_started_and_the_rest_is_told() {
    let installation = small_host(30).await;
    installation.create_fleet("f", "ALWAYS_ON", 6).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "RUNNING").await;
    installation.until_count("f", "Available", 4).await;
    let told = errors(&installation, "f").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "FLEET_INSTANCE_PROVISIONING_FAILURE");
    assert!(told[0].1.starts_with("The host has room for 4 of the 6 instances."), "{told:?}");
    assert_eq!(installation.driver.list().await.unwrap().len(), 4);

    installation.ok("UpdateFleet", json!({"Name": "f", "ComputeCapacity": {"DesiredInstances": 3}})).await;
    installation.until("no errors", async || errors(&installation, "f").await.is_empty().then_some(())).await;
    installation.until_count("f", "Available", 3).await;
}

#[tokio::test]
async fn image_builders_and_fleets_share_the_host() {
    let installation = small_host(30).await;
    let builder =
        |name: &str| json!({"Name": name, "ImageName": "image", "InstanceType": "stream.standard.small"});
    let state = async |name: &str| {
        let described = installation.ok("DescribeImageBuilders", json!({"Names": [name]})).await;
        described["ImageBuilders"][0].clone()
    };
    let until = async |name: &str, wanted: &str| {
        installation.until(wanted, async || (state(name).await["State"] == wanted).then_some(())).await;
    };
    installation.ok("CreateImageBuilder", builder("a")).await;
    until("a", "RUNNING").await;
    installation.create_fleet("f", "ALWAYS_ON", 4).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.until_count("f", "Available", 3).await;
    let told = errors(&installation, "f").await;
    assert!(told[0].1.starts_with("The host has room for 3 of the 4 instances."), "{told:?}");

    installation.ok("CreateImageBuilder", builder("b")).await;
    until("b", "FAILED").await;
    let told = state("b").await["ImageBuilderErrors"][0]["ErrorMessage"].clone();
    assert!(told.as_str().unwrap().starts_with("The host has no room for the image builder"), "{told}");
    // The room of one that stops is the fleet's.
    installation.ok("StopImageBuilder", json!({"Name": "a"})).await;
    installation.until_count("f", "Available", 4).await;
    installation.ok("UpdateFleet", json!({"Name": "f", "ComputeCapacity": {"DesiredInstances": 3}})).await;
    // The instance that ends takes its room until it is gone: the builder waits for that.
    installation.ok("StartImageBuilder", json!({"Name": "b"})).await;
    let runs = async || match state("b").await["State"].as_str() {
        Some("RUNNING") => Some(()),
        Some("PENDING") => None,
        other => panic!("the builder is {other:?}"),
    };
    installation.until("the builder's start", runs).await;
}

#[tokio::test]
async fn a_fleet_whose_instances_are_larger_than_the_host_stops_and_says_why() {
    let installation = small_host(30).await;
    let input = json!({
        "Name": "f", "ImageName": "image", "InstanceType": "stream.standard.large", "FleetType": "ON_DEMAND",
        "ComputeCapacity": {"DesiredInstances": 1},
    });
    installation.ok("CreateFleet", input).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "STOPPED").await;
    let told = errors(&installation, "f").await;
    assert!(told[0].1.starts_with("InstanceType stream.standard.large needs 9216 MiB"), "{told:?}");
}

#[tokio::test]
async fn who_comes_to_a_full_host_waits_and_is_told_so() {
    let installation = small_host(1).await;
    installation.running("ON_DEMAND", 2).await;
    installation.create_fleet("g", "ALWAYS_ON", 4).await;
    installation.ok("StartFleet", json!({"Name": "g"})).await;
    installation.until_count("g", "Available", 4).await;
    installation.until("a word", async || (!errors(&installation, "f").await.is_empty()).then_some(())).await;
    let (sender, mut progress) = mpsc::channel(8);
    let ticket = installation.ticket("ann", json!({})).await;
    let refused = installation.control.admit(ticket.clone(), sender).await.unwrap_err();
    assert_eq!(refused.reason, RefusalReason::Capacity);
    assert_eq!(progress.recv().await, Some(Progress::Waiting));
    // The ticket is good still, once there is room.
    installation.ok("StopFleet", json!({"Name": "g"})).await;
    installation.until_state("g", "STOPPED").await;
    installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
}

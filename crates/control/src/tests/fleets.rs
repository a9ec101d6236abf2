//! What the reconciler makes of what owners intend.

use millrace_driver::Driver;
use serde_json::json;

use super::harness::Installation;

#[tokio::test]
async fn an_always_on_fleet_keeps_what_is_desired() {
    let installation = Installation::new().await;
    installation.running("ALWAYS_ON", 3).await;
    installation.until_count("f", "Available", 3).await;
    let victim = installation.driver.list().await.unwrap()[0].id.clone();
    assert!(installation.driver.kill(&victim));
    installation
        .until("a replacement", async || {
            let listed = installation.driver.list().await.unwrap();
            (listed.len() == 3 && listed.iter().all(|status| status.id != victim)).then_some(())
        })
        .await;
    assert_eq!(installation.fleet("f").await["State"], "RUNNING", "it still serves users");
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "STOPPED").await;
    installation.until_nothing_runs().await;
    let status = installation.fleet("f").await["ComputeCapacityStatus"].clone();
    assert_eq!(status, json!({"Desired": 3, "Running": 0, "InUse": 0, "Available": 0}));
}

#[tokio::test]
async fn a_fleet_that_cannot_run_stops_and_says_why() {
    let installation = Installation::new().await;
    for (number, (named, change)) in [
        ("VpcConfig", json!({"VpcConfig": {"SubnetIds": ["subnet-1"]}})),
        ("InstanceType", json!({"InstanceType": "stream.graphics.g4dn.xlarge"})),
        ("IamRoleArn", json!({"IamRoleArn": "arn:aws:iam::123456789012:role/x"})),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("f{number}");
        let mut input = json!({
            "Name": name, "ImageName": "image", "InstanceType": "stream.standard.small",
            "ComputeCapacity": {"DesiredInstances": 1},
        });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        installation.ok("CreateFleet", input).await;
        installation.ok("StartFleet", json!({"Name": name})).await;
        installation.until_state(&name, "STOPPED").await;
        let errors = installation.fleet(&name).await["FleetErrors"].clone();
        assert!(errors[0]["ErrorMessage"].as_str().unwrap().contains(named), "{errors}");
    }
    installation.create_fleet("empty", "ON_DEMAND", 0).await;
    let refused = installation.call("StartFleet", json!({"Name": "empty"})).await;
    assert_eq!(refused.unwrap_err().0, "OperationNotPermittedException");
}

#[tokio::test]
async fn failures_are_shown_and_tried_again_after_a_while() {
    let installation = Installation::new().await;
    installation.driver.fail_next(2);
    installation.create_fleet("f", "ALWAYS_ON", 2).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation
        .until("an error", async || {
            let fleet = installation.fleet("f").await;
            let code = &fleet["FleetErrors"][0]["ErrorCode"];
            (code == "FLEET_INSTANCE_PROVISIONING_FAILURE" && fleet["State"] == "STARTING").then_some(())
        })
        .await;
    installation.until_nothing_runs().await;
    installation.pass(2);
    installation.until_count("f", "Available", 2).await;
    assert_eq!(installation.fleet("f").await["FleetErrors"], json!([]));
}

#[tokio::test]
async fn a_fleet_that_is_stopped_while_it_starts_leaves_nothing() {
    let installation = Installation::new().await;
    installation.driver.set_start_delay(std::time::Duration::from_millis(50));
    installation.create_fleet("f", "ALWAYS_ON", 5).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "STOPPED").await;
    installation.until_nothing_runs().await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.until_count("f", "Available", 5).await;
}

#[tokio::test]
async fn fleets_that_do_not_fit_show_it() {
    let installation = Installation::new().await;
    installation.driver.set_capacity(Some(1));
    installation.create_fleet("f", "ALWAYS_ON", 2).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "RUNNING").await;
    installation
        .until("the error", async || {
            let errors = installation.fleet("f").await["FleetErrors"].clone();
            errors[0]["ErrorMessage"]
                .as_str()
                .is_some_and(|message| message.contains("no room"))
                .then_some(())
        })
        .await;
    // Whoever wants no more than there is lacks nothing.
    installation.ok("UpdateFleet", json!({"Name": "f", "ComputeCapacity": {"DesiredInstances": 1}})).await;
    installation
        .until("no error", async || (installation.fleet("f").await["FleetErrors"] == json!([])).then_some(()))
        .await;
}

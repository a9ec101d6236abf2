//! How instances wait for their users.

use std::time::Duration;

use millrace_driver::{Driver, InstanceStatus};
use serde_json::json;
use tokio::sync::mpsc;

use super::harness::Installation;
use crate::Pool;

const FREEZES: Pool = Pool { freeze: true, start_ahead: true, spare_instances: 1, most_spare_instances: 8 };

async fn pooled(pool: Pool) -> Installation {
    Installation::with(|config| config.pool = pool).await
}

/// Waits until the host shows what is wanted.
async fn until_host(
    installation: &Installation,
    what: &str,
    wanted: impl Fn(&[InstanceStatus]) -> bool,
) -> Vec<InstanceStatus> {
    // A freeze changes nothing that is recorded, and so wakes nobody: this looks again and again.
    let look = async {
        loop {
            let instances = installation.driver.list().await.unwrap();
            if wanted(&instances) {
                return instances;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), look).await;
    found.unwrap_or_else(|_| panic!("{what} did not come about"))
}

#[tokio::test]
async fn idle_instances_are_frozen_until_their_user_comes() {
    let installation = pooled(FREEZES).await;
    installation.running("ALWAYS_ON", 2).await;
    let all_frozen = |instances: &[InstanceStatus]| {
        instances.len() == 2 && instances.iter().all(|instance| instance.frozen)
    };
    until_host(&installation, "two frozen instances", all_frozen).await;
    let status = installation.fleet("f").await["ComputeCapacityStatus"].clone();
    assert_eq!(status, json!({"Desired": 2, "Running": 2, "InUse": 0, "Available": 2}));
    let grant = installation.admit("ann").await.unwrap();
    let of_user = |instance: &&InstanceStatus| instance.id.as_str() == grant.instance_id;
    let instances = installation.driver.list().await.unwrap();
    assert!(!instances.iter().find(of_user).unwrap().frozen, "it goes on before the user has the grant");
    assert!(instances.iter().find(|instance| !of_user(instance)).unwrap().frozen);
}

#[tokio::test]
async fn a_frozen_instance_that_dies_is_replaced() {
    let installation = pooled(FREEZES).await;
    installation.running("ALWAYS_ON", 1).await;
    let frozen = |instances: &[InstanceStatus]| instances.len() == 1 && instances[0].frozen;
    let first = until_host(&installation, "a frozen instance", frozen).await.remove(0).id;
    assert!(installation.driver.kill(&first));
    let replaced = |instances: &[InstanceStatus]| frozen(instances) && instances[0].id != first;
    installation.pass(3);
    until_host(&installation, "another one", replaced).await;
}

#[tokio::test]
async fn frozen_instances_survive_a_restart_and_end_with_their_fleet() {
    let installation = pooled(FREEZES).await;
    installation.running("ALWAYS_ON", 1).await;
    let frozen = |instances: &[InstanceStatus]| instances.len() == 1 && instances[0].frozen;
    let before = until_host(&installation, "a frozen instance", frozen).await;
    // The next one freezes nothing itself.
    let installation = installation.restart(true).await;
    assert_eq!(installation.driver.list().await.unwrap(), before);
    let grant = installation.admit("ann").await.unwrap();
    assert_eq!(grant.instance_id, before[0].id.as_str());
    assert!(!installation.driver.list().await.unwrap()[0].frozen);
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_nothing_runs().await;
}

#[tokio::test]
async fn an_on_demand_fleet_keeps_one_ready_and_does_not_count_it() {
    let installation = pooled(FREEZES).await;
    installation.running("ON_DEMAND", 2).await;
    let frozen = |instances: &[InstanceStatus]| instances.len() == 1 && instances[0].frozen;
    let spare = until_host(&installation, "a spare instance", frozen).await.remove(0).id;
    let status = async || installation.fleet("f").await["ComputeCapacityStatus"].clone();
    assert_eq!(status().await, json!({"Desired": 2, "Running": 0, "InUse": 0, "Available": 2}));
    let (sender, mut progress) = mpsc::channel(8);
    let ticket = installation.ticket("ann", json!({})).await;
    let grant = installation.control.admit(ticket, sender).await.unwrap();
    assert_eq!(progress.recv().await, None, "nothing had to be started");
    assert_eq!(grant.instance_id, spare.as_str());
    assert_eq!(status().await, json!({"Desired": 2, "Running": 1, "InUse": 1, "Available": 1}));
    // The next one is made once the host is calm, and no more than the fleet may have.
    assert_eq!(installation.driver.list().await.unwrap().len(), 1);
    installation.pass(2);
    let two = |instances: &[InstanceStatus]| {
        instances.len() == 2 && instances.iter().filter(|instance| instance.frozen).count() == 1
    };
    until_host(&installation, "another spare instance", two).await;
    installation.admit("bob").await.unwrap();
    installation.pass(2);
    installation.until_count("f", "Available", 0).await;
    assert_eq!(installation.driver.list().await.unwrap().len(), 2);
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_nothing_runs().await;
}

#[tokio::test]
async fn only_what_is_the_same_for_all_users_is_adopted() {
    let installation = pooled(FREEZES).await;
    installation.running("ON_DEMAND", 5).await;
    for (user, asked, adopted) in [
        // The user chooses from the catalogue: nothing starts by itself.
        ("one", json!({}), false),
        ("two", json!({"ApplicationId": "editor"}), true),
        ("three", json!({"ApplicationId": "calculator"}), false),
        ("four", json!({"ApplicationId": "Desktop"}), false),
        ("five", json!({"ApplicationId": "editor", "SessionContext": "context"}), false),
    ] {
        let ticket = installation.ticket(user, asked).await;
        let grant = installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
        assert_eq!(grant.may_adopt, adopted, "{user}");
    }
}

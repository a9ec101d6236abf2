//! What a new process makes of what the one before left.

use millrace_driver::{Driver, ImageDigest, InstanceId, InstanceSpec, Limits, ScreenSize};
use millrace_model::scope::FleetKey;
use millrace_model::{AccountId, Instance, Name, Region, Scope};
use serde_json::json;

use super::harness::{ACCOUNT, Installation, REGION};
use crate::Surroundings;

async fn on_host(installation: &Installation) -> Vec<String> {
    installation.driver.list().await.unwrap().into_iter().map(|status| status.id.to_string()).collect()
}

#[tokio::test]
async fn what_runs_is_adopted() {
    for kill in [false, true] {
        let installation = Installation::new().await;
        installation.running("ALWAYS_ON", 3).await;
        installation.until_count("f", "Available", 3).await;
        let grant = installation.admit("ann").await.unwrap();
        installation.control.session_connected(&grant.session_id, None).await.unwrap();
        let before = on_host(&installation).await;

        let installation = installation.restart(kill).await;
        let session = installation.ok("DescribeSessions", json!({"FleetName": "f", "StackName": "s"})).await;
        assert_eq!(session["Sessions"][0]["State"], "ACTIVE");
        assert_eq!(
            session["Sessions"][0]["ConnectionState"], "NOT_CONNECTED",
            "no viewer outlives the gateway"
        );
        installation.control.session_connected(&grant.session_id, None).await.unwrap();
        let again = installation.admit("ann").await.unwrap();
        assert_eq!(again.instance_id, grant.instance_id);
        assert_eq!(on_host(&installation).await, before, "the same instances, and no others");
        assert_eq!(installation.fleet("f").await["State"], "RUNNING");
    }
}

#[tokio::test]
async fn a_crash_at_any_step_leaves_neither_orphan_nor_gap() {
    let installation = Installation::new().await;
    installation.running("ALWAYS_ON", 2).await;
    installation.until_count("f", "Available", 2).await;
    installation.control.stop().await;

    // After recording, before making; after making, before recording that it is ready; after dropping a record that the host still has;
    // and one that died with the process.
    let scope = Scope { account: AccountId::new(ACCOUNT).unwrap(), region: Region::new(REGION).unwrap() };
    let key = FleetKey { scope, name: Name::new("f").unwrap() };
    let recorded = |id: &str| {
        let id = millrace_model::InstanceId::new(id).unwrap();
        Instance::new(id, key.clone(), "sha256:1".to_owned(), installation.clock.now())
    };
    installation.store.record_instances(vec![recorded("recorded"), recorded("made")]).await.unwrap();
    for id in ["made", "orphan"] {
        let spec = InstanceSpec {
            id: InstanceId::new(id).unwrap(),
            image: ImageDigest("sha256:1".to_owned()),
            limits: Limits { memory_bytes: 1, cpu_millis: 1, processes: 1 },
            screen: ScreenSize { width: 800, height: 600 },
            builder: None,
            internet: false,
        };
        installation.driver.ensure(&spec).await.unwrap();
    }
    let dead = InstanceId::new(on_host(&installation).await[0].as_str()).unwrap();
    installation.driver.destroy(&dead).await.unwrap();

    let installation = installation.restart(false).await;
    installation.pass(10);
    installation
        .until("two instances, both recorded", async || {
            let rows = installation.store.runtime().await.unwrap().instances;
            let mut rows: Vec<_> = rows.into_iter().map(|instance| instance.id.to_string()).collect();
            rows.sort();
            let host = on_host(&installation).await;
            (rows == host && host.len() == 2).then_some(())
        })
        .await;
    installation.until_count("f", "Available", 2).await;
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_nothing_runs().await;
}

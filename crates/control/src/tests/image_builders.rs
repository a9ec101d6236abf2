//! Image builders, from their creation to the images that they become.

use std::io::{BufRead, BufReader, Write};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixStream};
use std::time::Duration;

use millrace_driver::{Driver, InstanceId};
use millrace_stream::SigningKey;
use millrace_stream::admission::{Grant, Progress, Refusal, RefusalReason};
use millrace_stream::ticket::{Destination, Ticket};
use millrace_wire::Protocol;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::harness::{ACCOUNT, Installation, OWNER, REGION, STRANGER};
use crate::{EndReason, Surroundings};

impl Installation {
    async fn create_builder(&self) -> Value {
        let input = json!({"Name": "b", "ImageName": "image", "InstanceType": "stream.standard.medium", "Tags": {"Team": "Blue"}});
        self.ok("CreateImageBuilder", input).await["ImageBuilder"].clone()
    }

    async fn builder(&self) -> Option<Value> {
        let described = self.call("DescribeImageBuilders", json!({"Names": ["b"]})).await.ok()?;
        Some(described["ImageBuilders"][0].clone())
    }

    async fn until_builder(&self, state: &str) -> Value {
        self.until(state, async || self.builder().await.filter(|builder| builder["State"] == state)).await
    }

    pub(super) async fn until_image(&self, name: &str, state: &str) -> Value {
        self.until(state, async || {
            let described = self.call("DescribeImages", json!({"Names": [name]})).await.ok()?;
            Some(described["Images"][0].clone()).filter(|image| image["State"] == state)
        })
        .await
    }

    async fn builder_ticket(&self) -> Ticket {
        let url = self.ok("CreateImageBuilderStreamingURL", json!({"Name": "b"})).await;
        let url = url["StreamingURL"].as_str().unwrap().to_owned();
        let value = |name: &str| {
            let found =
                url.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap();
            found.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
        };
        let now = u64::try_from(self.clock.now().0 / 1000).unwrap();
        Ticket::verify(&value("parameters"), &value("signature"), &SigningKey::new([7; 32]), now).unwrap()
    }

    async fn admit_builder(&self, ticket: Ticket) -> Result<Grant, Refusal> {
        self.control.admit(ticket, mpsc::channel::<Progress>(8).0).await
    }

    async fn instance(&self) -> InstanceId {
        self.driver.list().await.unwrap()[0].id.clone()
    }

    /// What the image assistant in the builder is answered.
    pub(super) async fn assistant(&self, request: Value) -> Value {
        let name = self.driver.assistant_name(&self.instance().await);
        tokio::task::spawn_blocking(move || {
            let address = SocketAddr::from_abstract_name(name).unwrap();
            // RUNNING is told a moment before somebody listens; the assistant waits for that, too.
            let connect = || UnixStream::connect_addr(&address);
            let mut stream = (0..1000)
                .find_map(|_| connect().map_err(|_| std::thread::sleep(Duration::from_millis(10))).ok())
                .unwrap();
            stream.write_all(format!("{request}\n").as_bytes()).unwrap();
            let mut answer = String::new();
            BufReader::new(stream).read_line(&mut answer).unwrap();
            serde_json::from_str(&answer).unwrap()
        })
        .await
        .unwrap()
    }
}

fn code(result: Result<Value, (String, String)>) -> String {
    result.expect_err("it should be refused").0
}

#[tokio::test]
async fn a_builder_is_made_stopped_started_and_deleted() {
    let installation = Installation::new().await;
    let made = installation.create_builder().await;
    assert_eq!(made["State"], "PENDING");
    assert_eq!(made["Arn"], format!("arn:aws:appstream:{REGION}:{ACCOUNT}:image-builder/b"));
    assert_eq!(made["LatestAppstreamAgentVersion"], "TRUE");
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": made["Arn"]})).await;
    assert_eq!(tags["Tags"]["Team"], "Blue");
    installation.until_builder("RUNNING").await;
    assert!(installation.instance().await.as_str().starts_with("ib-"));
    let again = json!({"Name": "b", "ImageName": "image", "InstanceType": "stream.standard.medium"});
    assert_eq!(code(installation.call("CreateImageBuilder", again).await), "ResourceAlreadyExistsException");
    let refused = installation.call("StartImageBuilder", json!({"Name": "b"})).await;
    assert_eq!(code(refused), "ResourceNotAvailableException");
    let refused = installation.call("UpdateImageBuilder", json!({"Name": "b", "DisplayName": "B"})).await;
    assert_eq!(code(refused), "OperationNotPermittedException");

    let stopping = installation.ok("StopImageBuilder", json!({"Name": "b"})).await;
    assert_eq!(stopping["ImageBuilder"]["State"], "STOPPING");
    installation.until_builder("STOPPED").await;
    installation.until_nothing_runs().await;
    assert_eq!(installation.driver.disks().len(), 1, "a stopped builder keeps its disk");
    let refused = installation.call("CreateImageBuilderStreamingURL", json!({"Name": "b"})).await;
    assert_eq!(code(refused), "OperationNotPermittedException");
    let updated = installation.ok("UpdateImageBuilder", json!({"Name": "b", "DisplayName": "B"})).await;
    assert_eq!(updated["ImageBuilder"]["DisplayName"], "B");
    let unknown = json!({"Name": "b", "AppstreamAgentVersion": "no-such"});
    assert_eq!(code(installation.call("StartImageBuilder", unknown).await), "InvalidParameterValueException");
    let latest = json!({"Name": "b", "AppstreamAgentVersion": "LATEST"});
    assert_eq!(installation.ok("StartImageBuilder", latest).await["ImageBuilder"]["State"], "PENDING");
    installation.until_builder("RUNNING").await;

    let deleting = installation.ok("DeleteImageBuilder", json!({"Name": "b"})).await;
    assert_eq!(deleting["ImageBuilder"]["State"], "DELETING");
    installation.until("its end", async || installation.builder().await.is_none().then_some(())).await;
    installation.until_nothing_runs().await;
    assert!(installation.driver.disks().is_empty());
    let tags = installation.call("ListTagsForResource", json!({"ResourceArn": made["Arn"]})).await;
    assert_eq!(code(tags), "ResourceNotFoundException");
}

#[tokio::test]
async fn lists_have_pages_of_the_size_that_is_asked_for() {
    let installation = Installation::new().await;
    for name in ["a", "b", "c"] {
        let input = json!({"Name": name, "ImageName": "image", "InstanceType": "stream.standard.small"});
        installation.ok("CreateImageBuilder", input).await;
    }
    let all = installation.ok("DescribeImageBuilders", json!({"MaxResults": 100})).await;
    assert_eq!(all["ImageBuilders"].as_array().unwrap().len(), 3);
    let first = installation.ok("DescribeImageBuilders", json!({"MaxResults": 2})).await;
    let token = first["NextToken"].as_str().unwrap();
    let rest = installation.ok("DescribeImageBuilders", json!({"NextToken": token})).await;
    assert_eq!(rest["ImageBuilders"][0]["Name"], "c");
    let stranger = installation.call_as(STRANGER, Protocol::Cbor, "DescribeImageBuilders", json!({})).await;
    assert_eq!(stranger.unwrap()["ImageBuilders"], json!([]));
    let named =
        installation.call_as(OWNER, Protocol::Cbor, "DescribeImageBuilders", json!({"Names": ["x"]})).await;
    assert_eq!(code(named), "ResourceNotFoundException");
}

#[tokio::test]
async fn what_cannot_be_made_says_why() {
    let installation = Installation::new().await;
    let input = |more: Value| {
        let mut input = json!({"Name": "b", "ImageName": "image", "InstanceType": "stream.standard.medium"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    for (more, expected) in [
        (json!({"ImageName": "nothing"}), "ResourceNotFoundException"),
        (json!({"InstanceType": "m5.large"}), "InvalidParameterValueException"),
        (json!({"AppstreamAgentVersion": "12-34"}), "InvalidParameterValueException"),
        (json!({"VpcConfig": {"SubnetIds": ["a", "b"]}}), "InvalidParameterCombinationException"),
        (json!({"IamRoleArn": "arn:aws:s3:::bucket"}), "InvalidRoleException"),
        (json!({"SoftwaresToInstall": ["x"]}), "OperationNotPermittedException"),
    ] {
        assert_eq!(
            code(installation.call_both("CreateImageBuilder", &input(more.clone())).await),
            expected,
            "{more}"
        );
    }
    // What is not built is told by the builder's state.
    installation
        .ok("CreateImageBuilder", input(json!({"IamRoleArn": "arn:aws:iam::123456789012:role/x"})))
        .await;
    installation.pass(1);
    let failed = installation.until_builder("FAILED").await;
    assert!(failed["StateChangeReason"]["Message"].as_str().unwrap().contains("IamRoleArn"), "{failed}");
    assert_eq!(failed["ImageBuilderErrors"][0]["ErrorCode"], "MACHINE_ROLE_IS_MISSING");
}

#[tokio::test]
async fn failures_are_tried_again_and_then_told() {
    let installation = Installation::new().await;
    installation.driver.fail_next(1);
    installation.create_builder().await;
    installation
        .until("a failure", async || {
            let builder = installation.builder().await?;
            (!builder["ImageBuilderErrors"].as_array()?.is_empty()).then_some(())
        })
        .await;
    installation.pass(5);
    installation.control.wake_builders.notify_one();
    installation.until_builder("RUNNING").await;
    // It ends by itself: another instance gets the disk.
    let first = installation.instance().await;
    installation.driver.kill(&first);
    let second = installation
        .until("another instance", async || {
            installation.pass(5);
            installation.control.wake_builders.notify_one();
            let listed = installation.driver.list().await.unwrap();
            listed.iter().find(|status| status.id != first).map(|status| status.id.clone())
        })
        .await;
    assert_ne!(first, second);
    assert_eq!(installation.driver.disks().len(), 1);
}

#[tokio::test]
async fn an_administrator_comes_goes_and_comes_back() {
    let installation = Installation::new().await;
    installation.create_builder().await;
    installation.until_builder("RUNNING").await;
    let ticket = installation.builder_ticket().await;
    assert_eq!(ticket.destination, Destination::ImageBuilder { name: "b".to_owned() });
    assert_eq!(ticket.user_id, "admin");
    let grant = installation.admit_builder(ticket.clone()).await.unwrap();
    assert_eq!(grant.launch.len(), 1, "a desktop without a menu would stay empty");
    assert!(grant.applications.iter().any(|application| application.name == "editor"));
    let spent = installation.admit_builder(ticket).await.unwrap_err();
    assert_eq!(spent.reason, RefusalReason::Spent);
    let control = &installation.control;
    control.session_connected(&grant.session_id, None).await.unwrap();
    control.session_disconnected(&grant.session_id).await;
    assert!(control.session_is_live(&grant.session_id).await);
    let again = installation.admit_builder(installation.builder_ticket().await).await.unwrap();
    assert_eq!((again.session_id.as_str(), again.launch.len()), (grant.session_id.as_str(), 0));

    // Whoever ends the session does not end the builder.
    control.session_ended(&grant.session_id, EndReason::User).await;
    assert!(!control.session_is_live(&grant.session_id).await);
    assert!(control.session_connected(&grant.session_id, None).await.is_err());
    installation.until_builder("RUNNING").await;
    let new = installation.admit_builder(installation.builder_ticket().await).await.unwrap();
    assert_ne!(new.session_id, grant.session_id);
    let mut ends = control.session_ends();
    installation.ok("StopImageBuilder", json!({"Name": "b"})).await;
    let end = ends.recv().await.unwrap();
    assert_eq!((end.session_id, end.reason), (new.session_id, EndReason::Owner));
}

#[tokio::test]
async fn a_builder_becomes_an_image_with_the_catalogue_that_was_made_inside() {
    let installation = Installation::new().await;
    installation.create_builder().await;
    installation.until_builder("RUNNING").await;
    let editor = json!({"command": "add-application", "name": "xterm", "absolute_app_path": "/usr/bin/xterm", "launch_parameters": "-e 'a b'", "display_name": "Terminal"});
    assert_eq!(installation.assistant(editor.clone()).await["status"], 0);
    assert_eq!(installation.assistant(editor).await["status"], 1, "a name is taken once");
    let remove = json!({"command": "remove-application", "name": "calculator"});
    assert_eq!(installation.assistant(remove.clone()).await["status"], 0);
    assert_eq!(installation.assistant(remove).await["status"], 1);
    let default = json!({"command": "update-default-application", "name": "xterm", "display_name": "Shell"});
    assert_eq!(installation.assistant(default).await["status"], 0);
    let listed = installation.assistant(json!({"command": "list-applications"})).await;
    let names: Vec<_> = listed["applications"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["xterm", "editor"]);
    assert_eq!(installation.assistant(json!({"command": "format-disk"})).await["status"], 1);

    let create = |name: &str, dry_run| json!({"command": "create-image", "name": name, "description": "Mine", "tags": {"Cost": "7"}, "dry_run": dry_run});
    assert_eq!(installation.assistant(create("image", true)).await["status"], 1, "the name is taken");
    assert_eq!(installation.assistant(create("AWS-x", true)).await["status"], 1);
    assert_eq!(installation.assistant(create("mine", true)).await["status"], 0);
    assert_eq!(installation.builder().await.unwrap()["State"], "RUNNING");
    assert_eq!(installation.assistant(create("mine", false)).await["status"], 0);
    let refused = installation.call("DeleteImageBuilder", json!({"Name": "b"})).await;
    if installation.builder().await.unwrap()["State"] == "SNAPSHOTTING" {
        assert_eq!(code(refused), "OperationNotPermittedException");
    }
    let image = installation.until_image("mine", "AVAILABLE").await;
    installation.until_builder("STOPPED").await;
    assert_eq!(image["ImageBuilderName"], "b");
    assert_eq!(image["BaseImageArn"], format!("arn:aws:appstream:{REGION}:{ACCOUNT}:image/image"));
    assert_eq!(image["Applications"][0]["DisplayName"], "Shell");
    assert_eq!(image["Applications"][0]["LaunchParameters"], "-e 'a b'");
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": image["Arn"]})).await;
    assert_eq!(tags["Tags"]["Cost"], "7");
    // It can be used at once.
    let fleet = json!({"Name": "f", "ImageName": "mine", "InstanceType": "stream.standard.small", "FleetType": "ON_DEMAND", "ComputeCapacity": {"DesiredInstances": 1}});
    installation.ok("CreateFleet", fleet).await;
}

/// Only what is known to be gone is gone: where the process that could tell has ended, the next look finds what there is.
#[tokio::test]
async fn what_is_not_known_is_no_failure() {
    let installation = Installation::new().await;
    installation.driver.lose_next(1);
    installation.create_builder().await;
    let running = installation.until_builder("RUNNING").await;
    assert!(running["ImageBuilderErrors"].as_array().is_none_or(Vec::is_empty), "{running}");
    assert_eq!(installation.driver.list().await.unwrap().len(), 1, "the instance that was started is kept");
    installation.driver.lose_next(1);
    let create = json!({"command": "create-image", "name": "mine"});
    assert_eq!(installation.assistant(create).await["status"], 0);
    let image = installation.until_image("mine", "AVAILABLE").await;
    assert!(image["StateChangeReason"].is_null(), "{image}");
}

#[tokio::test]
async fn an_image_that_cannot_be_made_has_failed_and_the_builder_keeps_everything() {
    let installation = Installation::new().await;
    installation.create_builder().await;
    installation.until_builder("RUNNING").await;
    installation.driver.fail_next(1);
    let create = json!({"command": "create-image", "name": "mine"});
    assert_eq!(installation.assistant(create).await["status"], 0);
    let image = installation.until_image("mine", "FAILED").await;
    assert_eq!(image["StateChangeReason"]["Code"], "INTERNAL_ERROR");
    let stopped = installation.until_builder("STOPPED").await;
    assert!(stopped["StateChangeReason"]["Message"].as_str().unwrap().contains("mine"), "{stopped}");
    assert_eq!(installation.driver.disks().len(), 1);
    let fleet = json!({"Name": "f", "ImageName": "mine", "InstanceType": "stream.standard.small", "ComputeCapacity": {"DesiredInstances": 1}});
    assert_eq!(code(installation.call("CreateFleet", fleet).await), "ResourceNotAvailableException");
}

#[tokio::test]
async fn a_new_process_adopts_what_runs_and_goes_on_with_what_was_begun() {
    for kill in [false, true] {
        let installation = Installation::new().await;
        installation.create_builder().await;
        installation.until_builder("RUNNING").await;
        let before = installation.instance().await;
        let grant = installation.admit_builder(installation.builder_ticket().await).await.unwrap();
        let installation = installation.restart(kill).await;
        assert_eq!(installation.builder().await.unwrap()["State"], "RUNNING");
        assert!(installation.control.session_is_live(&grant.session_id).await);
        assert_eq!(installation.instance().await, before);
        assert_eq!(installation.assistant(json!({"command": "list-applications"})).await["status"], 0);
    }
}

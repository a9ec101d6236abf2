//! What can be changed, listed and ended.

use millrace_wire::Protocol;
use serde_json::{Value, json};

use super::check::Expect::{Error, Ok as Done};
use super::check::check;
use super::harness::{Installation, REGION, STRANGER};

#[tokio::test]
async fn stacks_are_updated() {
    let installation = Installation::new().await;
    let bye = "https://example.org/bye";
    installation.ok("CreateStack", json!({"Name": "s", "DisplayName": "Old", "RedirectURL": bye})).await;
    let vision = json!({"Settings": [{"AgentAction": "COMPUTER_VISION", "Permission": "ENABLED"}]});
    check(
        &installation,
        vec![
            ("UpdateStack", json!({"Name": "t"}), Error("ResourceNotFoundException", "t")),
            (
                "UpdateStack",
                json!({"Name": "s", "DisplayName": "New"}),
                Done(json!({"Stack": {"DisplayName": "New", "RedirectURL": bye}})),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "DisplayName": ""}),
                Done(json!({"Stack": {"DisplayName": null}})),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "FeedbackURL": "ftp://x/"}),
                Error("InvalidParameterValueException", "FeedbackURL"),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "AttributesToDelete": ["REDIRECT_URL", "FEEDBACK_URL", "THEME_NAME"]}),
                Done(json!({"Stack": {"RedirectURL": null}})),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "AgentAccessConfig": vision}),
                Error("InvalidParameterCombinationException", "ScreenResolution"),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "StorageConnectors": [{"ConnectorType": "ONE_DRIVE"}]}),
                Done(json!({"Stack": {"StackErrors": [{"ErrorCode": "STORAGE_CONNECTOR_ERROR"}]}})),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "StorageConnectors": [{"ConnectorType": "HOMEFOLDERS"}]}),
                Done(json!({"Stack": {"StackErrors": []}})),
            ),
            (
                "UpdateStack",
                json!({"Name": "s", "DeleteStorageConnectors": true}),
                Done(json!({"Stack": {"StackErrors": [], "StorageConnectors": null}})),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn fleets_are_updated_as_their_state_allows() {
    let installation = Installation::new().await;
    installation.running("ALWAYS_ON", 1).await;
    let update = |more: Value| {
        let mut input = json!({"Name": "f"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let active = "Cannot update the attribute for fleet f when it is ACTIVE. The fleet must be stopped to complete this action.";
    check(
        &installation,
        vec![
            (
                "UpdateFleet",
                json!({"DisplayName": "x"}),
                Error("InvalidParameterCombinationException", "Name"),
            ),
            ("UpdateFleet", json!({"Name": "g"}), Error("ResourceNotFoundException", "g")),
            ("UpdateFleet", update(json!({"Description": "x"})), Error("ResourceInUseException", active)),
            (
                "UpdateFleet",
                update(json!({"InstanceType": "stream.standard.large"})),
                Error("ResourceInUseException", active),
            ),
            ("UpdateFleet", update(json!({"ImageName": "none"})), Error("ResourceNotFoundException", "none")),
            (
                "UpdateFleet",
                update(json!({"MaxConcurrentSessions": 3})),
                Error("InvalidParameterCombinationException", ""),
            ),
            (
                "UpdateFleet",
                update(json!({"DisplayName": "New", "IdleDisconnectTimeoutInSeconds": 90})),
                Done(json!({"Fleet": {"DisplayName": "New", "IdleDisconnectTimeoutInSeconds": 120}})),
            ),
            (
                "UpdateFleet",
                update(json!({"ComputeCapacity": {"DesiredInstances": 3}})),
                Done(json!({"Fleet": {"ComputeCapacityStatus": {"Desired": 3}}})),
            ),
        ],
    )
    .await;
    installation.until_count("f", "Available", 3).await;
    installation.ok("UpdateFleet", update(json!({"ComputeCapacity": {"DesiredInstances": 1}}))).await;
    installation.until_count("f", "Available", 1).await;

    let mut other = super::harness::image();
    (other.name, other.digest) = ("other".to_owned(), "sha256:2".to_owned());
    installation.control.register_image(None, Some(REGION), &other).await.unwrap();
    let kept = installation.admit("ann").await.unwrap();
    installation
        .ok("UpdateFleet", update(json!({"ImageName": "other", "ComputeCapacity": {"DesiredInstances": 2}})))
        .await;
    installation.until_count("f", "Available", 1).await;
    let instances = installation.store.runtime().await.unwrap().instances;
    let digest =
        |id: &str| instances.iter().find(|known| known.id.as_str() == id).unwrap().image_digest.clone();
    assert_eq!(digest(&kept.instance_id), "sha256:1", "a session in progress keeps its image");
    let new = installation.admit("bob").await.unwrap();
    let instances = installation.store.runtime().await.unwrap().instances;
    let digest =
        instances.iter().find(|known| known.id.as_str() == new.instance_id).unwrap().image_digest.clone();
    assert_eq!(digest, "sha256:2");

    installation.ok("StopFleet", json!({"Name": "f"})).await;
    installation.until_state("f", "STOPPED").await;
    let vpc = json!({"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]});
    check(
        &installation,
        vec![
            (
                "UpdateFleet",
                update(json!({"Description": "x", "VpcConfig": vpc})),
                Done(json!({"Fleet": {"Description": "x", "VpcConfig": vpc}})),
            ),
            (
                "UpdateFleet",
                update(
                    json!({"AttributesToDelete": ["VPC_CONFIGURATION_SECURITY_GROUP_IDS", "IAM_ROLE_ARN"]}),
                ),
                Done(json!({"Fleet": {"VpcConfig": {"SecurityGroupIds": null}}})),
            ),
            (
                "UpdateFleet",
                update(json!({"DeleteVpcConfig": true})),
                Done(json!({"Fleet": {"VpcConfig": null}})),
            ),
            (
                "UpdateFleet",
                update(json!({"ComputeCapacity": {"DesiredSessions": 3}})),
                Error("InvalidParameterCombinationException", "MaxSessionsPerInstance"),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn associations_are_listed() {
    let installation = Installation::new().await;
    installation.create_fleet("f", "ON_DEMAND", 1).await;
    for stack in ["s1", "s2"] {
        installation.ok("CreateStack", json!({"Name": stack})).await;
        installation.ok("AssociateFleet", json!({"FleetName": "f", "StackName": stack})).await;
    }
    check(
        &installation,
        vec![
            (
                "ListAssociatedFleets",
                json!({"StackName": "s1"}),
                Done(json!({"Names": ["f"], "NextToken": null})),
            ),
            (
                "ListAssociatedStacks",
                json!({"FleetName": "f"}),
                Done(json!({"Names": ["s1", "s2"], "NextToken": null})),
            ),
            ("ListAssociatedFleets", json!({"StackName": "gone"}), Done(json!({"Names": []}))),
            ("ListAssociatedStacks", json!({"FleetName": "gone"}), Done(json!({"Names": []}))),
        ],
    )
    .await;
}

#[tokio::test]
async fn sessions_are_expired_by_their_owner_only() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 1).await;
    let grant = installation.admit("ann").await.unwrap();
    let input = json!({"SessionId": grant.session_id});
    let mut ends = installation.control.session_ends();
    installation.call_as(STRANGER, Protocol::Json, "ExpireSession", input.clone()).await.unwrap();
    assert!(installation.control.session_is_live(&grant.session_id).await);
    installation.call_both("ExpireSession", &input).await.unwrap();
    assert!(!installation.control.session_is_live(&grant.session_id).await);
    assert_eq!(ends.recv().await.unwrap().session_id, grant.session_id);
    installation.until_nothing_runs().await;
}

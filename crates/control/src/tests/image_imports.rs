//! CreateImportedImage, and what becomes of the image.

use millrace_driver::images::ImportError;
use millrace_driver::objects::ObjectName;
use serde_json::{Value, json};

use super::check::Expect::{Error, Ok as Done};
use super::check::{check, fleet};
use super::harness::{ACCOUNT, Installation, REGION};
use crate::FetchError;

const AMI: &str = "ami-0123456789abcdef0";
const ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:image/new";

/// An installation with an archive in its object storage.
async fn installation() -> Installation {
    let installation = Installation::new().await;
    let object = ObjectName::new(ACCOUNT, "images", &format!("{REGION}/{AMI}.tar")).unwrap();
    installation.images.objects.lock().unwrap().push(object);
    installation
}

fn import(more: &Value) -> Value {
    let mut input = json!({"Name": "new", "SourceAmiId": AMI});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

async fn until(installation: &Installation, state: &str) -> Value {
    installation
        .until(state, async || {
            let found =
                installation.ok("DescribeImages", json!({"Names": ["new"]})).await["Images"][0].clone();
            (found["State"] == state).then_some(found)
        })
        .await
}

#[tokio::test]
async fn an_archive_becomes_an_image() {
    let installation = installation().await;
    let closed = installation.images.gate.close().await;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/imports");
    let input = import(&json!({
        "Description": "D", "Tags": {"Team": "Blue"}, "IamRoleArn": role, "AgentSoftwareVersion": "ALWAYS_LATEST",
        "AppCatalogConfig": [{"Name": "a", "AbsoluteAppPath": "/usr/bin/a", "LaunchParameters": "-x 'y z'"}],
    }));
    let made = installation.ok("CreateImportedImage", input).await["Image"].clone();
    assert_eq!(
        (&made["State"], &made["Arn"], &made["ImageType"]),
        (&json!("PENDING"), &json!(ARN), &json!("CUSTOM"))
    );
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": ARN})).await;
    assert_eq!(tags["Tags"], json!({"Team": "Blue"}));
    until(&installation, "IMPORTING").await;
    for (operation, input, code) in [
        ("DeleteImage", json!({"Name": "new"}), "OperationNotPermittedException"),
        ("CreateFleet", fleet(json!({"ImageName": "new"})), "ResourceNotAvailableException"),
        ("CreateImportedImage", import(&json!({})), "ResourceAlreadyExistsException"),
    ] {
        assert_eq!(installation.call(operation, input).await.unwrap_err().0, code, "{operation}");
    }
    drop(closed);
    let made = until(&installation, "AVAILABLE").await;
    assert_eq!((&made["Description"], &made["DisplayName"]), (&json!("D"), &json!("Titled")));
    assert_eq!(made["Applications"][0]["LaunchParameters"], "-x 'y z'");
    installation.ok("CreateFleet", fleet(json!({"ImageName": "new"}))).await;
}

#[tokio::test]
async fn an_image_of_a_registry_becomes_an_image() {
    let installation = installation().await;
    let reference = "registry.example.org/tools/paint:2.1";
    let closed = installation.images.gate.close().await;
    let published = json!({"Name": "new", "SourceAmiId": reference, "Tags": {"Team": "Blue"}});
    installation.ok("CreateImportedImage", published).await;
    until(&installation, "IMPORTING").await;
    // It is fetched again by the next process.
    let images = installation.images.clone();
    drop(closed);
    let again = images.gate.close().await;
    let installation = installation.restart(true).await;
    drop(again);
    let made = until(&installation, "AVAILABLE").await;
    assert_eq!(made["ImageType"], "CUSTOM");
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": ARN})).await;
    assert_eq!(tags["Tags"], json!({"Team": "Blue"}));
    installation.ok("DeleteImage", json!({"Name": "new"})).await;

    for (error, says) in [
        (FetchError::Failed("the registry cannot be reached".to_owned()), "cannot be reached"),
        (FetchError::Refused("it is not allowed any more".to_owned()), "any more"),
        (FetchError::Internal("/secret".to_owned()), "log of the server"),
    ] {
        installation.images.unfetched.lock().unwrap().push(error);
        let name = says.replace(' ', "-");
        installation.ok("CreateImportedImage", json!({"Name": name, "SourceAmiId": reference})).await;
        let failed = installation
            .until("its failure", async || {
                let found = installation.ok("DescribeImages", json!({"Names": [name]})).await;
                (found["Images"][0]["State"] == "FAILED").then(|| found["Images"][0].clone())
            })
            .await;
        let message = failed["StateChangeReason"]["Message"].as_str().unwrap();
        assert!(message.contains(says) && !message.contains("/secret"), "{message}");
    }
}

#[tokio::test]
async fn what_fails_says_why_and_can_be_deleted() {
    let installation = installation().await;
    for (error, says) in [
        (ImportError::Refused("a hostile archive".to_owned()), "a hostile archive"),
        (ImportError::OverLimit("a bomb".to_owned()), "a bomb"),
        (ImportError::Locked("/secret".into()), "log of the server"),
    ] {
        installation.images.failures.lock().unwrap().push(error);
        installation.ok("CreateImportedImage", import(&json!({"Tags": {"a": "b"}}))).await;
        let failed = until(&installation, "FAILED").await;
        assert_eq!(failed["StateChangeReason"]["Code"], "IMAGE_IMPORT_FAILURE");
        let message = failed["StateChangeReason"]["Message"].as_str().unwrap();
        assert!(message.contains(says) && !message.contains("/secret"), "{message}");
        assert_eq!(failed["ImageErrors"][0]["ErrorMessage"], message);
        installation.ok("DeleteImage", json!({"Name": "new"})).await;
        installation
            .until("its end", async || {
                installation.call("DescribeImages", json!({"Names": ["new"]})).await.err()
            })
            .await;
    }
}

#[tokio::test]
async fn an_import_goes_on_after_a_kill() {
    let installation = installation().await;
    let closed = installation.images.gate.close().await;
    installation.ok("CreateImportedImage", import(&json!({}))).await;
    until(&installation, "IMPORTING").await;
    let images = installation.images.clone();
    drop(closed);
    let again = images.gate.close().await;
    let installation = installation.restart(true).await;
    drop(again);
    until(&installation, "AVAILABLE").await;
}

#[tokio::test]
async fn requests_are_checked() {
    let installation = installation().await;
    let bad = |operation, more: Value, code, says| (operation, import(&more), Error(code, says));
    let create = "CreateImportedImage";
    let app = json!({"Name": "a", "AbsoluteAppPath": "/a"});
    check(
        &installation,
        vec![
            bad(create, json!({"Name": "image"}), "ResourceAlreadyExistsException", "image"),
            bad(create, json!({"Name": "AppStream-x"}), "InvalidParameterValueException", "AppStream"),
            bad(create, json!({"SourceAmiId": "ami-00000000"}), "ResourceNotFoundException", "ami-00000000"),
            bad(create, json!({"SourceAmiId": "ami- /x"}), "ValidationException", "sourceAmiId"),
            bad(
                create,
                json!({"SourceAmiId": "other.example.org/x:1"}),
                "InvalidParameterValueException",
                "other.example.org/x:1 is not allowed",
            ),
            bad(
                create,
                json!({"SourceAmiId": "registry.example.org/x:1", "DryRun": true}),
                "DryRunOperationException",
                "would have succeeded",
            ),
            bad(
                create,
                json!({"WorkspaceImageId": "wsi-00000000"}),
                "InvalidParameterCombinationException",
                "SourceAmiId",
            ),
            bad(
                create,
                json!({"IamRoleArn": "arn:aws:iam::999999999999:role/x"}),
                "InvalidRoleException",
                "999999999999",
            ),
            bad(create, json!({"Description": "<b>"}), "ValidationException", "description"),
            bad(
                create,
                json!({"AppCatalogConfig": [app, app]}),
                "InvalidParameterValueException",
                "two applications",
            ),
            bad(
                create,
                json!({"AppCatalogConfig": [{"Name": "a", "AbsoluteAppPath": "a"}]}),
                "InvalidParameterValueException",
                "not absolute",
            ),
            (create, json!({"Name": "new"}), Error("InvalidParameterCombinationException", "SourceAmiId")),
            bad(create, json!({"DryRun": true}), "DryRunOperationException", "would have succeeded"),
            bad(create, json!({"DryRun": true, "Name": "image"}), "ResourceAlreadyExistsException", "image"),
            ("DescribeImages", json!({"Names": ["new"]}), Error("ResourceNotFoundException", "new")),
            (
                create,
                json!({"Name": "new", "WorkspaceImageId": "wsi-00000000"}),
                Error("ResourceNotFoundException", "wsi-00000000"),
            ),
            (
                create,
                import(&json!({"DryRun": false})),
                Done(json!({"Image": {"Name": "new", "State": "PENDING"}})),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn content_of_no_image_goes_at_the_next_start() {
    let installation = Installation::new().await;
    *installation.images.on_host.lock().unwrap() = vec!["sha256:1".to_owned(), "sha256:lost".to_owned()];
    let installation = installation.restart(true).await;
    installation
        .until("the end of what no image has", async || {
            installation.control.changed();
            tokio::task::yield_now().await;
            (installation.images.removed() == ["sha256:lost"]).then_some(())
        })
        .await;
}

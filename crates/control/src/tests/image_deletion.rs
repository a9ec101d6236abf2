//! DeleteImage, and what becomes of the image's content.

use std::sync::atomic::Ordering;

use serde_json::json;

use super::check::Expect::{Error, Ok as Done};
use super::check::{check, fleet};
use super::harness::{Installation, REGION, STRANGER, image};
use crate::NewImage;

const IMAGE_ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:image/image";

async fn until_gone(installation: &Installation, name: &str) {
    let names = json!({"Names": [name]});
    installation
        .until("the image's end", async || {
            installation.call("DescribeImages", names.clone()).await.err().map(|(code, _)| code)
        })
        .await;
}

#[tokio::test]
async fn an_image_in_use_stays() {
    let installation = Installation::new().await;
    let image = json!({"Name": "image"});
    check(
        &installation,
        vec![
            (
                "DeleteImage",
                json!({"Name": "none"}),
                Error("ResourceNotFoundException", "The image none for account 123456789012 does not exist."),
            ),
            ("DeleteImage", json!({"Name": "-"}), Error("ValidationException", "name")),
            ("CreateFleet", fleet(json!({})), Done(json!({}))),
            (
                "DeleteImage",
                image.clone(),
                Error("ResourceInUseException", "The image image is in use by the fleet f."),
            ),
            (
                "DescribeImages",
                json!({"Names": ["image"]}),
                Done(json!({"Images": [{"State": "AVAILABLE"}]})),
            ),
            ("DeleteFleet", json!({"Name": "f"}), Done(json!({}))),
            (
                "DeleteImage",
                image,
                Done(json!({"Image": {"Name": "image", "Arn": IMAGE_ARN, "State": "DELETING"}})),
            ),
        ],
    )
    .await;
    until_gone(&installation, "image").await;
    assert_eq!(installation.images.removed(), ["sha256:1"]);
    let created = installation.call("CreateFleet", fleet(json!({}))).await;
    assert_eq!(created.unwrap_err().0, "ResourceNotFoundException");
}

#[tokio::test]
async fn sessions_keep_their_image_until_they_end() {
    let installation = Installation::new().await;
    let other = NewImage { name: "other".to_owned(), digest: "sha256:2".to_owned(), ..image() };
    installation.control.register_image(None, Some(REGION), &other).await.unwrap();
    installation.running("ALWAYS_ON", 1).await;
    let grant = installation.admit("ann").await.unwrap();
    installation.ok("UpdateFleet", json!({"Name": "f", "ImageName": "other"})).await;
    installation.images.held.store(true, Ordering::SeqCst);
    installation.ok("TagResource", json!({"ResourceArn": IMAGE_ARN, "Tags": {"a": "b"}})).await;
    installation.ok("DeleteImage", json!({"Name": "image"})).await;
    check(
        &installation,
        vec![
            ("DeleteImage", json!({"Name": "image"}), Done(json!({"Image": {"State": "DELETING"}}))),
            ("DescribeImages", json!({"Names": ["image"]}), Done(json!({"Images": [{"State": "DELETING"}]}))),
            ("ListTagsForResource", json!({"ResourceArn": IMAGE_ARN}), Done(json!({"Tags": {"a": "b"}}))),
            (
                "CreateFleet",
                fleet(json!({"Name": "g"})),
                Error("ResourceNotAvailableException", "The image image is DELETING. The image must be in an AVAILABLE state for this action to succeed."),
            ),
            (
                "UpdateFleet",
                json!({"Name": "f", "ImageName": "image"}),
                Error("ResourceNotAvailableException", "DELETING"),
            ),
        ],
    )
    .await;
    let again = installation.admit("ann").await.unwrap();
    assert_eq!(again.session_id, grant.session_id);
    assert_eq!(again.applications.len(), 2, "a resumed session still has its catalogue");

    installation.images.held.store(false, Ordering::SeqCst);
    installation.control.image_removals.notify_one();
    until_gone(&installation, "image").await;
    assert_eq!(installation.images.removed(), ["sha256:1"]);
}

#[tokio::test]
async fn content_that_others_have_stays() {
    let installation = Installation::new().await;
    installation.control.register_image(Some("999999999999"), Some(REGION), &image()).await.unwrap();
    installation.ok("DeleteImage", json!({"Name": "image"})).await;
    until_gone(&installation, "image").await;
    assert!(installation.images.removed().is_empty());
    let theirs = installation
        .call_as(STRANGER, millrace_wire::Protocol::Cbor, "DeleteImage", json!({"Name": "image"}))
        .await;
    theirs.unwrap();
    installation
        .until("the content's end", async || (!installation.images.removed().is_empty()).then_some(()))
        .await;
}

#[tokio::test]
async fn a_deletion_outlives_the_process() {
    for kill in [false, true] {
        let installation = Installation::new().await;
        installation.images.held.store(true, Ordering::SeqCst);
        installation.ok("DeleteImage", json!({"Name": "image"})).await;
        let refused = installation.control.register_image(None, Some(REGION), &image()).await.unwrap_err();
        assert!(refused.to_string().contains("being deleted"), "{refused}");
        installation.images.held.store(false, Ordering::SeqCst);
        let installation = installation.restart(kill).await;
        until_gone(&installation, "image").await;
        assert!(installation.images.removed().contains(&"sha256:1".to_owned()));
        installation.control.register_image(None, Some(REGION), &image()).await.unwrap();
        installation.ok("CreateFleet", fleet(json!({}))).await;
    }
}

#[tokio::test]
async fn no_image_is_removed_while_one_is_added() {
    let installation = Installation::new().await;
    let adding = installation.control.adding_image().await;
    installation.ok("DeleteImage", json!({"Name": "image"})).await;
    // Its content is found present, and it gets another name.
    let other = NewImage { name: "other".to_owned(), ..image() };
    installation.control.register_image(None, Some(REGION), &other).await.unwrap();
    assert!(installation.images.removed().is_empty());
    drop(adding);
    until_gone(&installation, "image").await;
    assert!(installation.images.removed().is_empty(), "the image of the other name has that content");
}

#[tokio::test]
async fn an_image_that_somebody_else_needs_stays() {
    let installation = Installation::new().await;
    let name = json!({"Name": "image"});
    let refused = async || installation.call_both("DeleteImage", &name).await.unwrap_err();
    let share = json!({"Name": "image", "SharedAccountId": super::harness::OTHER_ACCOUNT, "ImagePermissions": {"allowFleet": true}});
    installation.ok("UpdateImagePermissions", share).await;
    let (code, message) = refused().await;
    assert_eq!(code, "ResourceInUseException");
    assert!(message.contains(super::harness::OTHER_ACCOUNT), "{message}");
    let gone = json!({"Name": "image", "SharedAccountId": super::harness::OTHER_ACCOUNT});
    installation.ok("DeleteImagePermissions", gone).await;
    let builder = json!({"Name": "b", "ImageName": "image", "InstanceType": "stream.standard.medium"});
    installation.ok("CreateImageBuilder", builder).await;
    let (code, message) = refused().await;
    assert_eq!(code, "ResourceInUseException");
    assert!(message.contains("the image builder b"), "{message}");
    // An image that is not made yet is nobody's to delete.
    let update = json!({"existingImageName": "image", "newImageName": "new"});
    installation.ok("CreateUpdatedImage", update).await;
    let pending = installation.call_both("DeleteImage", &json!({"Name": "new"})).await.unwrap_err();
    assert_eq!(pending.0, "OperationNotPermittedException");
    assert!(pending.1.contains("PENDING"), "{pending:?}");
}

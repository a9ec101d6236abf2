//! CreateUpdatedImage, with what the packages' update reports in the place of the update.

use millrace_driver::Driver;
use serde_json::{Value, json};

use super::check::Expect::Error;
use super::check::check;
use super::harness::{Installation, image};
use crate::NewImage;

const ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:image/new";

fn update(more: &Value) -> Value {
    let mut input = json!({"existingImageName": "image", "newImageName": "new"});
    for (name, value) in more.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

/// Waits for the hidden builder, and reports in its name.
async fn report(installation: &Installation, report: Value) {
    installation
        .until("an instance", async || {
            let listed = installation.driver.list().await.unwrap();
            listed.iter().any(|one| one.state == millrace_driver::InstanceState::Ready).then_some(())
        })
        .await;
    let mut request = report;
    request["command"] = json!("report-update");
    let reply = installation.assistant(request).await;
    assert_eq!(reply["status"], 0, "{reply}");
}

async fn until_no_builder_is_left(installation: &Installation) {
    installation.until_nothing_runs().await;
    installation
        .until("the end of its disk", async || installation.driver.disks().is_empty().then_some(()))
        .await;
}

#[tokio::test]
async fn an_image_is_made_of_another_and_nobody_sees_how() {
    let installation = Installation::new().await;
    let input = update(&json!({"newImageTags": {"Team": "Blue"}, "newImageDescription": "Newer"}));
    let made = installation.ok("CreateUpdatedImage", input).await;
    assert_eq!(made["canUpdateImage"], true);
    let image = &made["image"];
    assert_eq!(
        (&image["State"], &image["Arn"], &image["Description"]),
        (&json!("PENDING"), &json!(ARN), &json!("Newer"))
    );
    assert_eq!(image["BaseImageArn"], "arn:aws:appstream:eu-central-1:123456789012:image/image");
    let builders = installation.ok("DescribeImageBuilders", json!({})).await;
    assert_eq!(builders["ImageBuilders"], json!([]));
    let refused = installation.call("DeleteImage", json!({"Name": "image"})).await.unwrap_err();
    assert_eq!(refused.0, "ResourceInUseException");
    report(&installation, json!({"packages": 2})).await;
    let image = installation.until_image("new", "AVAILABLE").await;
    assert_eq!(image["ImageBuilderName"], Value::Null);
    assert_eq!(image["Applications"].as_array().unwrap().len(), 2, "those of the old image");
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": ARN})).await;
    assert_eq!(tags["Tags"], json!({"Team": "Blue"}));
    until_no_builder_is_left(&installation).await;
    // Its row goes last.
    let old = json!({"Name": "image"});
    installation
        .until("the old image to be free", async || installation.call("DeleteImage", old.clone()).await.ok())
        .await;
}

#[tokio::test]
async fn what_cannot_be_updated_says_why() {
    let installation = Installation::new().await;
    installation.ok("CreateUpdatedImage", update(&json!({}))).await;
    report(&installation, json!({"packages": 0, "failure": "apt-get update failed: no network"})).await;
    let failed = installation.until_image("new", "FAILED").await;
    assert_eq!(failed["StateChangeReason"]["Code"], "IMAGE_UPDATE_FAILURE");
    assert_eq!(failed["StateChangeReason"]["Message"], "apt-get update failed: no network");
    until_no_builder_is_left(&installation).await;
    installation.ok("DeleteImage", json!({"Name": "new"})).await;
}

#[tokio::test]
async fn an_update_goes_on_after_a_kill() {
    let installation = Installation::new().await;
    installation.ok("CreateUpdatedImage", update(&json!({}))).await;
    let installation = installation.restart(true).await;
    report(&installation, json!({"packages": 1})).await;
    installation.until_image("new", "AVAILABLE").await;
    until_no_builder_is_left(&installation).await;
}

#[tokio::test]
async fn a_dry_run_tells_whether_anything_would_change() {
    let installation = Installation::new().await;
    let current = NewImage {
        name: "current".to_owned(),
        agent_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        ..image()
    };
    installation.control.register_image(None, Some("eu-central-1"), &current).await.unwrap();
    let asked = update(&json!({"existingImageName": "current", "dryRun": true}));
    for (packages, expected) in [(0, false), (3, true)] {
        let answer = installation.call("CreateUpdatedImage", asked.clone());
        let (answer, ()) = tokio::join!(answer, report(&installation, json!({"packages": packages})));
        assert_eq!(answer.unwrap(), json!({"canUpdateImage": expected}));
        until_no_builder_is_left(&installation).await;
    }
    // Another runtime is a change without looking.
    let outdated = installation.ok("CreateUpdatedImage", update(&json!({"dryRun": true}))).await;
    assert_eq!(outdated["canUpdateImage"], true);
    assert_eq!(
        installation.call("DescribeImages", json!({"Names": ["new"]})).await.unwrap_err().0,
        "ResourceNotFoundException"
    );
}

#[tokio::test]
async fn requests_are_checked() {
    let installation = Installation::new().await;
    let create = "CreateUpdatedImage";
    check(
        &installation,
        vec![
            (
                create,
                update(&json!({"existingImageName": "none"})),
                Error("ResourceNotFoundException", "The image none for account"),
            ),
            (
                create,
                update(&json!({"newImageName": "image"})),
                Error("ResourceAlreadyExistsException", "image"),
            ),
            (
                create,
                update(&json!({"newImageName": "image", "dryRun": true})),
                Error("ResourceAlreadyExistsException", "image"),
            ),
            (
                create,
                update(&json!({"newImageName": "aws-x"})),
                Error("InvalidParameterValueException", "AppStream"),
            ),
            (
                create,
                update(&json!({"newImageDisplayName": "d".repeat(101)})),
                Error("ValidationException", "newImageDisplayName"),
            ),
        ],
    )
    .await;
}

//! Images that are copied, and images that other accounts may use.

use millrace_wire::Protocol;
use serde_json::{Value, json};

use super::harness::{ACCOUNT, Caller, Installation, OTHER_ACCOUNT, OWNER, REGION, STRANGER};

impl Installation {
    async fn as_stranger(&self, operation: &str, input: Value) -> Result<Value, (String, String)> {
        self.call_as(STRANGER, Protocol::Json, operation, input).await
    }

    async fn share(&self, fleet: bool, builder: bool) {
        let input = json!({"Name": "image", "SharedAccountId": OTHER_ACCOUNT, "ImagePermissions": {"allowFleet": fleet, "allowImageBuilder": builder}});
        self.ok("UpdateImagePermissions", input).await;
    }
}

fn code(result: Result<Value, (String, String)>) -> String {
    result.expect_err("it should be refused").0
}

fn arn() -> String {
    format!("arn:aws:appstream:{REGION}:{ACCOUNT}:image/image")
}

#[tokio::test]
async fn a_copy_has_the_content_and_no_tags() {
    let installation = Installation::new().await;
    installation.ok("TagResource", json!({"ResourceArn": arn(), "Tags": {"a": "b"}})).await;
    let copy = |name: &str, region: &str| json!({"SourceImageName": "image", "DestinationImageName": name, "DestinationRegion": region, "DestinationImageDescription": "Copied"});
    let copied = installation.ok("CopyImage", copy("copy", REGION)).await;
    assert_eq!(copied["DestinationImageName"], "copy");
    installation.ok("CopyImage", copy("image", "us-east-1")).await;
    for (caller, name, region) in
        [(OWNER, "copy", REGION), (Caller { region: "us-east-1", ..OWNER }, "image", "us-east-1")]
    {
        let described =
            installation.call_as(caller, Protocol::Json, "DescribeImages", json!({"Names": [name]})).await;
        let image = described.unwrap()["Images"][0].clone();
        assert_eq!((&image["State"], &image["Description"]), (&"AVAILABLE".into(), &"Copied".into()));
        assert_eq!(image["Applications"].as_array().unwrap().len(), 2);
        let of = format!("arn:aws:appstream:{region}:{ACCOUNT}:image/{name}");
        let tags = installation
            .call_as(caller, Protocol::Json, "ListTagsForResource", json!({"ResourceArn": of}))
            .await;
        assert_eq!(tags.unwrap()["Tags"], json!({}));
    }
    for (input, expected) in [
        (copy("copy", REGION), "ResourceAlreadyExistsException"),
        (copy("AWS-x", REGION), "InvalidParameterValueException"),
        (copy("x", "mars-north-1"), "ResourceNotFoundException"),
        (
            json!({"SourceImageName": "nothing", "DestinationImageName": "x", "DestinationRegion": REGION}),
            "ResourceNotFoundException",
        ),
    ] {
        assert_eq!(code(installation.call_both("CopyImage", &input).await), expected, "{input}");
    }
}

#[tokio::test]
async fn an_image_is_shared_for_what_its_owner_allows() {
    let installation = Installation::new().await;
    let fleet = json!({"Name": "f", "ImageArn": arn(), "InstanceType": "stream.standard.small", "ComputeCapacity": {"DesiredInstances": 1}});
    let builder = json!({"Name": "b", "ImageArn": arn(), "InstanceType": "stream.standard.small"});
    assert_eq!(
        code(installation.as_stranger("CreateFleet", fleet.clone()).await),
        "ResourceNotFoundException"
    );
    installation.share(true, false).await;
    let described = installation.as_stranger("DescribeImages", json!({"Type": "SHARED"})).await.unwrap();
    let image = &described["Images"][0];
    assert_eq!((&image["Arn"], &image["Visibility"]), (&arn().into(), &"SHARED".into()));
    assert_eq!(image["ImagePermissions"], json!({"allowFleet": true, "allowImageBuilder": false}));
    let named = installation.as_stranger("DescribeImages", json!({"Names": ["image"]})).await;
    assert_eq!(
        code(named),
        "ResourceNotFoundException",
        "a shared image is found by its ARN, not by its name"
    );
    assert_eq!(
        installation.as_stranger("DescribeImages", json!({"Arns": [arn()]})).await.unwrap()["Images"][0],
        *image
    );
    let own = installation.ok("DescribeImages", json!({"Names": ["image"]})).await;
    assert_eq!(own["Images"][0]["ImageSharedWithOthers"], "TRUE");

    installation.as_stranger("CreateFleet", fleet).await.unwrap();
    assert_eq!(
        code(installation.as_stranger("CreateImageBuilder", builder.clone()).await),
        "OperationNotPermittedException"
    );
    installation.share(false, true).await;
    installation.as_stranger("CreateImageBuilder", builder).await.unwrap();

    let listed = installation.ok("DescribeImagePermissions", json!({"Name": "image"})).await;
    assert_eq!(
        listed["SharedImagePermissionsList"],
        json!([{"sharedAccountId": OTHER_ACCOUNT, "imagePermissions": {"allowFleet": false, "allowImageBuilder": true}}])
    );
    let gone = json!({"Name": "image", "SharedAccountId": OTHER_ACCOUNT});
    installation.ok("DeleteImagePermissions", gone.clone()).await;
    assert_eq!(code(installation.call("DeleteImagePermissions", gone).await), "ResourceNotFoundException");
    assert_eq!(installation.as_stranger("DescribeImages", json!({})).await.unwrap()["Images"], json!([]));
    let nobody =
        json!({"Name": "image", "SharedAccountId": "111111111111", "ImagePermissions": {"allowFleet": true}});
    assert_eq!(code(installation.call("UpdateImagePermissions", nobody).await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_user_of_a_shared_image_s_fleet_gets_its_applications() {
    let installation = Installation::new().await;
    installation.share(true, false).await;
    let as_stranger =
        async |operation: &str, input: Value| installation.as_stranger(operation, input).await.unwrap();
    as_stranger("CreateFleet", json!({"Name": "f", "ImageArn": arn(), "InstanceType": "stream.standard.small", "FleetType": "ON_DEMAND", "ComputeCapacity": {"DesiredInstances": 1}})).await;
    as_stranger("CreateStack", json!({"Name": "s"})).await;
    as_stranger("AssociateFleet", json!({"FleetName": "f", "StackName": "s"})).await;
    as_stranger("StartFleet", json!({"Name": "f"})).await;
    installation
        .until("RUNNING", async || {
            let described = installation.as_stranger("DescribeFleets", json!({"Names": ["f"]})).await.ok()?;
            (described["Fleets"][0]["State"] == "RUNNING").then_some(())
        })
        .await;
    as_stranger(
        "CreateStreamingURL",
        json!({"FleetName": "f", "StackName": "s", "UserId": "ann", "ApplicationId": "editor"}),
    )
    .await;
}

#[tokio::test]
async fn own_and_shared_images_share_the_pages() {
    let installation = Installation::new().await;
    for name in ["a", "b"] {
        installation.ok("CopyImage", json!({"SourceImageName": "image", "DestinationImageName": name, "DestinationRegion": REGION})).await;
        let share =
            json!({"Name": name, "SharedAccountId": OTHER_ACCOUNT, "ImagePermissions": {"allowFleet": true}});
        installation.ok("UpdateImagePermissions", share).await;
    }
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let mut input = json!({"MaxResults": 1});
        if let Some(token) = token.as_str() {
            input["NextToken"] = token.into();
        }
        let page = installation.as_stranger("DescribeImages", input).await.unwrap();
        assert!(page["Images"].as_array().unwrap().len() <= 1);
        names.extend(page["Images"].as_array().unwrap().iter().map(|image| image["Name"].clone()));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(names, ["a", "b"]);
}

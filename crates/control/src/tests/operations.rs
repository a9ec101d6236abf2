//! What each operation answers, in both protocols.

use millrace_wire::{Operation, Protocol};
use serde_json::{Value, json};

use super::check::Expect::{Error, Ok as Done};
use super::check::{check, fleet, holds};
use super::harness::{Caller, Installation, OWNER, REGION, STRANGER};

const FLEET_ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:fleet/f";
const STACK_ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:stack/s";
const IMAGE_ARN: &str = "arn:aws:appstream:eu-central-1:123456789012:image/image";

#[tokio::test]
async fn the_life_of_stack_and_fleet() {
    let installation = Installation::new().await;
    let f = json!({"Name": "f"});
    let pair = json!({"FleetName": "f", "StackName": "s"});
    check(
        &installation,
        vec![
            ("CreateStack", json!({"Name": "s", "Tags": {"a": "1"}}), Done(json!({"Stack": {"Name": "s", "Arn": STACK_ARN, "StackErrors": []}}))),
            ("CreateStack", json!({"Name": "s"}), Error("ResourceAlreadyExistsException", "s")),
            ("CreateFleet", fleet(json!({"Tags": {"a": ""}})), Done(json!({"Fleet": {"Name": "f", "Arn": FLEET_ARN, "State": "STOPPED"}}))),
            ("CreateFleet", fleet(json!({})), Error("ResourceAlreadyExistsException", "f")),
            ("ListTagsForResource", json!({"ResourceArn": FLEET_ARN}), Done(json!({"Tags": {"a": ""}}))),
            ("ListTagsForResource", json!({"ResourceArn": STACK_ARN}), Done(json!({"Tags": {"a": "1"}}))),
            ("TagResource", json!({"ResourceArn": STACK_ARN, "Tags": {"b": "2"}}), Done(json!({}))),
            ("UntagResource", json!({"ResourceArn": STACK_ARN, "TagKeys": ["a", "never"]}), Done(json!({}))),
            ("ListTagsForResource", json!({"ResourceArn": STACK_ARN}), Done(json!({"Tags": {"a": null, "b": "2"}}))),
            ("DisassociateFleet", pair.clone(), Error("ResourceNotFoundException", "not associated")),
            ("AssociateFleet", pair.clone(), Done(json!({}))),
            ("AssociateFleet", pair.clone(), Done(json!({}))),
            ("DeleteStack", json!({"Name": "s"}), Error("ResourceInUseException", "Cannot delete stack s. This stack has fleets associated with it. Only stacks with no fleets associated with it can be deleted.")),
            ("DeleteFleet", f.clone(), Error("ResourceInUseException", "The fleet f is associated with a stack. To delete the fleet, you must dissociate it from the stack.")),
            ("CreateStreamingURL", json!({"FleetName": "f", "StackName": "s", "UserId": "ann"}), Error("ResourceNotAvailableException", "RUNNING")),
            ("StopFleet", f.clone(), Done(json!({}))),
            ("StartFleet", f.clone(), Done(json!({}))),
            ("StartFleet", f.clone(), Done(json!({}))),
            ("DescribeSessions", pair.clone(), Done(json!({"Sessions": [], "NextToken": null}))),
        ],
    )
    .await;
    installation.until_state("f", "RUNNING").await;
    check(
        &installation,
        vec![
            (
                "CreateStreamingURL",
                json!({"FleetName": "f", "StackName": "s", "UserId": "ann", "ApplicationId": "none"}),
                Error("ResourceNotFoundException", "none"),
            ),
            (
                "CreateStreamingURL",
                json!({"FleetName": "f", "StackName": "s", "UserId": "ann", "ApplicationId": "Desktop"}),
                Done(json!({})),
            ),
            ("DisassociateFleet", pair.clone(), Done(json!({}))),
            (
                "CreateStreamingURL",
                json!({"FleetName": "f", "StackName": "s", "UserId": "ann"}),
                Error("OperationNotPermittedException", "associated"),
            ),
            ("DeleteFleet", f.clone(), Error("ResourceInUseException", "stop")),
            ("StopFleet", f.clone(), Done(json!({}))),
        ],
    )
    .await;
    installation.until_state("f", "STOPPED").await;
    check(
        &installation,
        vec![
            ("DeleteFleet", f.clone(), Done(json!({}))),
            (
                "DeleteFleet",
                f.clone(),
                Error("ResourceNotFoundException", "The fleet f for account 123456789012 does not exist."),
            ),
            ("DeleteStack", json!({"Name": "s"}), Done(json!({}))),
            (
                "ListTagsForResource",
                json!({"ResourceArn": STACK_ARN}),
                Error("ResourceNotFoundException", STACK_ARN),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_bare_fleet_and_a_bare_stack() {
    let installation = Installation::new().await;
    let expected = json!({
        "Name": "f", "Arn": FLEET_ARN, "ImageName": "image", "ImageArn": IMAGE_ARN, "InstanceType": "stream.standard.small",
        "FleetType": "ON_DEMAND", "State": "STOPPED", "MaxUserDurationInSeconds": 57600, "DisconnectTimeoutInSeconds": 900,
        "IdleDisconnectTimeoutInSeconds": 0, "StreamView": "APP", "EnableDefaultInternetAccess": false, "FleetErrors": [],
        "ComputeCapacityStatus": {"Desired": 1, "Running": 0, "InUse": 0, "Available": 0}, "VpcConfig": null, "Description": null,
    });
    let created = installation.ok("CreateFleet", fleet(json!({}))).await["Fleet"].clone();
    assert!(holds(&created, &expected), "{created}");
    assert_eq!(installation.fleet("f").await, created);

    installation.ok("CreateStack", json!({"Name": "s"})).await;
    let stacks = installation.call_both("DescribeStacks", &json!({"Names": ["s"]})).await.unwrap();
    let stack = &stacks["Stacks"][0];
    assert_eq!(stack["ApplicationSettings"], json!({"Enabled": false, "SettingsGroup": ""}));
    let settings = stack["UserSettings"].as_array().unwrap();
    let disabled: Vec<_> = settings
        .iter()
        .filter(|setting| setting["Permission"] == "DISABLED")
        .map(|setting| setting["Action"].as_str().unwrap())
        .collect();
    assert_eq!(
        (settings.len(), disabled),
        (8, vec!["DOMAIN_SMART_CARD_SIGNIN", "AUTO_TIME_ZONE_REDIRECTION"])
    );
}

#[tokio::test]
async fn what_is_not_built_is_returned_exactly() {
    let installation = Installation::new().await;
    let asked = json!({
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}, "IamRoleArn": "arn:aws:iam::123456789012:role/x",
        "DomainJoinInfo": {"DirectoryName": "example.org", "OrganizationalUnitDistinguishedName": "OU=x"},
        "MaxSessionsPerInstance": 2, "UsbDeviceFilterStrings": [], "SessionScriptS3Location": {"S3Bucket": "bucket", "S3Key": "key"},
        "RootVolumeConfig": {"VolumeSizeInGb": 300}, "DisableIMDSV1": true, "IdleDisconnectTimeoutInSeconds": 60,
    });
    let mut input = asked.clone();
    input["ComputeCapacity"] = json!({"DesiredSessions": 3});
    installation.ok("CreateFleet", fleet(input)).await;
    let found = installation.fleet("f").await;
    assert!(holds(&found, &asked), "{found}");
    assert_eq!(found["ComputeCapacityStatus"]["Desired"], 2);

    let asked = json!({
        "StorageConnectors": [{"ConnectorType": "HOMEFOLDERS", "ResourceIdentifier": "appstream2-36fb080bb8-eu-central-1-123456789012"}, {"ConnectorType": "ONE_DRIVE", "Domains": ["example.org"]}], "FeedbackURL": "https://example.org/",
        "EmbedHostDomains": ["portal.example.org"], "StreamingExperienceSettings": {"PreferredProtocol": "UDP"},
        "ContentRedirection": {"HostToClient": {"Enabled": true, "AllowedUrls": ["https://example.org/*"], "DeniedUrls": []}},
        "WebAuthnRedirection": {"Enabled": true, "ProcessCompatibilityList": ["firefox.exe"]},
        "AgentAccessConfig": {"Settings": [{"AgentAction": "COMPUTER_VISION", "Permission": "ENABLED"}], "ScreenResolution": "W_1280xH_720", "ScreenImageFormat": "PNG"},
    });
    let mut input = asked.clone();
    input["Name"] = json!("s");
    input["ApplicationSettings"] = json!({"Enabled": true});
    let stack = installation.ok("CreateStack", input).await["Stack"].clone();
    assert!(holds(&stack, &asked), "{stack}");
    assert_eq!(stack["ApplicationSettings"]["SettingsGroup"], "s");
    assert_eq!(stack["StackErrors"].as_array().unwrap().len(), 6, "{stack}");
}

#[tokio::test]
async fn parameters_that_contradict_each_other_or_mean_nothing() {
    let installation = Installation::new().await;
    let (combination, value) = ("InvalidParameterCombinationException", "InvalidParameterValueException");
    let elastic = json!({"FleetType": "ELASTIC", "ImageName": null, "ComputeCapacity": null, "Platform": "AMAZON_LINUX2", "MaxConcurrentSessions": 2});
    let elastic_but = |name: &str, changed: Value| {
        let mut input = elastic.clone();
        input[name] = changed;
        fleet(input)
    };
    let stack = |name: &str, changed: Value| json!({"Name": "s", name: changed});
    let home = |mut more: Value| {
        more["ConnectorType"] = json!("HOMEFOLDERS");
        json!([more])
    };
    let clipboard = |permission: &str, length: i32| json!([{"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": permission, "MaximumLength": length}]);
    let agents = |more: Value, enabled: &[&str]| {
        let setting = |action: &str| {
            let permission = if enabled.contains(&action) { "ENABLED" } else { "DISABLED" };
            json!({"AgentAction": action, "Permission": permission})
        };
        let settings: Vec<_> = ["COMPUTER_VISION", "COMPUTER_INPUT", "FORWARD_MCP_TOOLS"].map(setting).into();
        let mut config =
            json!({"Settings": settings, "ScreenResolution": "W_1280xH_720", "ScreenImageFormat": "PNG"});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stack("AgentAccessConfig", config)
    };
    let url = |more: Value| {
        let mut input = json!({"FleetName": "f", "StackName": "s", "UserId": "ann"});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let cases = vec![
        ("CreateFleet", fleet(json!({"ImageName": null})), combination),
        ("CreateFleet", fleet(json!({"ImageArn": IMAGE_ARN})), combination),
        ("CreateFleet", fleet(json!({"ComputeCapacity": null})), combination),
        ("CreateFleet", fleet(json!({"ComputeCapacity": {}})), combination),
        (
            "CreateFleet",
            fleet(json!({"ComputeCapacity": {"DesiredInstances": 1, "DesiredSessions": 1}})),
            combination,
        ),
        ("CreateFleet", fleet(json!({"ComputeCapacity": {"DesiredSessions": 1}})), combination),
        ("CreateFleet", fleet(json!({"MaxSessionsPerInstance": 2})), combination),
        ("CreateFleet", fleet(json!({"MaxConcurrentSessions": 2})), combination),
        ("CreateFleet", elastic_but("ImageName", json!("image")), combination),
        ("CreateFleet", elastic_but("ComputeCapacity", json!({"DesiredInstances": 1})), combination),
        ("CreateFleet", elastic_but("Platform", Value::Null), combination),
        ("CreateFleet", elastic_but("Platform", json!("WINDOWS_SERVER_2022")), combination),
        ("CreateFleet", elastic_but("InstanceType", json!("stream.compute.large")), combination),
        ("CreateFleet", elastic_but("SessionScriptS3Location", json!({"S3Bucket": "bucket"})), combination),
        ("CreateFleet", fleet(json!({"RootVolumeConfig": {"VolumeSizeInGb": 199}})), value),
        (
            "CreateFleet",
            fleet(json!({"IamRoleArn": "arn:aws:iam::123456789012:user/x"})),
            "InvalidRoleException",
        ),
        ("CreateFleet", fleet(json!({"IamRoleArn": "arn:aws:s3:::bucket"})), "InvalidRoleException"),
        ("CreateFleet", fleet(json!({"RootVolumeConfig": {"VolumeSizeInGb": 501}})), value),
        ("CreateFleet", elastic_but("MaxConcurrentSessions", Value::Null), combination),
        ("CreateFleet", elastic_but("DomainJoinInfo", json!({"DirectoryName": "d"})), combination),
        ("CreateFleet", elastic_but("VpcConfig", json!({"SubnetIds": ["one"]})), combination),
        ("CreateFleet", fleet(json!({"VpcConfig": {"SecurityGroupIds": ["one"]}})), combination),
        ("CreateFleet", fleet(json!({"InstanceType": "stream.standard.enormous"})), value),
        ("CreateFleet", fleet(json!({"ComputeCapacity": {"DesiredInstances": -1}})), value),
        ("CreateFleet", fleet(json!({"MaxUserDurationInSeconds": 599})), "ValidationException"),
        ("CreateFleet", fleet(json!({"DisconnectTimeoutInSeconds": 57601})), "ValidationException"),
        ("CreateFleet", fleet(json!({"IdleDisconnectTimeoutInSeconds": 59})), value),
        ("CreateFleet", fleet(json!({"ImageName": "none"})), "ResourceNotFoundException"),
        (
            "CreateFleet",
            fleet(json!({"ComputeCapacity": {"DesiredInstances": 1001}})),
            "LimitExceededException",
        ),
        ("CreateStack", stack("RedirectURL", json!("javascript:alert(1)")), value),
        ("CreateStack", stack("FeedbackURL", json!("ftp://example.org/")), value),
        ("CreateStack", stack("UserSettings", clipboard("DISABLED", 5)), combination),
        ("CreateStack", stack("UserSettings", clipboard("ENABLED", 0)), "ValidationException"),
        ("GetExportImageTask", json!({}), "ResourceNotFoundException"),
        ("DescribeSessions", json!({"StackName": "s", "FleetName": "f", "Limit": 0}), value),
        ("DescribeSessions", json!({"StackName": "s", "FleetName": "f", "Limit": 51}), value),
        ("CreateStack", stack("StorageConnectors", home(json!({"ResourceIdentifier": "mine"}))), value),
        ("CreateStack", stack("StorageConnectors", home(json!({"Domains": ["example.org"]}))), combination),
        (
            "CreateStack",
            stack(
                "StorageConnectors",
                json!([{"ConnectorType": "GOOGLE_DRIVE", "DomainsRequireAdminConsent": ["example.org"]}]),
            ),
            combination,
        ),
        (
            "CreateStack",
            stack(
                "WebAuthnRedirection",
                json!({"Enabled": true, "ProcessCompatibilityList": ["chrome.exe", "Chrome.exe"]}),
            ),
            value,
        ),
        ("CreateStack", agents(json!({}), &["COMPUTER_INPUT"]), combination),
        ("CreateStack", agents(json!({}), &[]), combination),
        ("CreateStack", agents(json!({"ScreenshotsUploadEnabled": true}), &["COMPUTER_VISION"]), combination),
        (
            "CreateStack",
            agents(
                json!({"ReplaySessionEnabled": true, "S3BucketArn": "arn:aws:s3:::bucket"}),
                &["FORWARD_MCP_TOOLS"],
            ),
            combination,
        ),
        (
            "CreateStack",
            agents(json!({"KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/0"}), &["COMPUTER_VISION"]),
            combination,
        ),
        (
            "CreateStack",
            stack("AccessEndpoints", json!([{"EndpointType": "STREAMING"}])),
            "OperationNotPermittedException",
        ),
        ("CreateStreamingURL", url(json!({"Validity": 0})), "ValidationException"),
        ("CreateStreamingURL", url(json!({"Validity": 604_801})), "ValidationException"),
        ("CreateStreamingURL", url(json!({"UserId": "x"})), "ValidationException"),
        ("CreateStreamingURL", url(json!({})), "ResourceNotFoundException"),
        ("DescribeSessions", url(json!({})), combination),
        ("DescribeImages", json!({"Names": ["image"], "Arns": [IMAGE_ARN]}), combination),
        ("DescribeImages", json!({"Names": ["none"]}), "ResourceNotFoundException"),
        ("DescribeFleets", json!({"Names": ["no name"]}), "ResourceNotFoundException"),
        ("DescribeFleets", json!({"NextToken": "made up"}), value),
        ("DescribeStacks", json!({"NextToken": "made up"}), value),
        ("TagResource", json!({"ResourceArn": FLEET_ARN, "Tags": {"aws:x": "y"}}), "ValidationException"),
        ("TagResource", json!({"ResourceArn": FLEET_ARN, "Tags": {"x": "y"}}), "ResourceNotFoundException"),
    ];
    for (operation, input, expected) in cases {
        let answer = installation.call_both(operation, &input).await;
        assert_eq!(answer.as_ref().map_err(|error| error.0.as_str()), Err(expected), "{operation} {input}");
    }
    assert_eq!(installation.ok("DescribeFleets", json!({})).await["Fleets"], json!([]));
    assert_eq!(installation.ok("DescribeStacks", json!({})).await["Stacks"], json!([]));
    installation.ok("CreateFleet", fleet(elastic)).await;
}

#[tokio::test]
async fn idle_time_is_rounded_to_the_nearest_minute() {
    let installation = Installation::new().await;
    for (given, kept) in [(0, 0), (60, 60), (89, 60), (90, 120), (3599, 3600), (36000, 36000)] {
        let input = fleet(json!({"IdleDisconnectTimeoutInSeconds": given, "Name": format!("f{given}")}));
        let created = installation.ok("CreateFleet", input).await;
        assert_eq!(created["Fleet"]["IdleDisconnectTimeoutInSeconds"], kept);
    }
}

#[tokio::test]
async fn no_more_than_fifty_tags_counting_those_added_later() {
    let installation = Installation::new().await;
    let numbered = |range: std::ops::Range<u32>| -> Value {
        range.map(|number| (format!("k{number}"), json!(""))).collect::<serde_json::Map<_, _>>().into()
    };
    let refused = installation.call_both("CreateFleet", &fleet(json!({"Tags": numbered(0..51)}))).await;
    assert_eq!(refused.unwrap_err().0, "ValidationException");
    assert_eq!(
        installation.ok("DescribeFleets", json!({})).await["Fleets"],
        json!([]),
        "neither fleet nor tags"
    );
    installation.ok("CreateFleet", fleet(json!({"Tags": numbered(0..50)}))).await;
    let tag = |tags: Value| json!({"ResourceArn": FLEET_ARN, "Tags": tags});
    let refused = installation.call_both("TagResource", &tag(numbered(49..51))).await;
    assert_eq!(refused.unwrap_err().0, "LimitExceededException");
    installation.ok("TagResource", tag(json!({"k0": "changed"}))).await;
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": FLEET_ARN})).await;
    assert_eq!((tags["Tags"].as_object().unwrap().len(), &tags["Tags"]["k0"]), (50, &json!("changed")));
}

#[tokio::test]
async fn lists_are_paged_and_end() {
    let installation = Installation::new().await;
    for number in 0..60 {
        installation.ok("CreateStack", json!({"Name": format!("s{number:02}")})).await;
    }
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let input = if token.is_null() { json!({}) } else { json!({"NextToken": token}) };
        let page = installation.call_both("DescribeStacks", &input).await.unwrap();
        names.extend(
            page["Stacks"].as_array().unwrap().iter().map(|stack| stack["Name"].as_str().unwrap().to_owned()),
        );
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let expected: Vec<_> = (0..60).map(|number| format!("s{number:02}")).collect();
    assert_eq!(names, expected);
    let named = installation.ok("DescribeStacks", json!({"Names": ["s07", "s03"]})).await;
    assert_eq!(named["Stacks"][1]["Name"], "s03");
    let missing = installation.call("DescribeStacks", json!({"Names": ["s07", "gone"]})).await.unwrap_err();
    assert_eq!(missing.1, "The stack gone for account 123456789012 does not exist.");
}

#[tokio::test]
async fn images_are_shown() {
    let installation = Installation::new().await;
    let expected = json!({
        "Name": "image", "Arn": IMAGE_ARN, "State": "AVAILABLE", "Visibility": "PRIVATE", "Platform": "UBUNTU_PRO_2404", "BaseImageArn": null,
        "Applications": [{"Name": "editor", "LaunchPath": "/usr/bin/editor", "LaunchParameters": "--new", "Enabled": true}, {"Name": "calculator"}],
    });
    for input in [
        json!({}),
        json!({"Names": ["image"]}),
        json!({"Arns": [IMAGE_ARN]}),
        json!({"Type": "PRIVATE", "MaxResults": 1}),
    ] {
        let images = installation.call_both("DescribeImages", &input).await.unwrap();
        assert!(holds(&images["Images"], &json!([expected])), "{input}: {images}");
    }
    assert_eq!(installation.ok("DescribeImages", json!({"Type": "PUBLIC"})).await["Images"], json!([]));
    let all = installation.control.list_images().await.unwrap();
    assert_eq!(all.iter().map(|image| image.arn.as_str()).collect::<Vec<_>>(), [IMAGE_ARN]);
}

#[tokio::test]
async fn scopes_share_nothing() {
    let installation = Installation::new().await;
    installation.ok("CreateStack", json!({"Name": "s"})).await;
    let elsewhere = Caller { region: "us-east-1", ..OWNER };
    for caller in [STRANGER, elsewhere] {
        let call = |operation, input| installation.call_as(caller, Protocol::Cbor, operation, input);
        assert_eq!(call("DescribeStacks", json!({})).await.unwrap()["Stacks"], json!([]));
        let hidden = call("ListTagsForResource", json!({"ResourceArn": STACK_ARN})).await;
        assert_eq!(hidden.unwrap_err().0, "ResourceNotFoundException");
        let shared = call("CreateFleet", fleet(json!({"ImageName": null, "ImageArn": IMAGE_ARN}))).await;
        assert_eq!(shared.unwrap_err().0, "ResourceNotFoundException");
        call("CreateStack", json!({"Name": "s"})).await.unwrap();
    }
}

#[tokio::test]
async fn signatures_are_checked() {
    let installation = Installation::new().await;
    for (caller, expected) in [
        (Caller { key: "AKIDNOBODY", ..OWNER }, "UnrecognizedClientException"),
        (Caller { secret: "guessed", ..OWNER }, "InvalidSignatureException"),
        (Caller { secret: STRANGER.secret, ..OWNER }, "InvalidSignatureException"),
        (Caller { region: "mars-north-1", ..OWNER }, "InvalidSignatureException"),
    ] {
        for protocol in [Protocol::Json, Protocol::Cbor] {
            let refused = installation.call_as(caller, protocol, "CreateStack", json!({"Name": "s"})).await;
            assert_eq!(refused.unwrap_err().0, expected);
        }
    }
    assert_eq!(installation.ok("DescribeStacks", json!({})).await["Stacks"], json!([]));
    assert_eq!(OWNER.region, REGION);
}

#[tokio::test]
async fn operations_that_are_not_built_name_themselves() {
    let installation = Installation::new().await;
    let mut refused = 0;
    for operation in Operation::ALL {
        match installation.call(operation.as_str(), json!({})).await {
            Err((code, message)) if code == "OperationNotPermittedException" => {
                assert!(message.contains(operation.as_str()), "{message}");
                refused += 1;
            }
            // What is built answers, or says what it lacks; what is not, says what it would lack.
            Ok(_) => {}
            Err((code, message)) => assert!(
                // The last one where what names the resource may be left out, and then names none.
                ["ValidationException", "InvalidParameterCombinationException", "ResourceNotFoundException"]
                    .contains(&code.as_str()),
                "{operation}: {code} {message}"
            ),
        }
    }
    assert!(
        refused > 0,
        "none of those that need no input is left to build: this test says nothing any more"
    );
    let user = json!({"UserName": "ann@example.org", "AuthenticationType": "USERPOOL"});
    assert_eq!(
        installation.call_both("CreateUser", &user).await.unwrap_err().0,
        "OperationNotPermittedException"
    );
    assert_eq!(
        installation.call("DescribeWeather", json!({})).await.unwrap_err().0,
        "UnknownOperationException"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creations_of_one_name_one_succeeds() {
    let installation = std::sync::Arc::new(Installation::new().await);
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..20 {
        let installation = installation.clone();
        calls.spawn(async move {
            let tags = json!({"creator": number.to_string()});
            installation.call("CreateFleet", fleet(json!({"Tags": tags}))).await.map(|_| number)
        });
    }
    let mut winners = Vec::new();
    while let Some(answer) = calls.join_next().await {
        match answer.unwrap() {
            Ok(number) => winners.push(number),
            Err((code, _)) => assert_eq!(code, "ResourceAlreadyExistsException"),
        }
    }
    let tags = installation.ok("ListTagsForResource", json!({"ResourceArn": FLEET_ARN})).await;
    assert_eq!(winners.len(), 1);
    assert_eq!(tags["Tags"]["creator"], winners[0].to_string());
}

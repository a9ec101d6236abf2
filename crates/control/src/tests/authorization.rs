//! Who may do what: every operation denies, and conditions on tags protect what bears them.

use millrace_wire::schema::{Shape, Structure, Text};
use millrace_wire::{Operation, Protocol};
use serde_json::{Map, Value, json};

use super::harness::{ACCOUNT, Caller, Installation, OTHER_ACCOUNT, REGION, STRANGER};
use crate::permissions;

fn allow(action: &str, more: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "{action}", "Resource": "*"{more}}}]}}"#
    )
}

async fn call(
    installation: &Installation,
    caller: Caller,
    operation: &str,
    input: Value,
) -> Result<Value, (String, String)> {
    installation.call_as(caller, Protocol::Json, operation, input).await
}

/// The least input that the shape allows.
fn sample(structure: &Structure) -> Value {
    let members = structure.members.iter().filter(|member| member.required);
    Value::Object(members.map(|member| (member.name.to_owned(), value(member.shape))).collect())
}

fn value(shape: &Shape) -> Value {
    match shape {
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!(1_795_448_400),
        Shape::Number(number) => json!(number.min.or(number.max).unwrap_or(7)),
        Shape::Text(shape) => json!(text(shape)),
        Shape::List(list) => json!(vec![value(list.member); list.min.unwrap_or(1).max(1) as usize]),
        Shape::Map(map) => Value::Object(Map::from_iter([("key".to_owned(), value(map.value))])),
        Shape::Structure(inner) => sample(inner),
    }
}

fn text(shape: &Text) -> String {
    if let Some(first) = shape.values.first() {
        return (*first).to_owned();
    }
    let candidates = [
        "name",
        "123456789012",
        "2026-01",
        "arn:aws:appstream:eu-central-1:123456789012:application/name",
        "arn:aws:iam::123456789012:role/name",
        "ami-0123456789abcdef0",
        "wsi-0123456789",
        "user@example.org",
        "12345678",
        "a0b1c2d3-0000-0000-0000-000000000000",
        "A text",
    ];
    let fits = |candidate: &&&str| {
        let length = candidate.chars().count();
        shape.min.is_none_or(|least| length >= least as usize)
            && shape.max.is_none_or(|most| length <= most as usize)
            && shape.pattern.is_none_or(|pattern| pattern.matches(candidate))
    };
    (*candidates.iter().find(fits).unwrap_or_else(|| panic!("no candidate for {shape:?}"))).to_owned()
}

/// The list of operations without a denial case: it must be empty.
#[tokio::test]
async fn every_operation_denies_who_is_not_allowed() {
    let installation = Installation::new().await;
    let nobody = installation.user("nobody", "").await;
    let barred = allow("*", r#"}, {"Effect": "Deny", "Action": "appstream:*", "Resource": "*""#);
    let barred = installation.user("barred", &barred).await;
    let mut without_denial = Vec::new();
    for operation in Operation::ALL {
        let input = sample(operation.input_structure());
        for (caller, why) in [
            (nobody, format!("because no identity-based policy allows the appstream:{operation} action")),
            (barred, "with an explicit deny in an identity-based policy".to_owned()),
        ] {
            match call(&installation, caller, operation.as_str(), input.clone()).await {
                Err((code, message))
                    if code == "AccessDeniedException"
                        && message.contains(&format!(
                            "is not authorized to perform: appstream:{operation} on resource: "
                        ))
                        && message.ends_with(&why) => {}
                other => without_denial.push(format!("{operation} {input}: {other:?}")),
            }
        }
        // Whom all is allowed, it is not denied.
        let allowed = call(&installation, super::harness::OWNER, operation.as_str(), input.clone()).await;
        if let Err((code, message)) = allowed {
            assert_ne!(code, "AccessDeniedException", "{operation}: {message}");
            assert_ne!(code, "ValidationException", "{operation} {input}: {message}");
        }
    }
    assert!(without_denial.is_empty(), "operations without a denial case: {without_denial:#?}");
}

/// Each target of the table is what a statement's Resource must name.
#[tokio::test]
async fn every_resource_of_an_operation_must_be_allowed() {
    let installation = Installation::new().await;
    for operation in Operation::ALL {
        let targets = permissions::of(*operation).targets.len();
        if targets < 2 {
            continue;
        }
        let policy = allow(&format!("appstream:{operation}"), "")
            .replace("\"Resource\": \"*\"", "\"Resource\": \"arn:aws:appstream:*:*:fleet/nothing\"");
        let caller = installation.user(&format!("u-{operation}"), &policy).await;
        let answer =
            call(&installation, caller, operation.as_str(), sample(operation.input_structure())).await;
        assert_eq!(answer.unwrap_err().0, "AccessDeniedException", "{operation}");
    }
}

#[tokio::test]
async fn tags_protect_what_bears_them() {
    let installation = Installation::new().await;
    let team = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
        {{"Effect": "Allow", "Action": ["appstream:CreateStack", "appstream:CreateFleet"], "Resource": "*",
          "Condition": {{"StringEquals": {{"aws:RequestTag/Team": "${{aws:PrincipalTag/Team}}"}},
                        "ForAllValues:StringEquals": {{"aws:TagKeys": ["Team", "Note"]}}}}}},
        {{"Effect": "Allow", "Action": "appstream:TagResource", "Resource": "*",
          "Condition": {{"Null": {{"aws:ResourceTag/Team": "true"}}, "StringEquals": {{"aws:RequestTag/Team": "${{aws:PrincipalTag/Team}}"}}}}}},
        {{"Effect": "Allow", "Action": ["appstream:UpdateStack", "appstream:DeleteStack"], "Resource": "arn:aws:appstream:*:{ACCOUNT}:stack/*",
          "Condition": {{"StringEquals": {{"aws:ResourceTag/Team": "${{aws:PrincipalTag/Team}}"}}}}}},
        {{"Effect": "Allow", "Action": "appstream:TagResource", "Resource": "*",
          "Condition": {{"StringEquals": {{"aws:ResourceTag/Team": "${{aws:PrincipalTag/Team}}"}},
                        "ForAllValues:StringNotEquals": {{"aws:TagKeys": "Team"}}}}}},
        {{"Effect": "Allow", "Action": "appstream:UntagResource", "Resource": "*",
          "Condition": {{"ForAllValues:StringEquals": {{"aws:TagKeys": "Note"}}}}}}]}}"#
    );
    let blue = installation.user("blue", &team).await;
    let red = installation.user("red", &team).await;
    for name in ["blue", "red"] {
        let tags = [("UserName", name), ("Tags.member.1.Key", "Team"), ("Tags.member.1.Value", name)];
        installation.iam("TagUser", &tags).await;
    }
    let arn = format!("arn:aws:appstream:{REGION}:{ACCOUNT}:stack/s");
    let denied = |answer: Result<Value, (String, String)>, what: &str| {
        assert_eq!(answer.expect_err(what).0, "AccessDeniedException", "{what}");
    };
    let create = |tags: Value| json!({"Name": "s", "Tags": tags});
    denied(call(&installation, blue, "CreateStack", json!({"Name": "s"})).await, "without tags");
    denied(call(&installation, blue, "CreateStack", create(json!({"Team": "red"}))).await, "another's tag");
    let two = create(json!({"Team": "blue", "team": "red"}));
    denied(call(&installation, blue, "CreateStack", two).await, "two spellings");
    let more = create(json!({"Team": "blue", "CostCenter": "1"}));
    denied(call(&installation, blue, "CreateStack", more).await, "a key that is not listed");
    call(&installation, blue, "CreateStack", create(json!({"Team": "blue", "Note": "x"}))).await.unwrap();

    let update = || json!({"Name": "s", "Description": "changed"});
    denied(call(&installation, red, "UpdateStack", update()).await, "another team's stack");
    denied(
        call(&installation, red, "UpdateStack", json!({"Name": "none"})).await,
        "a stack that is not there",
    );
    call(&installation, blue, "UpdateStack", update()).await.unwrap();
    let tag = |tags: Value| json!({"ResourceArn": arn, "Tags": tags});
    denied(call(&installation, blue, "TagResource", tag(json!({"Team": "red"}))).await, "give away");
    denied(call(&installation, red, "TagResource", tag(json!({"Note": "y"}))).await, "another's");
    call(&installation, blue, "TagResource", tag(json!({"Note": "y"}))).await.unwrap();
    let untag = |key: &str| json!({"ResourceArn": arn, "TagKeys": [key]});
    denied(call(&installation, blue, "UntagResource", untag("Team")).await, "take away the team");
    call(&installation, blue, "UntagResource", untag("Note")).await.unwrap();
    denied(call(&installation, red, "DeleteStack", json!({"Name": "s"})).await, "delete another's");
    // Root is under no policy, in its own account; another account sees nothing.
    assert_eq!(
        call(&installation, STRANGER, "DeleteStack", json!({"Name": "s"})).await.unwrap_err().0,
        "ResourceNotFoundException"
    );
    call(&installation, blue, "DeleteStack", json!({"Name": "s"})).await.unwrap();
}

#[tokio::test]
async fn conditions_of_the_request() {
    let installation = Installation::new().await;
    let check = async |number: u32, condition: &str, allowed: bool| {
        let caller = installation
            .user(&format!("u{number}"), &allow("appstream:*", &format!(r#", "Condition": {{{condition}}}"#)))
            .await;
        let input = json!({"StackName": "s", "FleetName": "f", "UserId": "jane"});
        let answer = call(&installation, caller, "CreateStreamingURL", input).await.unwrap_err().0;
        assert_eq!(answer != "AccessDeniedException", allowed, "{condition}: {answer}");
    };
    check(1, r#""StringEquals": {"appstream:userId": "jane"}"#, true).await;
    check(2, r#""StringEquals": {"appstream:userId": "bob"}"#, false).await;
    check(3, r#""Bool": {"aws:SecureTransport": "false"}"#, true).await;
    check(4, r#""Bool": {"aws:SecureTransport": "true"}"#, false).await;
    check(5, r#""DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#, false).await;
    check(6, r#""DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}"#, true).await;
    check(7, &format!(r#""ArnLike": {{"aws:PrincipalArn": "arn:aws:iam::{ACCOUNT}:user/u7"}}"#), true).await;
    check(8, &format!(r#""StringEquals": {{"aws:RequestedRegion": "{REGION}"}}"#), true).await;
    check(9, &format!(r#""StringEquals": {{"aws:PrincipalAccount": "{OTHER_ACCOUNT}"}}"#), false).await;
    // The test's requests come from nowhere.
    check(10, r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#, false).await;
    check(11, r#""StringLike": {"aws:userid": "AIDA*"}, "StringEquals": {"aws:username": "u11"}"#, true)
        .await;
}

/// What a caller may not do, it is told before anything is looked up: existence shows in nothing.
#[tokio::test]
async fn a_denial_says_nothing_of_existence() {
    let installation = Installation::new().await;
    installation.create_fleet("there", "ALWAYS_ON", 1).await;
    let caller = installation.user("curious", &allow("appstream:DescribeStacks", "")).await;
    for operation in ["StartFleet", "StopFleet", "DeleteFleet", "UpdateFleet"] {
        let there = call(&installation, caller, operation, json!({"Name": "there"})).await.unwrap_err();
        let nowhere = call(&installation, caller, operation, json!({"Name": "nowhere"})).await.unwrap_err();
        assert_eq!((there.0, there.1.replace("there", "X")), (nowhere.0, nowhere.1.replace("nowhere", "X")));
    }
    let listed =
        call(&installation, caller, "DescribeFleets", json!({"Names": ["there"]})).await.unwrap_err().1;
    let expected = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/curious is not authorized to perform: appstream:DescribeFleets on resource: \
         arn:aws:appstream:{REGION}:{ACCOUNT}:fleet/* because no identity-based policy allows the appstream:DescribeFleets action"
    );
    assert_eq!(listed, expected);
}

/// A resource that is created with tags must be allowed to be tagged, and one without tags need not be.
#[tokio::test]
async fn tags_at_creation_need_the_right_to_tag() {
    let installation = Installation::new().await;
    let barred =
        allow("appstream:*", r#"}, {"Effect": "Deny", "Action": "appstream:TagResource", "Resource": "*""#);
    let barred = installation.user("barred", &barred).await;
    let creator = installation.user("creator", &allow("appstream:Create*", "")).await;
    for operation in Operation::ALL {
        let permission = permissions::of(*operation);
        let (Some(member), Some(_)) = (permission.tags, permission.tagged) else { continue };
        let mut input = sample(operation.input_structure());
        for (caller, why) in [(barred, "explicit deny"), (creator, "allows the appstream:TagResource action")]
        {
            input[member] = json!({"Team": "blue"});
            let error = call(&installation, caller, operation.as_str(), input.clone()).await.unwrap_err();
            assert_eq!(error.0, "AccessDeniedException", "{operation}");
            assert!(error.1.contains("appstream:TagResource") && error.1.contains(why), "{}", error.1);
            input[member] = json!({});
            let answer = call(&installation, caller, operation.as_str(), input.clone()).await;
            let code = answer.err().map(|error| error.0);
            assert_ne!(code.as_deref(), Some("AccessDeniedException"), "{operation} without tags");
        }
    }
    call(&installation, creator, "CreateStack", json!({"Name": "plain"})).await.unwrap();
}

/// A Deny on one resource holds for every operation that names it.
#[tokio::test]
async fn a_denied_resource_is_out_of_reach() {
    let installation = Installation::new().await;
    let deny = format!(
        r#"}}, {{"Effect": "Deny", "Action": "*", "Resource": "arn:aws:appstream:{REGION}:{ACCOUNT}:image/secret""#
    );
    let caller = installation.user("caller", &allow("appstream:*", &deny)).await;
    for (operation, input) in [
        (
            "CreateExportImageTask",
            json!({"ImageName": "secret", "AmiName": "copy", "IamRoleArn": "arn:aws:iam::1:role/r"}),
        ),
        (
            "CopyImage",
            json!({"SourceImageName": "secret", "DestinationImageName": "n", "DestinationRegion": REGION}),
        ),
        (
            "CopyImage",
            json!({"SourceImageName": "n", "DestinationImageName": "secret", "DestinationRegion": REGION}),
        ),
        ("CreateUpdatedImage", json!({"existingImageName": "secret", "newImageName": "n"})),
        ("CreateUpdatedImage", json!({"existingImageName": "n", "newImageName": "secret"})),
        ("CreateImportedImage", json!({"Name": "secret", "IamRoleArn": "arn:aws:iam::1:role/r"})),
        ("UpdateFleet", json!({"Name": "f", "ImageName": "secret"})),
        (
            "UpdateFleet",
            json!({"Name": "f", "ImageArn": format!("arn:aws:appstream:{REGION}:{ACCOUNT}:image/secret")}),
        ),
        ("DescribeImagePermissions", json!({"Name": "secret"})),
        (
            "ListTagsForResource",
            json!({"ResourceArn": format!("arn:aws:appstream:{REGION}:{ACCOUNT}:image/secret")}),
        ),
    ] {
        let error = call(&installation, caller, operation, input).await.unwrap_err();
        assert_eq!(error.0, "AccessDeniedException", "{operation}: {}", error.1);
        assert!(error.1.contains("image/secret with an explicit deny"), "{operation}: {}", error.1);
    }
}

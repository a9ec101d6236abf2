//! Users, groups, roles and keys through the query APIs.

use millrace_wire::Protocol;
use serde_json::json;

use super::calls::element;
use super::harness::{ACCOUNT, Caller, Installation, OTHER_ACCOUNT, OWNER, STRANGER};

const ALL: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
const READ: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "appstream:Describe*", "Resource": "*"}}"#;

async fn may(installation: &Installation, caller: Caller, operation: &str) -> Result<(), String> {
    let answer = installation.call_as(caller, Protocol::Cbor, operation, json!({})).await;
    answer.map(drop).map_err(|(code, _)| code)
}

#[tokio::test]
async fn access_keys_are_two_at_most_and_rotate() {
    let installation = Installation::new().await;
    let first = installation.user("jane", READ).await;
    let second = installation.access_key("jane").await;
    let third =
        installation.query(OWNER, "iam", "CreateAccessKey", &[("UserName", "jane")]).await.unwrap_err();
    assert_eq!(third.0, "LimitExceeded");
    assert_eq!(may(&installation, first, "DescribeStacks").await, Ok(()));
    let update = [("UserName", "jane"), ("AccessKeyId", first.key), ("Status", "Inactive")];
    installation.iam("UpdateAccessKey", &update).await;
    assert_eq!(
        may(&installation, first, "DescribeStacks").await,
        Err("UnrecognizedClientException".to_owned())
    );
    assert_eq!(may(&installation, second, "DescribeStacks").await, Ok(()));
    let listed = installation.iam("ListAccessKeys", &[("UserName", "JANE")]).await;
    assert!(listed.contains("<Status>Inactive</Status>") && !listed.contains(first.secret), "{listed}");
    installation
        .iam("UpdateAccessKey", &[("UserName", "jane"), ("AccessKeyId", first.key), ("Status", "Active")])
        .await;
    assert_eq!(may(&installation, first, "DescribeStacks").await, Ok(()));
    installation.iam("DeleteAccessKey", &[("UserName", "jane"), ("AccessKeyId", first.key)]).await;
    assert_eq!(
        may(&installation, first, "DescribeStacks").await,
        Err("UnrecognizedClientException".to_owned())
    );
    // Another secret for the same key is refused.
    let wrong = Caller { secret: first.secret, ..second };
    assert_eq!(
        may(&installation, wrong, "DescribeStacks").await,
        Err("InvalidSignatureException".to_owned())
    );
}

#[tokio::test]
async fn identities_outlive_a_restart_and_the_database_shows_no_secret() {
    let installation = Installation::new().await;
    let jane = installation.user("jane", READ).await;
    let rows = installation.store.identities().await.unwrap();
    assert!(
        rows.iter().all(|row| !row.body.as_deref().unwrap_or_default().contains(jane.secret)),
        "{rows:?}"
    );
    let installation = installation.restart(true).await;
    assert_eq!(may(&installation, jane, "DescribeStacks").await, Ok(()));
    assert_eq!(
        may(&installation, jane, "DescribeUsageReportSubscriptions").await,
        Err("OperationNotPermittedException".to_owned())
    );
}

#[tokio::test]
async fn groups_managed_policies_and_boundaries() {
    let installation = Installation::new().await;
    let jane = installation.user("jane", "").await;
    let denied = Err("AccessDeniedException".to_owned());
    assert_eq!(may(&installation, jane, "DescribeStacks").await, denied);
    let created = installation
        .iam("CreatePolicy", &[("PolicyName", "readers"), ("Path", "/all/"), ("PolicyDocument", READ)])
        .await;
    let policy = element(&created, "Arn").to_owned();
    assert_eq!(policy, format!("arn:aws:iam::{ACCOUNT}:policy/all/readers"));
    installation.iam("CreateGroup", &[("GroupName", "Team")]).await;
    installation.iam("AttachGroupPolicy", &[("GroupName", "team"), ("PolicyArn", &policy)]).await;
    installation.iam("AddUserToGroup", &[("GroupName", "Team"), ("UserName", "jane")]).await;
    assert_eq!(may(&installation, jane, "DescribeStacks").await, Ok(()));
    // A new default version counts at once.
    let none = READ.replace("Allow", "Deny");
    let version = [("PolicyArn", policy.as_str()), ("PolicyDocument", &none), ("SetAsDefault", "true")];
    installation.iam("CreatePolicyVersion", &version).await;
    assert_eq!(may(&installation, jane, "DescribeStacks").await, denied);
    installation.iam("SetDefaultPolicyVersion", &[("PolicyArn", &policy), ("VersionId", "v1")]).await;
    assert_eq!(may(&installation, jane, "DescribeStacks").await, Ok(()));
    // A boundary narrows, and one that hangs on a policy keeps it.
    let boundary = READ.replace("Describe*", "DescribeFleets");
    let created =
        installation.iam("CreatePolicy", &[("PolicyName", "limit"), ("PolicyDocument", &boundary)]).await;
    let limit = element(&created, "Arn").to_owned();
    installation
        .iam("PutUserPermissionsBoundary", &[("UserName", "jane"), ("PermissionsBoundary", &limit)])
        .await;
    assert_eq!(may(&installation, jane, "DescribeStacks").await, denied);
    assert_eq!(may(&installation, jane, "DescribeFleets").await, Ok(()));
    for (action, params) in [
        ("DeletePolicy", vec![("PolicyArn", limit.as_str())]),
        ("DeletePolicy", vec![("PolicyArn", policy.as_str())]),
        ("DeleteGroup", vec![("GroupName", "Team")]),
        ("DeleteUser", vec![("UserName", "jane")]),
    ] {
        let error = installation.query(OWNER, "iam", action, &params).await.unwrap_err();
        assert_eq!(error.0, "DeleteConflict", "{action}");
    }
    installation.iam("RemoveUserFromGroup", &[("GroupName", "Team"), ("UserName", "jane")]).await;
    assert_eq!(may(&installation, jane, "DescribeFleets").await, denied);
}

#[tokio::test]
async fn roles_give_sessions_that_narrow_and_end() {
    let installation = Installation::new().await;
    let jane = installation.user("jane", "").await;
    let bob = installation.user("bob", "").await;
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:user/jane"}}}}]}}"#
    );
    installation.iam("CreateRole", &[("RoleName", "admin"), ("AssumeRolePolicyDocument", &trust)]).await;
    installation
        .iam("PutRolePolicy", &[("RoleName", "admin"), ("PolicyName", "all"), ("PolicyDocument", ALL)])
        .await;
    assert_eq!(installation.assume(bob, "admin", &[]).await.unwrap_err().0, "AccessDenied");
    assert_eq!(installation.assume(jane, "none", &[]).await.unwrap_err().0, "AccessDenied");
    assert_eq!(installation.assume(OWNER, "admin", &[]).await.unwrap_err().0, "AccessDenied");
    let session = installation.assume(jane, "admin", &[]).await.unwrap();
    assert_eq!(may(&installation, session, "DescribeStacks").await, Ok(()));
    let identity = installation.query(session, "sts", "GetCallerIdentity", &[]).await.unwrap();
    assert_eq!(element(&identity, "Arn"), format!("arn:aws:sts::{ACCOUNT}:assumed-role/admin/session"));
    // Without its token, or with another's, the key is nobody's.
    let unknown = Err("UnrecognizedClientException".to_owned());
    assert_eq!(may(&installation, Caller { token: None, ..session }, "DescribeStacks").await, unknown);
    let other = installation.assume(jane, "admin", &[]).await.unwrap();
    assert_eq!(may(&installation, Caller { token: other.token, ..session }, "DescribeStacks").await, unknown);
    assert_eq!(may(&installation, Caller { token: Some("x"), ..OWNER }, "DescribeStacks").await, unknown);
    // A session policy narrows.
    let narrow = READ.replace("Describe*", "DescribeFleets");
    let narrow =
        installation.assume(jane, "admin", &[("Policy", &narrow), ("DurationSeconds", "900")]).await.unwrap();
    assert_eq!(may(&installation, narrow, "DescribeFleets").await, Ok(()));
    assert_eq!(may(&installation, narrow, "DescribeStacks").await, Err("AccessDeniedException".to_owned()));
    // It outlives a restart, but not its time, nor its role.
    let installation = installation.restart(false).await;
    assert_eq!(may(&installation, narrow, "DescribeFleets").await, Ok(()));
    installation.pass(901);
    assert_eq!(may(&installation, narrow, "DescribeFleets").await, Err("ExpiredTokenException".to_owned()));
    assert_eq!(may(&installation, session, "DescribeFleets").await, Ok(()));
    installation.iam("DeleteRolePolicy", &[("RoleName", "admin"), ("PolicyName", "all")]).await;
    assert_eq!(may(&installation, session, "DescribeFleets").await, Err("AccessDeniedException".to_owned()));
    installation.iam("DeleteRole", &[("RoleName", "admin")]).await;
    installation.iam("CreateRole", &[("RoleName", "admin"), ("AssumeRolePolicyDocument", &trust)]).await;
    assert_eq!(may(&installation, session, "DescribeFleets").await, unknown);
}

#[tokio::test]
async fn accounts_are_apart() {
    let installation = Installation::new().await;
    installation.user("jane", ALL).await;
    let listed = installation.query(STRANGER, "iam", "ListUsers", &[]).await.unwrap();
    assert!(!listed.contains("jane"), "{listed}");
    // A role that trusts another account needs that account's own word as well.
    let trust = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{OTHER_ACCOUNT}"}}}}]}}"#
    );
    installation.iam("CreateRole", &[("RoleName", "shared"), ("AssumeRolePolicyDocument", &trust)]).await;
    installation.query(STRANGER, "iam", "CreateUser", &[("UserName", "guest")]).await.unwrap();
    let key = installation.query(STRANGER, "iam", "CreateAccessKey", &[("UserName", "guest")]).await.unwrap();
    let leak = |name: &str| -> &'static str { Box::leak(element(&key, name).to_owned().into_boxed_str()) };
    let guest = Caller { key: leak("AccessKeyId"), secret: leak("SecretAccessKey"), ..STRANGER };
    assert_eq!(installation.assume(guest, "shared", &[]).await.unwrap_err().0, "AccessDenied");
    let policy = [("UserName", "guest"), ("PolicyName", "p"), ("PolicyDocument", ALL)];
    installation.query(STRANGER, "iam", "PutUserPolicy", &policy).await.unwrap();
    installation.assume(guest, "shared", &[]).await.unwrap();
}

#[tokio::test]
async fn iam_denies_and_refuses_clearly() {
    let installation = Installation::new().await;
    let jane = installation.user("jane", "").await;
    for action in millrace_iam::ACTIONS {
        let params = [
            ("UserName", "x"),
            ("GroupName", "x"),
            ("RoleName", "x"),
            ("PolicyName", "x"),
            ("PolicyArn", "arn:aws:iam::aws:policy/x"),
        ];
        let error = installation.query(jane, "iam", action.name, &params).await.unwrap_err();
        assert_eq!(error.0, "AccessDenied", "{}", action.name);
        assert!(
            error.1.contains(&format!("is not authorized to perform: iam:{} on resource: ", action.name)),
            "{}",
            error.1
        );
    }
    let check = async |action: &str, params: &[(&str, &str)], code: &str, words: &str| {
        let error = installation.query(OWNER, "iam", action, params).await.unwrap_err();
        assert_eq!(error.0, code, "{action}: {}", error.1);
        assert!(error.1.contains(words), "{action}: {}", error.1);
    };
    check("CreateVirtualMFADevice", &[], "InvalidAction", "CreateVirtualMFADevice").await;
    check("CreateUser", &[], "ValidationError", "userName").await;
    check("CreateUser", &[("UserName", "a b")], "ValidationError", "alphanumeric").await;
    check("CreateUser", &[("UserName", "JANE")], "EntityAlreadyExists", "JANE").await;
    check("GetUser", &[("UserName", "bob")], "NoSuchEntity", "bob").await;
    let bad = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringIs": {"a:b": "c"}}}]}"#;
    let put = [("UserName", "jane"), ("PolicyName", "p"), ("PolicyDocument", bad)];
    check("PutUserPolicy", &put, "MalformedPolicyDocument", "StringIs").await;
    let long = format!("{}{}", READ, " ".repeat(100)).replace("Describe*", &"x".repeat(3000));
    let put = [("UserName", "jane"), ("PolicyName", "p"), ("PolicyDocument", &long)];
    check("PutUserPolicy", &put, "LimitExceeded", "2048").await;
    check(
        "AttachUserPolicy",
        &[("UserName", "jane"), ("PolicyArn", "arn:aws:iam::aws:policy/None")],
        "NoSuchEntity",
        "None",
    )
    .await;
    // A refused change leaves nothing behind.
    let policies = installation.iam("ListUserPolicies", &[("UserName", "jane")]).await;
    assert!(!policies.contains("<member>"), "{policies}");
    let stranger = Caller { key: "AKIDNOBODY", ..OWNER };
    let error = installation.query(stranger, "iam", "ListUsers", &[]).await.unwrap_err();
    assert_eq!(error.0, "InvalidClientTokenId");
    let wrong = Caller { secret: "another", ..OWNER };
    let error = installation.query(wrong, "sts", "GetCallerIdentity", &[]).await.unwrap_err();
    assert_eq!(error.0, "SignatureDoesNotMatch");
}

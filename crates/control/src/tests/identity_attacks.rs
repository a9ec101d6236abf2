//! What a caller must not gain by spelling, renaming or foreign parameters.

use super::harness::{ACCOUNT, Caller, Installation, OWNER};

const ALL: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
const READ: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "appstream:Describe*", "Resource": "*"}}"#;
const ALLOW_IAM: &str = r#"{"Effect": "Allow", "Action": ["iam:*", "sts:*"], "Resource": "*"}"#;

fn statements(statements: &[&str]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

async fn code_of(
    installation: &Installation,
    caller: Caller,
    action: &str,
    params: &[(&str, &str)],
) -> &'static str {
    match installation.query(caller, "iam", action, params).await {
        Ok(_) => "",
        Err((code, _)) => Box::leak(code.into_boxed_str()),
    }
}

/// The entity that is stored decides, in whatever letters its name is written.
#[tokio::test]
async fn another_spelling_is_the_same_user() {
    let installation = Installation::new().await;
    installation.iam("CreateUser", &[("UserName", "Boss"), ("Path", "/chiefs/")]).await;
    installation.iam("CreateGroup", &[("GroupName", "Admins")]).await;
    let trust = statements(&[&format!(
        r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{ACCOUNT}"}}}}"#
    )]);
    installation
        .iam("CreateRole", &[("RoleName", "Break-Glass"), ("AssumeRolePolicyDocument", &trust)])
        .await;
    let deny = format!(
        r#"{{"Effect": "Deny", "Action": "iam:*", "Resource": ["arn:aws:iam::{ACCOUNT}:user/chiefs/Boss",
            "arn:aws:iam::{ACCOUNT}:user/Self", "arn:aws:iam::{ACCOUNT}:group/Admins", "arn:aws:iam::{ACCOUNT}:role/Break-Glass"]}}"#
    );
    let caller = installation.user("Self", &statements(&[ALLOW_IAM, &deny])).await;
    for action in millrace_iam::ACTIONS {
        let about = ["User", "Group", "Role"].into_iter().find(|kind| {
            action.name.contains(kind) || (*kind == "User" && action.name.contains("AccessKey"))
        });
        let about = if action.name.contains("AccessKey") { Some("User") } else { about };
        let Some(kind) =
            about.filter(|_| !action.name.starts_with("Create") || action.name == "CreateAccessKey")
        else {
            continue;
        };
        if action.name == "ListUsers" || action.name == "ListGroups" || action.name == "ListRoles" {
            continue;
        }
        let kind = if action.name.ends_with("ToGroup") || action.name.ends_with("FromGroup") {
            "Group"
        } else {
            kind
        };
        let kind = if action.name == "ListGroupsForUser" { "User" } else { kind };
        let (member, names): (_, &[&str]) = match kind {
            "User" => ("UserName", &["Boss", "boss", "BOSS", "bOSS", "self", "SELF"]),
            "Group" => ("GroupName", &["Admins", "admins", "ADMINS"]),
            _ => ("RoleName", &["Break-Glass", "break-glass", "BREAK-GLASS"]),
        };
        for name in names {
            let params =
                [(member, *name), ("PolicyName", "user"), ("PolicyDocument", READ), ("Path", "/other/")];
            assert_eq!(
                code_of(&installation, caller, action.name, &params).await,
                "AccessDenied",
                "{} {name}",
                action.name
            );
        }
        // Without a name, it is the caller.
        if kind == "User" {
            let params = [("PolicyName", "user"), ("PolicyDocument", READ)];
            assert_eq!(
                code_of(&installation, caller, action.name, &params).await,
                "AccessDenied",
                "{}",
                action.name
            );
        }
    }
    // A letter that only Unicode folds to ASCII names nobody.
    installation.iam("CreateUser", &[("UserName", "kim")]).await;
    assert_eq!(code_of(&installation, OWNER, "GetUser", &[("UserName", "\u{212a}im")]).await, "NoSuchEntity");
}

/// Who may rename, may not become somebody else's name; and a name that is given anew is not trusted for its last bearer.
#[tokio::test]
async fn a_name_gives_no_trust() {
    let installation = Installation::new().await;
    let trust = |name: &str| {
        statements(&[&format!(
            r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:user/{name}"}}}}"#
        )])
    };
    let refused = [("RoleName", "glass"), ("AssumeRolePolicyDocument", &trust("oncall"))];
    let error = installation.query(OWNER, "iam", "CreateRole", &refused).await.unwrap_err();
    assert_eq!(error.0, "MalformedPolicyDocument");
    assert!(error.1.contains("Invalid principal in policy"), "{}", error.1);

    let oncall = installation.user("oncall", "").await;
    installation
        .iam("CreateRole", &[("RoleName", "glass"), ("AssumeRolePolicyDocument", &trust("oncall"))])
        .await;
    installation.assume(oncall, "glass", &[]).await.unwrap();
    // Renamed, it is still the same user, and the policy shows its name of today.
    installation.iam("UpdateUser", &[("UserName", "oncall"), ("NewUserName", "night")]).await;
    installation.assume(oncall, "glass", &[]).await.unwrap();
    let shown = installation.iam("GetRole", &[("RoleName", "glass")]).await;
    assert!(shown.contains("user%2Fnight"), "{shown}");
    // The next bearer of the name is another user, also after a restart.
    let second = installation.user("oncall", "").await;
    assert_eq!(installation.assume(second, "glass", &[]).await.unwrap_err().0, "AccessDenied");
    let installation = installation.restart(false).await;
    assert_eq!(installation.assume(second, "glass", &[]).await.unwrap_err().0, "AccessDenied");
    // Of who is gone, the unique id is left.
    for (action, params) in [
        ("DeleteAccessKey", vec![("UserName", "night"), ("AccessKeyId", oncall.key)]),
        ("DeleteUser", vec![("UserName", "night")]),
    ] {
        installation.iam(action, &params).await;
    }
    let shown = installation.iam("GetRole", &[("RoleName", "glass")]).await;
    assert!(shown.contains("AIDA") && !shown.contains("user%2F"), "{shown}");
    // The new one is trusted once somebody says so.
    let put = [("RoleName", "glass"), ("PolicyDocument", &trust("oncall"))];
    installation.iam("UpdateAssumeRolePolicy", &put).await;
    installation.assume(second, "glass", &[]).await.unwrap();

    let interns = format!(
        r#"{{"Effect": "Allow", "Action": "iam:UpdateUser", "Resource": "arn:aws:iam::{ACCOUNT}:user/intern-*"}}"#
    );
    let caller = installation.user("intern-1", &statements(&[&interns])).await;
    for params in [
        vec![("UserName", "intern-1"), ("NewUserName", "oncall2")],
        vec![("NewUserName", "oncall2")],
        vec![("UserName", "INTERN-1"), ("NewPath", "/chiefs/")],
        vec![("UserName", "oncall"), ("NewUserName", "intern-2")],
    ] {
        assert_eq!(code_of(&installation, caller, "UpdateUser", &params).await, "AccessDenied", "{params:?}");
    }
    let params = [("UserName", "intern-1"), ("NewUserName", "intern-2")];
    assert_eq!(code_of(&installation, caller, "UpdateUser", &params).await, "");
}

/// Roles of a database from before ids were bound take up those who have the names when the server starts, and keep to them.
#[tokio::test]
async fn stored_trust_is_bound_once() {
    let installation = Installation::new().await;
    let jane = installation.user("jane", "").await;
    let trust = statements(&[&format!(
        r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "arn:aws:iam::{ACCOUNT}:user/jane"}}}}"#
    )]);
    installation.iam("CreateRole", &[("RoleName", "old"), ("AssumeRolePolicyDocument", &trust)]).await;
    let mut row =
        installation.store.identities().await.unwrap().into_iter().find(|row| row.name == "old").unwrap();
    let mut body: serde_json::Value = serde_json::from_str(row.body.as_deref().unwrap()).unwrap();
    body.as_object_mut().unwrap().remove("trusted").unwrap();
    row.body = Some(body.to_string());
    installation.store.write_identities(&[row]).await.unwrap();
    let installation = installation.restart(false).await;
    installation.assume(jane, "old", &[]).await.unwrap();
    let rows = installation.store.identities().await.unwrap();
    let row = rows.iter().find(|row| row.name == "old").unwrap();
    assert!(row.body.as_deref().unwrap().contains(r#""trusted":{"#), "{row:?}");
}

/// For each action and condition key: a value that is allowed, one that is not, and, for an action that has not the key, the parameter added in
/// vain. The expected table is AWS's service authorization reference for IAM.
#[tokio::test]
async fn condition_keys_are_those_that_an_action_has() {
    const GIVEN: &[&str] =
        &["CreateUser", "CreateRole", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary"];
    const OWN: &[&str] = &[
        "AttachUserPolicy",
        "DetachUserPolicy",
        "PutUserPolicy",
        "DeleteUserPolicy",
        "DeleteUserPermissionsBoundary",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "PutRolePolicy",
        "DeleteRolePolicy",
        "DeleteRolePermissionsBoundary",
    ];
    const POLICY: &[&str] = &[
        "AttachUserPolicy",
        "DetachUserPolicy",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "AttachGroupPolicy",
        "DetachGroupPolicy",
    ];
    const TAGS: &[&str] = &["CreateUser", "CreateRole", "CreatePolicy", "TagUser", "TagRole", "TagPolicy"];
    const TAG_KEYS: &[&str] = &["UntagUser", "UntagRole", "UntagPolicy"];
    let installation = Installation::new().await;
    let boundary = format!("arn:aws:iam::{ACCOUNT}:policy/Boundary");
    installation.iam("CreatePolicy", &[("PolicyName", "Boundary"), ("PolicyDocument", ALL)]).await;
    installation.iam("CreatePolicy", &[("PolicyName", "Other"), ("PolicyDocument", ALL)]).await;
    let trust = statements(&[&format!(
        r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {{"AWS": "{ACCOUNT}"}}}}"#
    )]);
    for (name, bound) in [("bounded", true), ("free", false)] {
        let mut user = vec![("UserName", name)];
        let mut role = vec![("RoleName", name), ("AssumeRolePolicyDocument", trust.as_str())];
        if bound {
            user.push(("PermissionsBoundary", &boundary));
            role.push(("PermissionsBoundary", &boundary));
        }
        installation.iam("CreateUser", &user).await;
        installation.iam("CreateRole", &role).await;
        installation.iam("CreateGroup", &[("GroupName", name)]).await;
    }
    let conditions = [
        ("iam:PermissionsBoundary", format!(r#""ArnEquals": {{"iam:PermissionsBoundary": "{boundary}"}}"#)),
        ("iam:PolicyARN", format!(r#""ArnEquals": {{"iam:PolicyARN": "{boundary}"}}"#)),
        ("aws:RequestTag", r#""StringEquals": {"aws:RequestTag/Team": "blue"}"#.to_owned()),
        ("aws:TagKeys", r#""ForAnyValue:StringEquals": {"aws:TagKeys": "Team"}"#.to_owned()),
    ];
    let other = boundary.replace("Boundary", "Other");
    let mut table = Vec::new();
    for (key, condition) in &conditions {
        let policy = statements(&[&format!(
            r#"{{"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {{{condition}}}}}"#
        )]);
        let caller = installation.user(&format!("c-{}", key.replace(':', "-")), &policy).await;
        for action in millrace_iam::ACTIONS {
            let name = action.name;
            let (on_target, has) = match *key {
                "iam:PermissionsBoundary" => {
                    (OWN.contains(&name), GIVEN.contains(&name) || OWN.contains(&name))
                }
                "iam:PolicyARN" => (false, POLICY.contains(&name)),
                "aws:RequestTag" => (false, TAGS.contains(&name)),
                _ => (false, TAGS.contains(&name) || TAG_KEYS.contains(&name)),
            };
            table.push(format!("{name} {key} {has}"));
            let decided = async |good: bool, parameters: bool| {
                // An earlier case may have taken it away.
                for (action, member) in
                    [("PutUserPermissionsBoundary", "UserName"), ("PutRolePermissionsBoundary", "RoleName")]
                {
                    let put = [(member, "bounded"), ("PermissionsBoundary", boundary.as_str())];
                    installation.iam(action, &put).await;
                }
                let value = |is: &'static str, not: &'static str| if good { is } else { not };
                let target = if good { "bounded" } else { "free" };
                let mut params = vec![("UserName", target), ("RoleName", target), ("GroupName", target)];
                params.extend([("PolicyName", "p"), ("PolicyDocument", "{")]);
                if *key == "iam:PolicyARN" || name.contains("olicy") {
                    params.push(("PolicyArn", if good { boundary.as_str() } else { other.as_str() }));
                }
                if parameters && *key == "iam:PermissionsBoundary" {
                    params
                        .push(("PermissionsBoundary", if good { boundary.as_str() } else { other.as_str() }));
                }
                if key.starts_with("aws:") {
                    params.extend([
                        ("Tags.member.1.Key", value("Team", "None")),
                        ("Tags.member.1.Value", "blue"),
                        ("TagKeys.member.1", value("Team", "None")),
                    ]);
                }
                code_of(&installation, caller, name, &params).await != "AccessDenied"
            };
            assert_eq!(decided(true, !on_target).await, has, "{name} with {key} as the policy wants it");
            assert!(!decided(false, true).await, "{name} with another {key}");
        }
    }
    assert_eq!(table.len(), conditions.len() * millrace_iam::ACTIONS.len());
}

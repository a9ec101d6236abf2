//! Who may assume a role.

use millrace_policy::{Caller, TrustDecision, TrustPolicy};

use super::context;

const JANE: &str = "arn:aws:iam::123456789012:user/jane";

fn check(principal: &str, more: &str, expected: TrustDecision) {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {principal}}}{more}]}}"#
    );
    let policy = TrustPolicy::parse(&text).unwrap();
    let caller = Caller { account: "123456789012", arns: &[JANE.to_owned()] };
    let context = context(&[("aws:PrincipalArn", JANE)]);
    assert_eq!(policy.decide("sts:AssumeRole", caller, &context), expected, "{text}");
}

#[test]
fn principals() {
    check(r#"{"AWS": "arn:aws:iam::123456789012:user/jane"}"#, "", TrustDecision::Named);
    check(r#"{"AWS": ["999999999999", "arn:aws:iam::123456789012:user/jane"]}"#, "", TrustDecision::Named);
    check(r#""*""#, "", TrustDecision::Named);
    check(r#"{"AWS": "123456789012"}"#, "", TrustDecision::Account);
    check(r#"{"AWS": "arn:aws:iam::123456789012:root"}"#, "", TrustDecision::Account);
    check(r#"{"AWS": "arn:aws:iam::999999999999:root"}"#, "", TrustDecision::Untrusted);
    check(r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#, "", TrustDecision::Untrusted);
    check(r#"{"Service": "appstream.amazonaws.com"}"#, "", TrustDecision::Untrusted);
}

#[test]
fn a_deny_refuses_and_conditions_count() {
    let deny = r#", {"Effect": "Deny", "Action": "sts:*", "Principal": {"AWS": "123456789012"}}"#;
    check(r#"{"AWS": "arn:aws:iam::123456789012:user/jane"}"#, deny, TrustDecision::Refused);
    let other = r#", {"Effect": "Deny", "Action": "*", "Principal": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "*bob"}}}"#;
    check(r#"{"AWS": "123456789012"}"#, other, TrustDecision::Account);
}

//! A table of cases written from the documented rules.

use millrace_policy::{Decision, Denial, Policies, Policy, Request, Source, decide};

use super::{DENIED, REFUSED, context, decided, policy};

const FLEET: &str = "arn:aws:appstream:us-east-1:123456789012:fleet/editors";

#[test]
fn an_explicit_deny_wins_and_nothing_is_allowed_by_itself() {
    let allow = r#"{"Effect": "Allow", "Action": "appstream:*", "Resource": "*"}"#;
    let deny = r#"{"Effect": "Deny", "Action": "appstream:DeleteFleet", "Resource": "*"}"#;
    let both = policy(&format!("{allow}, {deny}"));
    let reversed = policy(&format!("{deny}, {allow}"));
    for policy in [&both, &reversed] {
        assert_eq!(decided(policy, "appstream:DeleteFleet", FLEET, &context(&[])), REFUSED);
        assert_eq!(decided(policy, "appstream:StartFleet", FLEET, &context(&[])), Decision::Allowed);
        assert_eq!(decided(policy, "iam:CreateUser", "*", &context(&[])), DENIED);
    }
    let none =
        decide(&Policies::default(), &Request { action: "a:B", resource: "*", context: &context(&[]) });
    assert_eq!(none, DENIED);
    assert_eq!(decided(&Policy::deny_all(), "a:B", "*", &context(&[])), REFUSED);
}

#[test]
fn actions_and_resources() {
    let check = |elements: &str, action: &str, resource: &str, allowed: bool| {
        let policy = policy(&format!(r#"{{"Effect": "Allow", {elements}}}"#));
        let context = context(&[("aws:username", "jane")]);
        let found = decided(&policy, action, resource, &context) == Decision::Allowed;
        assert_eq!(found, allowed, "{elements}: {action} on {resource}");
    };
    let any = r#""Resource": "*""#;
    // Actions have no case, and wildcards anywhere in the name.
    check(&format!(r#""Action": "APPSTREAM:startfleet", {any}"#), "appstream:StartFleet", FLEET, true);
    check(&format!(r#""Action": "appstream:*Fleet", {any}"#), "appstream:StartFleet", FLEET, true);
    check(&format!(r#""Action": "appstream:*Fleet", {any}"#), "appstream:DescribeFleets", "*", false);
    check(&format!(r#""Action": "appstream:St??tFleet", {any}"#), "appstream:StartFleet", FLEET, true);
    check(&format!(r#""Action": "*", {any}"#), "appstream:StartFleet", FLEET, true);
    check(&format!(r#""Action": ["iam:*", "appstream:S*"], {any}"#), "appstream:StopFleet", FLEET, true);
    // NotAction is everything else, of other services too.
    check(&format!(r#""NotAction": "appstream:Delete*", {any}"#), "appstream:StopFleet", FLEET, true);
    check(&format!(r#""NotAction": "appstream:Delete*", {any}"#), "iam:CreateUser", "*", true);
    check(
        &format!(r#""NotAction": ["iam:*", "appstream:Delete*"], {any}"#),
        "appstream:DeleteFleet",
        FLEET,
        false,
    );
    // Resources have a case.
    let on = |resource: &str| format!(r#""Action": "*", "Resource": "{resource}""#);
    check(&on(FLEET), "a:B", FLEET, true);
    check(&on("arn:aws:appstream:*:123456789012:fleet/*"), "a:B", FLEET, true);
    check(&on("arn:aws:appstream:*:*:fleet/edit??s"), "a:B", FLEET, true);
    check(&on("arn:aws:appstream:us-east-1:123456789012:fleet/Editors"), "a:B", FLEET, false);
    check(&on("arn:aws:appstream:us-east-1:123456789012:stack/*"), "a:B", FLEET, false);
    // A wildcard at a component's end reaches beyond it.
    check(&on("arn:aws:appstream:*"), "a:B", FLEET, true);
    // An action without resources is on `*`: only `*` allows it.
    check(&on("arn:aws:appstream:us-east-1:123456789012:fleet/*"), "a:B", "*", false);
    check(r#""Action": "*", "NotResource": "arn:aws:appstream:*:*:stack/*""#, "a:B", FLEET, true);
    check(r#""Action": "*", "NotResource": "arn:aws:appstream:*:*:fleet/*""#, "a:B", FLEET, false);
    // Variables.
    let own = "arn:aws:appstream:us-east-1:123456789012:fleet/${aws:username}-*";
    check(&on(own), "a:B", "arn:aws:appstream:us-east-1:123456789012:fleet/jane-1", true);
    check(&on(own), "a:B", "arn:aws:appstream:us-east-1:123456789012:fleet/bob-1", false);
    check(&on("arn:aws:s3:::${aws:none}"), "a:B", "arn:aws:s3:::", false);
    check(&on("arn:aws:s3:::${aws:none, 'all'}"), "a:B", "arn:aws:s3:::all", true);
    // What cannot be said does not help: neither does NotResource.
    check(r#""Action": "*", "NotResource": "arn:aws:s3:::${aws:none}""#, "a:B", FLEET, false);
}

#[test]
fn the_older_version_has_no_variables() {
    let older =
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}}"#;
    let policy = Policy::parse(older).unwrap();
    let context = context(&[("aws:username", "jane")]);
    assert_eq!(decided(&policy, "a:B", "arn:aws:s3:::jane", &context), DENIED);
    assert_eq!(decided(&policy, "a:B", "arn:aws:s3:::${aws:username}", &context), Decision::Allowed);
}

/// A value out of a request is never a pattern.
#[test]
fn values_of_the_request_are_literal() {
    let own = policy(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition":
        {"StringLike": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}}}"#,
    );
    let check = |mine: &str, theirs: &str, expected: Decision| {
        let context = context(&[("aws:PrincipalTag/Team", mine), ("aws:ResourceTag/Team", theirs)]);
        assert_eq!(decided(&own, "a:B", FLEET, &context), expected, "{mine} {theirs}");
    };
    check("blue", "blue", Decision::Allowed);
    check("*", "blue", DENIED);
    check("b???", "blue", DENIED);
    check("blue", "*", DENIED);
    check("${*}", "blue", DENIED);
}

/// Each line: a condition, the context, whether it holds in an Allow.
#[test]
fn conditions() {
    type Line<'a> = (&'a str, &'a [(&'a str, &'a str)], bool);
    let lines: &[Line<'_>] = &[
        // Strings.
        (r#""StringEquals": {"a:k": "x"}"#, &[("a:k", "x")], true),
        (r#""StringEquals": {"a:k": "x"}"#, &[("a:k", "X")], false),
        (r#""StringEquals": {"A:K": ["w", "x"]}"#, &[("a:k", "x")], true),
        (r#""StringEquals": {"a:k": "*"}"#, &[("a:k", "x")], false),
        (r#""StringEquals": {"a:k": "x"}"#, &[], false),
        (r#""StringNotEquals": {"a:k": "x"}"#, &[("a:k", "y")], true),
        (r#""StringNotEquals": {"a:k": ["x", "y"]}"#, &[("a:k", "y")], false),
        (r#""StringNotEquals": {"a:k": "x"}"#, &[], true),
        (r#""StringEqualsIgnoreCase": {"a:k": "xÄ"}"#, &[("a:k", "Xä")], true),
        (r#""StringNotEqualsIgnoreCase": {"a:k": "X"}"#, &[("a:k", "x")], false),
        (r#""StringLike": {"a:k": "te?m-*"}"#, &[("a:k", "team-blue")], true),
        (r#""StringLike": {"a:k": "team"}"#, &[("a:k", "team-blue")], false),
        (r#""StringNotLike": {"a:k": "team-*"}"#, &[("a:k", "team-blue")], false),
        (r#""StringNotLike": {"a:k": "team-*"}"#, &[], true),
        (r#""StringEquals": {"a:k": "${a:other}"}"#, &[("a:k", "x"), ("a:other", "x")], true),
        (r#""StringEquals": {"a:k": "${a:other}"}"#, &[("a:k", "x")], false),
        (r#""StringNotEquals": {"a:k": "${a:other}"}"#, &[("a:k", "x")], false),
        // All operators and all keys must hold; one of a key's values must.
        (r#""StringEquals": {"a:k": "x", "a:l": "y"}"#, &[("a:k", "x"), ("a:l", "y")], true),
        (r#""StringEquals": {"a:k": "x", "a:l": "y"}"#, &[("a:k", "x"), ("a:l", "z")], false),
        (r#""StringEquals": {"a:k": "x"}, "Bool": {"a:b": true}"#, &[("a:k", "x"), ("a:b", "false")], false),
        // Numbers.
        (r#""NumericEquals": {"a:k": 10}"#, &[("a:k", "10.0")], true),
        (r#""NumericNotEquals": {"a:k": "10"}"#, &[("a:k", "11")], true),
        (r#""NumericLessThan": {"a:k": "10"}"#, &[("a:k", "9")], true),
        (r#""NumericLessThan": {"a:k": "10"}"#, &[("a:k", "10")], false),
        (r#""NumericLessThanEquals": {"a:k": "10"}"#, &[("a:k", "10")], true),
        (r#""NumericGreaterThan": {"a:k": ["100", "10"]}"#, &[("a:k", "11")], true),
        (r#""NumericGreaterThanEquals": {"a:k": "10"}"#, &[("a:k", "-10")], false),
        (r#""NumericGreaterThan": {"a:k": "10"}"#, &[], false),
        (r#""NumericNotEquals": {"a:k": "10"}"#, &[("a:k", "ten")], false),
        // Moments.
        (
            r#""DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}"#,
            &[("aws:CurrentTime", "2026-06-01T00:00:00Z")],
            true,
        ),
        (
            r#""DateLessThan": {"aws:CurrentTime": "2026-01-01"}"#,
            &[("aws:CurrentTime", "2026-06-01T00:00:00Z")],
            false,
        ),
        (r#""DateEquals": {"a:k": "2026-01-01T01:00:00+01:00"}"#, &[("a:k", "2026-01-01T00:00:00Z")], true),
        (r#""DateNotEquals": {"a:k": "2026-01-01"}"#, &[("a:k", "2026-01-01T00:00:00Z")], false),
        (
            r#""DateLessThanEquals": {"aws:EpochTime": "1795635000"}"#,
            &[("aws:EpochTime", "1795635000")],
            true,
        ),
        (r#""DateGreaterThanEquals": {"a:k": 1795635000}"#, &[("a:k", "2026-11-25T19:29:59Z")], false),
        // The rest.
        (r#""Bool": {"aws:SecureTransport": "true"}"#, &[("aws:SecureTransport", "true")], true),
        (r#""Bool": {"aws:SecureTransport": "FALSE"}"#, &[("aws:SecureTransport", "false")], true),
        (r#""Bool": {"aws:SecureTransport": "false"}"#, &[], false),
        (r#""BinaryEquals": {"a:k": "QmluYXJ5"}"#, &[("a:k", "QmluYXJ5")], true),
        (r#""BinaryEquals": {"a:k": "QmluYXJ5"}"#, &[("a:k", "QmluYXJ6")], false),
        (
            r#""IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.7"]}"#,
            &[("aws:SourceIp", "203.0.113.7")],
            true,
        ),
        (r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#, &[("aws:SourceIp", "203.0.114.1")], false),
        (r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#, &[("aws:SourceIp", "203.0.114.1")], true),
        (r#""IpAddress": {"aws:SourceIp": "0.0.0.0/0"}"#, &[("aws:SourceIp", "2001:db8::1")], false),
        (r#""IpAddress": {"aws:SourceIp": "2001:db8::/32"}"#, &[("aws:SourceIp", "2001:db8:1::1")], true),
        (
            r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#,
            &[("aws:SourceIp", "::ffff:203.0.113.9")],
            true,
        ),
        (r#""NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#, &[("aws:SourceIp", "203.0.113.7")], false),
        (r#""NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#, &[("aws:SourceIp", "192.0.2.1")], true),
        (
            r#""ArnLike": {"a:k": "arn:aws:iam::*:user/j*"}"#,
            &[("a:k", "arn:aws:iam::123456789012:user/jane")],
            true,
        ),
        (
            r#""ArnEquals": {"a:k": "arn:aws:iam::*:user/j*"}"#,
            &[("a:k", "arn:aws:iam::123456789012:user/jane")],
            true,
        ),
        (
            r#""ArnLike": {"a:k": "arn:aws:iam:*:user/jane:x"}"#,
            &[("a:k", "arn:aws:iam::123456789012:user/jane")],
            false,
        ),
        (r#""ArnLike": {"a:k": "*"}"#, &[("a:k", "arn:aws:iam::123456789012:user/jane")], true),
        (
            r#""ArnNotLike": {"a:k": "arn:aws:iam::*:role/*"}"#,
            &[("a:k", "arn:aws:iam::123456789012:user/jane")],
            true,
        ),
        (
            r#""ArnNotEquals": {"a:k": "arn:aws:iam::*:user/*"}"#,
            &[("a:k", "arn:aws:iam::123456789012:user/jane")],
            false,
        ),
        (r#""ArnLike": {"a:k": "arn:aws:iam::*:user/*"}"#, &[("a:k", "jane")], false),
        (r#""Null": {"a:k": "true"}"#, &[], true),
        (r#""Null": {"a:k": "true"}"#, &[("a:k", "x")], false),
        (r#""Null": {"a:k": false}"#, &[("a:k", "x")], true),
        // IfExists.
        (r#""StringEqualsIfExists": {"a:k": "x"}"#, &[], true),
        (r#""StringEqualsIfExists": {"a:k": "x"}"#, &[("a:k", "y")], false),
        (r#""BoolIfExists": {"a:k": "true"}"#, &[], true),
        (r#""NumericLessThanIfExists": {"a:k": "3"}"#, &[("a:k", "4")], false),
        (r#""IpAddressIfExists": {"a:k": "203.0.113.0/24"}"#, &[], true),
        // Several values.
        (
            r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            true,
        ),
        (
            r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "c")],
            false,
        ),
        (r#""ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}"#, &[], true),
        (
            r#""ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}"#,
            &[("aws:TagKeys", "b"), ("aws:TagKeys", "c")],
            true,
        ),
        (
            r#""ForAllValues:StringNotEquals": {"aws:TagKeys": "a"}"#,
            &[("aws:TagKeys", "b"), ("aws:TagKeys", "a")],
            false,
        ),
        (
            r#""ForAllValues:StringLike": {"aws:TagKeys": "t*"}"#,
            &[("aws:TagKeys", "team"), ("aws:TagKeys", "topic")],
            true,
        ),
        (
            r#""ForAnyValue:StringEquals": {"aws:TagKeys": "a"}"#,
            &[("aws:TagKeys", "c"), ("aws:TagKeys", "a")],
            true,
        ),
        (r#""ForAnyValue:StringEquals": {"aws:TagKeys": "a"}"#, &[("aws:TagKeys", "c")], false),
        (r#""ForAnyValue:StringEquals": {"aws:TagKeys": "a"}"#, &[], false),
        (r#""ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "a"}"#, &[], true),
        (
            r#""ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}"#,
            &[("aws:TagKeys", "a"), ("aws:TagKeys", "b")],
            true,
        ),
        (r#""ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}"#, &[("aws:TagKeys", "a")], false),
        (r#""ForAnyValue:StringNotEquals": {"aws:TagKeys": "a"}"#, &[], false),
        // Keys of tags have no case; two that differ only in it cannot both be meant.
        (r#""StringEquals": {"aws:RequestTag/TEAM": "blue"}"#, &[("aws:RequestTag/team", "blue")], true),
        (
            r#""StringEquals": {"aws:RequestTag/Team": "blue"}"#,
            &[("aws:RequestTag/team", "blue"), ("aws:RequestTag/Team", "red")],
            false,
        ),
    ];
    for (condition, pairs, holds) in lines {
        let policy = policy(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
        ));
        let found = decided(&policy, "a:B", FLEET, &context(pairs)) == Decision::Allowed;
        assert_eq!(found, *holds, "{condition} with {pairs:?}");
    }
}

/// Where the rules leave it open, a Deny applies.
#[test]
fn what_is_unclear_does_not_disarm_a_deny() {
    let check = |condition: &str, pairs: &[(&str, &str)], expected: Decision| {
        let policy = policy(&format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*"}},
               {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{{condition}}}}}"#
        ));
        assert_eq!(decided(&policy, "a:B", FLEET, &context(pairs)), expected, "{condition} with {pairs:?}");
    };
    let two = &[("aws:RequestTag/Env", "prod"), ("aws:RequestTag/env", "dev")];
    check(r#""StringEquals": {"aws:RequestTag/Env": "prod"}"#, two, REFUSED);
    check(r#""StringNotEquals": {"aws:RequestTag/Env": "dev"}"#, two, REFUSED);
    check(
        r#""StringNotEquals": {"aws:ResourceTag/Owner": "${aws:username}"}"#,
        &[("aws:ResourceTag/Owner", "jane")],
        REFUSED,
    );
    check(r#""StringNotEquals": {"aws:ResourceTag/Owner": "jane"}"#, &[], REFUSED);
    check(r#""StringEquals": {"aws:ResourceTag/Owner": "jane"}"#, &[], Decision::Allowed);
    check(r#""NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#, &[("aws:SourceIp", "unknown")], REFUSED);
}

#[test]
fn boundaries_and_session_policies_only_narrow() {
    let all = policy(r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#);
    let fleets = policy(r#"{"Effect": "Allow", "Action": "appstream:*Fleet", "Resource": "*"}"#);
    let no_delete = policy(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": ["appstream:Delete*", "a:Delete*", "iam:Delete*"], "Resource": "*"}"#,
    );
    let context = context(&[]);
    let check = |policies: Policies<'_>, action: &str| {
        decide(&policies, &Request { action, resource: FLEET, context: &context })
    };
    let bounded = || Policies { identity: vec![&all], boundary: Some(&fleets), session: None };
    assert_eq!(check(bounded(), "appstream:StopFleet"), Decision::Allowed);
    assert_eq!(check(bounded(), "appstream:StopStack"), Decision::Denied(Denial::Implicit(Source::Boundary)));
    // A boundary gives nothing by itself.
    let only_boundary = Policies { identity: vec![], boundary: Some(&all), session: None };
    assert_eq!(check(only_boundary, "appstream:StopFleet"), DENIED);
    let session = || Policies { identity: vec![&all], boundary: Some(&all), session: Some(vec![&fleets]) };
    assert_eq!(check(session(), "appstream:StopFleet"), Decision::Allowed);
    assert_eq!(check(session(), "appstream:StopStack"), Decision::Denied(Denial::Implicit(Source::Session)));
    let none = Policies { identity: vec![&all], boundary: None, session: Some(vec![]) };
    assert_eq!(check(none, "appstream:StopFleet"), Decision::Denied(Denial::Implicit(Source::Session)));
    let deny = Policies { identity: vec![&all], boundary: Some(&no_delete), session: None };
    assert_eq!(check(deny, "appstream:DeleteFleet"), Decision::Denied(Denial::Explicit(Source::Boundary)));
    // Several identity policies: any may allow.
    let several = Policies { identity: vec![&fleets, &no_delete], boundary: None, session: None };
    assert_eq!(check(several, "iam:CreateUser"), Decision::Allowed);
}

#[test]
fn what_policies_ask_for_is_known() {
    let check = |elements: &str, asks: bool| {
        let policy = policy(&format!(r#"{{"Effect": "Allow", "Action": "*", {elements}}}"#));
        let policies = Policies { identity: vec![&policy], ..Policies::default() };
        assert_eq!(policies.ask_for("aws:ResourceTag/"), asks, "{elements}");
    };
    check(r#""Resource": "*""#, false);
    check(r#""Resource": "arn:aws:x:::${aws:ResourceTag/Team}""#, true);
    check(r#""Resource": "*", "Condition": {"StringLike": {"AWS:resourcetag/Team": "x"}}"#, true);
    check(
        r#""Resource": "*", "Condition": {"StringLike": {"aws:RequestTag/Team": "x${aws:ResourceTag/Team}"}}"#,
        true,
    );
    check(r#""Resource": "*", "Condition": {"Null": {"aws:RequestTag/Team": "true"}}"#, false);
}

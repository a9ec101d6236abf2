//! What is not fully understood is refused as it is put, with the path of what is wrong.

use millrace_policy::{Policy, TrustPolicy};

fn check(text: &str, path: &str, what: &str) {
    match Policy::parse(text) {
        Ok(_) => panic!("taken: {text}"),
        Err(error) => {
            assert_eq!(error.path, path, "{text}: {error}");
            assert!(error.what.contains(what), "{text}: {error}");
        }
    }
}

fn statement(elements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{{{elements}}}]}}"#)
}

#[test]
fn documents() {
    check("", "", "JSON");
    check("{", "", "JSON");
    check("[]", "", "object");
    check("{}", "", "no Statement");
    check(r#"{"Statement": []}"#, "Statement", "1 to 200");
    check(r#"{"Statement": [[]]}"#, "Statement[0]", "object");
    check(r#"{"Version": "2013-01-01", "Statement": []}"#, "Version", "2012-10-17");
    check(r#"{"version": "2012-10-17", "Statement": []}"#, "version", "element");
    check(r#"{"Statement": [], "Statement": []}"#, "", "twice");
    check(&format!("\"{}\"", "x".repeat(30_000)), "", "longer");
    check(&format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)), "", "JSON");
}

#[test]
fn statements() {
    let rest = r#""Action": "*", "Resource": "*""#;
    check(&statement(rest), "Statement[0]", "no Effect");
    check(&statement(&format!(r#""Effect": "allow", {rest}"#)), "Statement[0].Effect", "Allow or Deny");
    check(&statement(r#""Effect": "Allow", "Resource": "*""#), "Statement[0]", "no Action");
    check(&statement(r#""Effect": "Allow", "Action": "*""#), "Statement[0]", "no Resource");
    check(&statement(&format!(r#""Effect": "Allow", {rest}, "NotAction": "*""#)), "Statement[0]", "both");
    check(&statement(&format!(r#""Effect": "Allow", {rest}, "NotResource": "*""#)), "Statement[0]", "both");
    check(
        &statement(&format!(r#""Effect": "Allow", {rest}, "Principal": "*""#)),
        "Statement[0].Principal",
        "element",
    );
    check(&statement(&format!(r#""Effect": "Allow", {rest}, "Sid": "a b""#)), "Statement[0].Sid", "A-Z");
    check(&statement(r#""Effect": "Allow", "Action": [], "Resource": "*""#), "Statement[0].Action", "empty");
    check(&statement(r#""Effect": "Allow", "Action": 1, "Resource": "*""#), "Statement[0].Action", "string");
    for action in [
        "CreateFleet",
        "appstream:",
        ":x",
        "app stream:x",
        "appstream:${aws:username}",
        "",
        "app*:x",
        "*:x",
        "?:x",
        "appstrea?:UpdateStack",
    ] {
        check(
            &statement(&format!(r#""Effect": "Allow", "Action": "{action}", "Resource": "*""#)),
            "Statement[0].Action",
            "is no action",
        );
    }
    for resource in ["fleet/x", "", "${aws:username}", "arn"] {
        check(
            &statement(&format!(r#""Effect": "Allow", "Action": "*", "Resource": "{resource}""#)),
            "Statement[0].Resource",
            "is no resource",
        );
    }
    check(
        &statement(r#""Effect": "Allow", "Action": "*", "Resource": "arn:${x}""#),
        "Statement[0].Resource",
        "variable",
    );
    let sid = r#"{"Sid": "a", "Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    check(&format!(r#"{{"Statement": [{sid}, {sid}]}}"#), "Statement[1].Sid", "twice");
}

#[test]
fn conditions() {
    for (condition, path, what) in [
        (r#"[]"#, "", "object"),
        (r#"{"StringIs": {"a:k": "x"}}"#, ".StringIs", "no condition operator"),
        (r#"{"stringequals": {"a:k": "x"}}"#, ".stringequals", "no condition operator"),
        (
            r#"{"ForEachValue:StringEquals": {"a:k": "x"}}"#,
            ".ForEachValue:StringEquals",
            "no condition operator",
        ),
        (r#"{"NullIfExists": {"a:k": "true"}}"#, ".NullIfExists", "no condition operator"),
        (r#"{"ForAllValues:Null": {"a:k": "true"}}"#, ".ForAllValues:Null", "no condition operator"),
        (r#"{"StringEquals": "x"}"#, ".StringEquals", "object"),
        (r#"{"StringEquals": {}}"#, ".StringEquals", "condition key"),
        (r#"{"StringEquals": {"k": "x"}}"#, ".StringEquals.k", "no condition key"),
        (r#"{"StringEquals": {"a:k": []}}"#, ".StringEquals.a:k", "empty"),
        (r#"{"StringEquals": {"a:k": {}}}"#, ".StringEquals.a:k", "value"),
        (r#"{"StringEquals": {"a:k": null}}"#, ".StringEquals.a:k", "value"),
        (r#"{"StringEquals": {"a:k": "${x}"}}"#, ".StringEquals.a:k", "variable"),
        (r#"{"NumericEquals": {"a:k": "ten"}}"#, ".NumericEquals.a:k", "number"),
        (r#"{"NumericEquals": {"a:k": "inf"}}"#, ".NumericEquals.a:k", "number"),
        (r#"{"NumericEquals": {"a:k": "${a:b}"}}"#, ".NumericEquals.a:k", "number"),
        (r#"{"DateLessThan": {"a:k": "tomorrow"}}"#, ".DateLessThan.a:k", "moment"),
        (r#"{"Bool": {"a:k": "yes"}}"#, ".Bool.a:k", "true or false"),
        (r#"{"BinaryEquals": {"a:k": "!"}}"#, ".BinaryEquals.a:k", "base64"),
        (r#"{"IpAddress": {"a:k": "203.0.113.0/33"}}"#, ".IpAddress.a:k", "network"),
        (r#"{"IpAddress": {"a:k": "203.0.113"}}"#, ".IpAddress.a:k", "network"),
        (r#"{"ArnLike": {"a:k": "user/*"}}"#, ".ArnLike.a:k", "ARN"),
    ] {
        let text = statement(&format!(
            r#""Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {condition}"#
        ));
        check(&text, &format!("Statement[0].Condition{path}"), what);
    }
}

#[test]
fn trust_policies() {
    let with = |principal: &str| {
        format!(r#"{{"Statement": [{{"Effect": "Allow", "Action": "sts:AssumeRole"{principal}}}]}}"#)
    };
    for principal in [
        "",
        r#", "Principal": {}"#,
        r#", "Principal": "jane""#,
        r#", "Principal": {"AWS": "jane"}"#,
        r#", "Principal": {"AWS": "arn:aws:iam::123456789012:user/*"}"#,
        r#", "Principal": {"AWS": []}"#,
        r#", "Principal": {"CanonicalUser": "x"}"#,
        r#", "NotPrincipal": {"AWS": "*"}"#,
        r#", "Principal": "*", "Resource": "*""#,
    ] {
        assert!(TrustPolicy::parse(&with(principal)).is_err(), "{principal}");
    }
}

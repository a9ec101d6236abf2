//! Arbitrary and damaged documents: never a panic, and what is taken can be decided.

use millrace_policy::{Policy, TrustPolicy};
use proptest::prelude::*;

use super::{context, decided};

const SEED: &str = r#"{"Version": "2012-10-17", "Id": "x", "Statement": [{"Sid": "One", "Effect": "Allow", "NotAction": ["iam:*", "appstream:Delete*"],
 "Resource": ["arn:aws:appstream:*:123456789012:fleet/${aws:username, 'nobody'}-?*"], "Condition": {"ForAllValues:StringLike":
 {"aws:TagKeys": ["Te?m", "${*}"]}, "DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}, "IpAddress": {"aws:SourceIp": "2001:db8::/32"},
 "NumericLessThanEqualsIfExists": {"a:n": 1.5}, "BinaryEquals": {"a:b": "eA=="}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/${a:r}"}}},
 {"Effect": "Deny", "Action": "*", "NotResource": "*", "Principal": {"AWS": "123456789012"}}]}"#;

fn look(text: &str) {
    let context =
        context(&[("aws:username", "jane"), ("aws:TagKeys", "Team"), ("a:n", text), ("aws:SourceIp", text)]);
    if let Ok(policy) = Policy::parse(text) {
        let _ = decided(
            &policy,
            "appstream:StartFleet",
            "arn:aws:appstream:r:123456789012:fleet/jane-1",
            &context,
        );
        let _ = decided(&policy, text, text, &context);
    }
    let _ = TrustPolicy::parse(text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text(text in "\\PC*") {
        look(&text);
    }

    #[test]
    fn damaged_documents(damage in prop::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<char>()), 1..6)) {
        let mut text: Vec<char> = SEED.chars().collect();
        for (at, kind, character) in damage {
            let at = at.index(text.len());
            match kind {
                0 => drop(text.remove(at)),
                1 => text.insert(at, character),
                2 => text[at] = character,
                _ => {
                    let piece: Vec<char> = text[at..].iter().take(20).copied().collect();
                    text.splice(at..at, piece);
                }
            }
            if text.is_empty() {
                break;
            }
        }
        look(&text.into_iter().collect::<String>());
    }
}

//! The rules of policies, as the IAM user guide words them, and an independent model that must agree.

// Helpers of tests fail by panicking, as tests do.
#![allow(clippy::unwrap_used)]

mod cases;
mod fuzz;
mod generated;
mod model;
mod refused;
mod trust;

use millrace_policy::{Context, Decision, Denial, Policies, Policy, Request, Source, decide};

/// A context of `key = value` pairs; a key may come several times.
fn context(pairs: &[(&str, &str)]) -> Context {
    let mut context = Context::new();
    for (key, value) in pairs {
        context.add(key, *value);
    }
    context
}

/// A policy of these statements, of the version with variables.
fn policy(statements: &str) -> Policy {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Policy::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What one identity policy decides.
fn decided(policy: &Policy, action: &str, resource: &str, context: &Context) -> Decision {
    let policies = Policies { identity: vec![policy], ..Policies::default() };
    decide(&policies, &Request { action, resource, context })
}

const DENIED: Decision = Decision::Denied(Denial::Implicit(Source::Identity));
const REFUSED: Decision = Decision::Denied(Denial::Explicit(Source::Identity));

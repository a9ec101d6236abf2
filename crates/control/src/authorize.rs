//! Whether the caller may do what it asks for.

use std::net::IpAddr;

use http::header::USER_AGENT;
use http::request::Parts;
use millrace_iam::Principal;
use millrace_model::Timestamp;
use millrace_policy::{Context, Decision, Denial, Policies, Request, Source, decide, iso8601};
use millrace_wire::{ApiError, Input};
use serde_json::Value;

use crate::api::Call;
use crate::permissions::{self, Permission, Target};
use crate::{arn, errors};

/// The longest User-Agent that is remembered.
const LONGEST_USER_AGENT: usize = 256;

/// What the server's front knows of who sends a request: it puts this into the request's extensions. Without it nothing is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The client's address; behind a proxy that is trusted, the one that it names.
    pub address: Option<IpAddr>,
    /// Whether the request came over TLS.
    pub secure: bool,
}

/// Who signed a request, and what is known of where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    pub(crate) access_key_id: String,
    pub(crate) origin: Origin,
    /// Of the credential's scope.
    pub(crate) region: String,
}

/// Where a request came from, whoever sent it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) client: Client,
    pub(crate) user_agent: Option<String>,
}

impl Origin {
    pub(crate) fn of(parts: &Parts) -> Self {
        let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            client: parts.extensions.get::<Client>().copied().unwrap_or_default(),
            user_agent: agent.map(|agent| agent.chars().take(LONGEST_USER_AGENT).collect()),
        }
    }
}

impl Caller {
    /// What conditions can ask of every request.
    pub(crate) fn context(&self, now: Timestamp) -> Context {
        let mut context = Context::new();
        self.principal.describe(&mut context);
        context.add("aws:CurrentTime", iso8601(now.0));
        context.add("aws:EpochTime", (now.0 / 1000).to_string());
        context.add("aws:SecureTransport", self.origin.client.secure.to_string());
        context.add("aws:RequestedRegion", self.region.as_str());
        if let Some(address) = self.origin.client.address {
            context.add("aws:SourceIp", address.to_string());
        }
        if let Some(agent) = &self.origin.user_agent {
            context.add("aws:UserAgent", agent.as_str());
        }
        context
    }

    /// Decides one action on one resource. What is said is AWS's own wording.
    ///
    /// # Errors
    /// What to tell the caller.
    pub(crate) fn decide(
        &self,
        policies: &Policies<'_>,
        action: &str,
        resource: &str,
        context: &Context,
    ) -> Result<(), String> {
        let Decision::Denied(denial) = decide(policies, &Request { action, resource, context }) else {
            return Ok(());
        };
        let why = match denial {
            Denial::Explicit(Source::Identity) => {
                "with an explicit deny in an identity-based policy".to_owned()
            }
            Denial::Explicit(Source::Boundary) => {
                "with an explicit deny in a permissions boundary".to_owned()
            }
            Denial::Explicit(Source::Session) => "with an explicit deny in a session policy".to_owned(),
            Denial::Implicit(Source::Identity) => {
                format!("because no identity-based policy allows the {action} action")
            }
            Denial::Implicit(Source::Boundary) => {
                format!("because no permissions boundary allows the {action} action")
            }
            Denial::Implicit(Source::Session) => {
                format!("because no session policy allows the {action} action")
            }
        };
        let arn = self.principal.arn();
        Err(format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"))
    }
}

/// Decides, before anything is looked up but tags, whether the caller may do the operation on the resources that its input names: who may
/// not, learns nothing of what exists.
///
/// # Errors
/// AccessDeniedException.
pub(crate) async fn authorise(call: &Call<'_>, input: &Input) -> Result<(), ApiError> {
    // The root of the account owns all that it can name: resources are looked up in the caller's own scope.
    let Some(policies) = call.caller.principal.policies() else { return Ok(()) };
    let permission = permissions::of(input.operation());
    let action = format!("appstream:{}", input.operation());
    let context = request_context(call, input, permission);
    let with_tags = policies.ask_for("aws:ResourceTag/");
    for resource in resources(call, input, permission.targets) {
        let mut context = context.clone();
        if with_tags {
            add_resource_tags(call, &resource, &mut context).await?;
        }
        call.caller.decide(&policies, &action, &resource, &context).map_err(ApiError::access_denied)?;
    }
    let with_new_tags = permission.tags.and_then(|member| input.member(member)?.as_object());
    if let Some(tagged) = permission.tagged.filter(|_| with_new_tags.is_some_and(|tags| !tags.is_empty())) {
        // Tags at creation need what setting them later needs.
        for resource in resources(call, input, &[tagged]) {
            let decided = call.caller.decide(&policies, "appstream:TagResource", &resource, &context);
            decided.map_err(ApiError::access_denied)?;
        }
    }
    Ok(())
}

/// ARNs of what the operation is about.
fn resources(call: &Call<'_>, input: &Input, targets: &[Target]) -> Vec<String> {
    let named = |kind: permissions::Kind, name: &str| {
        let scope = &call.scope;
        format!("arn:aws:appstream:{}:{}:{}/{name}", scope.region, scope.account, kind.as_str())
    };
    let text = |member: &str| input.member(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let mut all = Vec::new();
    for target in targets {
        match target {
            Target::All(kind) => all.push(named(*kind, "*")),
            Target::Name(kind, member) => all.extend(text(member).map(|name| named(*kind, name))),
            Target::Arn(member) => all.extend(text(member).map(str::to_owned)),
            Target::NameInEach(kind, list, member) => {
                let entries = input.member(list).and_then(Value::as_array).into_iter().flatten();
                let names = entries.filter_map(|entry| entry.get(member)?.as_str());
                all.extend(names.map(|name| named(*kind, name)));
            }
        }
    }
    if all.is_empty() {
        all.push("*".to_owned());
    }
    all
}

fn request_context(call: &Call<'_>, input: &Input, permission: Permission) -> Context {
    let mut context = call.caller.context(call.now);
    let tags = permission.tags.and_then(|member| input.member(member)).and_then(Value::as_object);
    for (key, value) in tags.into_iter().flatten() {
        context.add(&format!("aws:RequestTag/{key}"), value.as_str().unwrap_or_default());
        context.add("aws:TagKeys", key.as_str());
    }
    let keys = permission.tag_keys.and_then(|member| input.member(member)).and_then(Value::as_array);
    for key in keys.into_iter().flatten().filter_map(Value::as_str) {
        context.add("aws:TagKeys", key);
    }
    if let Some(user) = permission.user_id.and_then(|member| input.member(member)).and_then(Value::as_str) {
        context.add("appstream:userId", user);
    }
    context
}

/// What does not exist has no tags, so that a condition on them says nothing of existence.
async fn add_resource_tags(call: &Call<'_>, resource: &str, context: &mut Context) -> Result<(), ApiError> {
    let Some((kind, name)) = arn::parse(resource, &call.scope) else { return Ok(()) };
    let tags =
        call.control.store.tags(&call.scope, kind, &name).await.map_err(|error| errors::store(&error))?;
    for (key, value) in tags.into_iter().flat_map(millrace_model::TagSet::into_map) {
        context.add(&format!("aws:ResourceTag/{key}"), value);
    }
    Ok(())
}

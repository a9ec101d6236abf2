//! Who may do what: policy documents, and the bodies of the query APIs.

use std::sync::Arc;

use millrace_iam::{
    Account, AssumeRole, Entropy, IAM_NAMESPACE, Params, Principal, STS_NAMESPACE, Vault, Work,
};
use millrace_policy::{Context, Decision, Denial, Policies, Policy, Request, Source, TrustPolicy, decide};

/// An error may quote what is wrong, but not a whole document.
const LONGEST_MESSAGE: usize = 4096;
const ACCOUNT: &str = "123456789012";
const NOW: i64 = 1_760_000_000_000;

/// A document is understood or refused in few words; what is understood decides, the same way each time, and a copy of its denial wins.
pub(super) fn policy(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Err(error) = TrustPolicy::parse(text) {
        assert!(error.to_string().len() <= LONGEST_MESSAGE, "{} bytes", error.to_string().len());
    }
    let policy = match Policy::parse(text) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(error.to_string().len() <= LONGEST_MESSAGE, "{} bytes", error.to_string().len());
            return;
        }
    };
    let mut context = Context::new();
    for (key, value) in [("aws:RequestTag/Team", "blue"), ("aws:TagKeys", "Team"), ("aws:username", "jane")] {
        context.add(key, value);
    }
    let deny_all = Policy::deny_all();
    for (action, resource) in
        [("appstream:CreateStack", "arn:aws:appstream:r:1:stack/s"), ("iam:GetUser", "*")]
    {
        let request = Request { action, resource, context: &context };
        let alone = Policies { identity: vec![&policy], ..Policies::default() };
        let decision = decide(&alone, &request);
        assert_eq!(decision, decide(&alone, &request));
        // Once more is the same, and as a boundary it allows no more.
        let bounded = Policies { identity: vec![&policy, &policy], boundary: Some(&policy), session: None };
        assert_eq!(decide(&bounded, &request), decision);
        let barred = Policies { identity: vec![&policy, &deny_all], ..Policies::default() };
        assert_eq!(decide(&barred, &request), Decision::Denied(Denial::Explicit(Source::Identity)));
    }
}

/// Bytes that come after each other.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(113);
            *byte = self.0;
        }
    }
}

/// Several bodies, one a line, done one after the other on one account: each is answered or refused in well-formed XML, and what was changed can
/// be stored and read again.
pub(super) fn query(input: &[u8]) {
    let vault = Vault::new(&[7; 32]);
    let mut account = Account::new(ACCOUNT);
    let mut entropy = Counting(1);
    for body in input.split(|byte| *byte == b'\n').take(16) {
        let params = match Params::read(body) {
            Ok(params) => params,
            Err(error) => {
                xml(&error.xml(IAM_NAMESPACE, "id"));
                continue;
            }
        };
        let Some(name) = params.get("Action") else { continue };
        let principal = Principal::Root { account: Arc::new(account.clone()) };
        if name == "AssumeRole" {
            assume(&principal, &params, &vault, &mut entropy);
            continue;
        }
        let Some(action) = millrace_iam::find(name) else { continue };
        let questions = action.questions(&account, &params, &principal);
        assert!(!questions.is_empty() && questions.iter().all(|question| !question.resource.is_empty()));
        let before = Arc::new(account.clone());
        let mut touched = millrace_iam::Touched::new();
        let mut changed = account.clone();
        let mut work = Work {
            account: &mut changed,
            touched: &mut touched,
            params: &params,
            principal: &principal,
            now: NOW,
            vault: &vault,
            entropy: &mut entropy,
            directory: &|id: &str| (id == ACCOUNT).then(|| before.clone()),
        };
        match action.run(&mut work) {
            Ok(answer) => {
                xml(&answer.response(name, IAM_NAMESPACE, "id"));
                for (kind, name) in touched {
                    let Some(stored) = changed.stored(kind, &name).expect("it can be stored") else {
                        continue;
                    };
                    let mut again = Account::new(ACCOUNT);
                    again.load(kind, name.clone(), &stored).expect("it can be read again");
                    assert_eq!(again.stored(kind, &name).expect("it can be stored").as_ref(), Some(&stored));
                }
                account = changed;
            }
            Err(error) => xml(&error.xml(IAM_NAMESPACE, "id")),
        }
    }
}

fn assume(principal: &Principal, params: &Params, vault: &Vault, entropy: &mut Counting) {
    let context = Context::new();
    let call = AssumeRole {
        principal,
        role_account: Some(principal.account()),
        params,
        context: &context,
        own: Decision::Allowed,
        now: NOW,
        vault,
    };
    match millrace_iam::assume_role(call, entropy) {
        Ok(assumed) => xml(&assumed.answer.response("AssumeRole", STS_NAMESPACE, "id")),
        Err(error) => xml(&error.xml(STS_NAMESPACE, "id")),
    }
}

/// What is answered has no character that XML does not know, and as many elements begin as end.
fn xml(text: &str) {
    let known = |letter: char| matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(known), "a character that XML does not know: {text:?}");
    assert_eq!(text.matches('<').count(), 2 * text.matches("</").count(), "{text}");
}

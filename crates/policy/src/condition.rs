//! One condition: an operator, a key, and the values that it is compared with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::PolicyError;
use crate::context::Context;
use crate::json::Json;
use crate::network::Network;
use crate::operator::{Comparison, Operator, Order, Qualifier};
use crate::pattern::{Match, Pattern, Syntax, is_key};
use crate::statement::Effect;
use crate::{moment, network};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    operator: Operator,
    /// In lower case.
    key: String,
    values: Values,
}

/// The policy's values, of the operator's type.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    Equals(Vec<Pattern>),
    EqualsIgnoreCase(Vec<Pattern>),
    Like(Vec<Pattern>),
    Numbers(Order, Vec<f64>),
    Moments(Order, Vec<i64>),
    Booleans(Vec<bool>),
    Bytes(Vec<Vec<u8>>),
    Networks(Vec<Network>),
    Arns(Vec<ArnPattern>),
    /// Whether the key may be absent.
    Absent(Vec<bool>),
}

#[derive(Clone, Debug, PartialEq)]
enum ArnPattern {
    /// Compared component by component: no wildcard reaches beyond a colon.
    Components(Vec<Pattern>),
    /// `*`, or a variable that stands for a whole ARN.
    Whole(Pattern),
}

/// How many colon-separated components an ARN has; the last may hold further colons.
const ARN_COMPONENTS: usize = 6;

impl Condition {
    /// The conditions of a `Condition` element: all of them must hold.
    pub(crate) fn all(json: Json, variables: bool, path: &str) -> Result<Vec<Self>, PolicyError> {
        let mut conditions = Vec::new();
        for (name, keys) in json.object(path)? {
            let path = format!("{path}.{name}");
            let operator = Operator::parse(&name, &path)?;
            let keys = keys.object(&path)?;
            if keys.is_empty() {
                return Err(PolicyError::new(path, "must name a condition key"));
            }
            for (key, values) in keys {
                let path = format!("{path}.{key}");
                if !is_key(&key) || key.contains("${") {
                    return Err(PolicyError::new(path, "is no condition key"));
                }
                let values = Values::parse(operator.comparison, &values.values(&path)?, variables, &path)?;
                conditions.push(Self { operator, key: key.to_ascii_lowercase(), values });
            }
        }
        Ok(conditions)
    }

    /// Whether it needs a key that begins so, in lower case.
    pub(crate) fn asks_for(&self, prefix: &str) -> bool {
        self.key.starts_with(prefix) || self.values.patterns().any(|pattern| pattern.asks_for(prefix))
    }

    pub(crate) fn holds(&self, context: &Context, effect: Effect) -> bool {
        let found = context.values(&self.key);
        if let Values::Absent(allowed) = &self.values {
            return allowed.contains(&found.is_empty());
        }
        let Operator { qualifier, negated, if_exists, .. } = self.operator;
        if found.is_empty() {
            return match qualifier {
                Qualifier::ForAll => true,
                _ if if_exists => true,
                Qualifier::ForAny => false,
                // The documented rule: what is not there matches nothing, so an operator that wants no match is content.
                Qualifier::Single => negated,
            };
        }
        let mut each = found.iter().map(|value| match (self.values.compare(value, context), effect) {
            (Match::Yes, _) => !negated,
            (Match::No, _) => negated,
            // Nobody can say whether it matches: that must not help an Allow, nor disarm a Deny that wants no match.
            (Match::Unknown, Effect::Allow) => false,
            (Match::Unknown, Effect::Deny) => negated,
        });
        match (qualifier, effect) {
            (Qualifier::ForAll, _) => each.all(|holds| holds),
            (Qualifier::ForAny, _) => each.any(|holds| holds),
            // Several values where one was expected: AWS says that this must not be written, and not what it means.
            (Qualifier::Single, Effect::Allow) => each.all(|holds| holds),
            (Qualifier::Single, Effect::Deny) => each.any(|holds| holds),
        }
    }
}

impl Values {
    fn parse(
        comparison: Comparison,
        texts: &[String],
        variables: bool,
        path: &str,
    ) -> Result<Self, PolicyError> {
        let patterns = |wildcards| -> Result<Vec<Pattern>, PolicyError> {
            texts.iter().map(|text| Pattern::parse(text, Syntax { wildcards, variables }, path)).collect()
        };
        Ok(match comparison {
            Comparison::StringEquals => Self::Equals(patterns(false)?),
            Comparison::StringEqualsIgnoreCase => Self::EqualsIgnoreCase(patterns(false)?),
            Comparison::StringLike => Self::Like(patterns(true)?),
            Comparison::Numeric(order) => Self::Numbers(order, typed(texts, number, "a number", path)?),
            Comparison::Date(order) => {
                let what = "a moment such as 2026-01-31T12:00:00Z";
                Self::Moments(order, typed(texts, moment::parse, what, path)?)
            }
            Comparison::Bool => Self::Booleans(typed(texts, boolean, "true or false", path)?),
            Comparison::Null => Self::Absent(typed(texts, boolean, "true or false", path)?),
            Comparison::Binary => {
                Self::Bytes(typed(texts, |text| STANDARD.decode(text).ok(), "base64", path)?)
            }
            Comparison::IpAddress => {
                let what = "an address or a network such as 203.0.113.0/24";
                Self::Networks(typed(texts, Network::parse, what, path)?)
            }
            Comparison::Arn => {
                let arns = patterns(true)?.into_iter().map(|pattern| ArnPattern::new(pattern, path));
                Self::Arns(arns.collect::<Result<_, _>>()?)
            }
        })
    }

    fn patterns(&self) -> Box<dyn Iterator<Item = &Pattern> + '_> {
        match self {
            Self::Equals(patterns) | Self::EqualsIgnoreCase(patterns) | Self::Like(patterns) => {
                Box::new(patterns.iter())
            }
            Self::Arns(arns) => Box::new(arns.iter().flat_map(|arn| match arn {
                ArnPattern::Components(patterns) => patterns.as_slice(),
                ArnPattern::Whole(pattern) => std::slice::from_ref(pattern),
            })),
            Self::Numbers(..)
            | Self::Moments(..)
            | Self::Booleans(_)
            | Self::Bytes(_)
            | Self::Networks(_)
            | Self::Absent(_) => Box::new(std::iter::empty()),
        }
    }

    /// Whether a value of the request matches any of the policy's.
    fn compare(&self, value: &str, context: &Context) -> Match {
        let equal = |patterns: &[Pattern], equal: &dyn Fn(&str) -> bool| {
            Match::any(patterns.iter().map(|pattern| match pattern.text(context) {
                Some(text) => equal(&text).into(),
                None => Match::Unknown,
            }))
        };
        fn with<T>(value: Option<T>, test: impl FnOnce(T) -> bool) -> Match {
            value.map_or(Match::Unknown, |value| test(value).into())
        }
        match self {
            Self::Equals(patterns) => equal(patterns, &|text| text == value),
            Self::EqualsIgnoreCase(patterns) => {
                let lower = value.to_lowercase();
                equal(patterns, &|text| text.to_lowercase() == lower)
            }
            Self::Like(patterns) => {
                Match::any(patterns.iter().map(|pattern| pattern.matches(value, context)))
            }
            Self::Arns(patterns) => {
                Match::any(patterns.iter().map(|pattern| pattern.matches(value, context)))
            }
            Self::Numbers(order, numbers) => {
                with(number(value), |value| numbers.iter().any(|number| order.holds(value, *number)))
            }
            Self::Moments(order, moments) => {
                with(moment::parse(value), |value| moments.iter().any(|moment| order.holds(value, *moment)))
            }
            Self::Booleans(booleans) => with(boolean(value), |value| booleans.contains(&value)),
            Self::Bytes(all) => with(STANDARD.decode(value).ok(), |value| all.contains(&value)),
            Self::Networks(networks) => with(value.parse().ok(), |address| {
                networks.iter().any(|known| known.contains(network::plain(address)))
            }),
            // Whether a key is there was decided before.
            Self::Absent(_) => Match::Unknown,
        }
    }
}

impl ArnPattern {
    fn new(pattern: Pattern, path: &str) -> Result<Self, PolicyError> {
        let components = pattern.split_at_colons(ARN_COMPONENTS);
        if components.len() == ARN_COMPONENTS {
            Ok(Self::Components(components))
        } else if pattern.is_everything() || pattern.has_variables() {
            Ok(Self::Whole(pattern))
        } else {
            Err(PolicyError::new(path, "must be an ARN, with wildcards within its components, or *"))
        }
    }

    fn matches(&self, value: &str, context: &Context) -> Match {
        match self {
            Self::Whole(pattern) => pattern.matches(value, context),
            Self::Components(patterns) => {
                let components: Vec<_> = value.splitn(ARN_COMPONENTS, ':').collect();
                if components.len() != ARN_COMPONENTS {
                    return Match::Unknown;
                }
                let mut result = Match::Yes;
                for (pattern, component) in patterns.iter().zip(components) {
                    match pattern.matches(component, context) {
                        Match::No => return Match::No,
                        Match::Unknown => result = Match::Unknown,
                        Match::Yes => {}
                    }
                }
                result
            }
        }
    }
}

fn typed<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Option<T>,
    what: &str,
    path: &str,
) -> Result<Vec<T>, PolicyError> {
    let one = |text: &String| {
        parse(text).ok_or_else(|| PolicyError::new(path, format!("the value '{text}' must be {what}")))
    };
    texts.iter().map(one).collect()
}

/// Decimal digits, a sign and a point: not the words and exponents that Rust would take as well.
fn number(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || b"+-.".contains(&byte);
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    if digits && text.len() <= 40 && text.bytes().all(plain) { text.parse().ok() } else { None }
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

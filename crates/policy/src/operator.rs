//! The names of condition operators.

use crate::PolicyError;

/// What an operator does with the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Qualifier {
    /// None was written: the key has one value.
    Single,
    /// `ForAllValues:`.
    ForAll,
    /// `ForAnyValue:`.
    ForAny,
}

/// What it compares, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    /// ArnEquals and ArnLike: AWS makes no difference.
    Arn,
    Null,
}

/// How numbers and moments are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equals,
    Less,
    LessOrEquals,
    Greater,
    GreaterOrEquals,
}

impl Order {
    pub(crate) fn holds<T: PartialOrd + Copy>(self, left: T, right: T) -> bool {
        match self {
            Self::Equals => left == right,
            Self::Less => left < right,
            Self::LessOrEquals => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEquals => left >= right,
        }
    }
}

/// `ForAnyValue:StringNotLikeIfExists`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) qualifier: Qualifier,
    pub(crate) comparison: Comparison,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
}

impl Operator {
    pub(crate) fn parse(name: &str, path: &str) -> Result<Self, PolicyError> {
        let unknown = || PolicyError::new(path, format!("there is no condition operator '{name}'"));
        let (qualifier, rest) = match name.split_once(':') {
            None => (Qualifier::Single, name),
            Some(("ForAllValues", rest)) => (Qualifier::ForAll, rest),
            Some(("ForAnyValue", rest)) => (Qualifier::ForAny, rest),
            Some(_) => return Err(unknown()),
        };
        let (base, if_exists) = rest.strip_suffix("IfExists").map_or((rest, false), |base| (base, true));
        let (comparison, negated) = base_operator(base).ok_or_else(unknown)?;
        if comparison == Comparison::Null && (if_exists || qualifier != Qualifier::Single) {
            return Err(unknown());
        }
        Ok(Self { qualifier, comparison, negated, if_exists })
    }
}

fn base_operator(name: &str) -> Option<(Comparison, bool)> {
    use Comparison as C;
    Some(match name {
        "StringEquals" => (C::StringEquals, false),
        "StringNotEquals" => (C::StringEquals, true),
        "StringEqualsIgnoreCase" => (C::StringEqualsIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (C::StringEqualsIgnoreCase, true),
        "StringLike" => (C::StringLike, false),
        "StringNotLike" => (C::StringLike, true),
        "NumericEquals" => (C::Numeric(Order::Equals), false),
        "NumericNotEquals" => (C::Numeric(Order::Equals), true),
        "NumericLessThan" => (C::Numeric(Order::Less), false),
        "NumericLessThanEquals" => (C::Numeric(Order::LessOrEquals), false),
        "NumericGreaterThan" => (C::Numeric(Order::Greater), false),
        "NumericGreaterThanEquals" => (C::Numeric(Order::GreaterOrEquals), false),
        "DateEquals" => (C::Date(Order::Equals), false),
        "DateNotEquals" => (C::Date(Order::Equals), true),
        "DateLessThan" => (C::Date(Order::Less), false),
        "DateLessThanEquals" => (C::Date(Order::LessOrEquals), false),
        "DateGreaterThan" => (C::Date(Order::Greater), false),
        "DateGreaterThanEquals" => (C::Date(Order::GreaterOrEquals), false),
        "Bool" => (C::Bool, false),
        "BinaryEquals" => (C::Binary, false),
        "IpAddress" => (C::IpAddress, false),
        "NotIpAddress" => (C::IpAddress, true),
        "ArnEquals" | "ArnLike" => (C::Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (C::Arn, true),
        "Null" => (C::Null, false),
        _ => return None,
    })
}

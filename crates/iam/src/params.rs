//! The parameters of a call: an HTML form, lists as `Tags.member.1.Key`.

use std::collections::BTreeMap;

use crate::error::IamError;

/// The most parameters of one call.
const MOST: usize = 1000;

/// Names and values of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// Too many parameters, or one that comes twice.
    pub fn read(body: &[u8]) -> Result<Self, IamError> {
        Self::from_pairs(form_urlencoded::parse(body).into_owned())
    }

    /// Takes names and values.
    ///
    /// # Errors
    /// Too many parameters, or one that comes twice.
    pub fn from_pairs(pairs: impl Iterator<Item = (String, String)>) -> Result<Self, IamError> {
        let mut all = BTreeMap::new();
        for (name, value) in pairs {
            if all.len() == MOST {
                return Err(IamError::invalid(format!("A call has at most {MOST} parameters.")));
            }
            if all.insert(name.clone(), value).is_some() {
                return Err(IamError::invalid(format!("The parameter {name} is there twice.")));
            }
        }
        Ok(Self(all))
    }

    /// A value, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn required(&self, name: &str) -> Result<&str, IamError> {
        self.get(name).ok_or_else(|| {
            let member = name[..1].to_ascii_lowercase() + &name[1..];
            IamError::invalid(format!(
                "1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            ))
        })
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<bool, IamError> {
        match self.get(name) {
            None => Ok(false),
            Some("true" | "True") => Ok(true),
            Some("false" | "False") => Ok(false),
            Some(_) => Err(IamError::invalid(format!("{name} must be true or false."))),
        }
    }

    pub(crate) fn number(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>, IamError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| IamError::invalid(format!("{name} must be from {least} to {most}.")))
    }

    /// `Name.member.1`, `Name.member.2` and so on, up to the first that is not there.
    pub(crate) fn members<'a>(&'a self, name: &str) -> Vec<&'a str> {
        (1..).map_while(|index| self.get(&format!("{name}.member.{index}"))).collect()
    }

    /// `Tags.member.N.Key` and `.Value`.
    pub(crate) fn tags(&self) -> Result<Vec<(&str, &str)>, IamError> {
        let mut tags: Vec<(&str, &str)> = Vec::new();
        for index in 1.. {
            let Some(key) = self.get(&format!("Tags.member.{index}.Key")) else { break };
            let value = self.get(&format!("Tags.member.{index}.Value")).unwrap_or_default();
            if tags.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
                return Err(IamError::of_request(
                    400,
                    "InvalidInput",
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
                ));
            }
            tags.push((key, value));
        }
        Ok(tags)
    }
}

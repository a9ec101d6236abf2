//! A whole policy document.

use crate::PolicyError;
use crate::json::Json;
use crate::statement::{Parts, Statement};

/// The most characters of a document that is read at all; AWS's own limits are lower, and differ by kind.
const LONGEST: usize = 20_480;
/// The most statements of one document.
const MOST_STATEMENTS: usize = 200;

/// An identity policy, permissions boundary or session policy: understood, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// Reads a document.
    ///
    /// # Errors
    /// [`PolicyError`] for everything that is not fully understood: unknown elements, operators and versions, values that are not of their
    /// operator's type, keys that come twice.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let statements = statements(text, true)?;
        Ok(Self { statements: statements.into_iter().map(|parts| parts.statement).collect() })
    }

    /// A policy that denies everything: what stands in for a document that is stored and cannot be read.
    #[must_use]
    pub fn deny_all() -> Self {
        Self { statements: vec![Statement::deny_all()] }
    }
}

/// The statements of a document.
pub(crate) fn statements(text: &str, with_resources: bool) -> Result<Vec<Parts>, PolicyError> {
    if text.len() > LONGEST {
        return Err(PolicyError::new("", format!("The document is longer than {LONGEST} bytes.")));
    }
    let mut variables = false;
    let mut found = None;
    for (key, value) in Json::read(text)?.object("")? {
        match (key.as_str(), value) {
            ("Version", Json::Text(version)) if version == "2012-10-17" => variables = true,
            // The older language, which is also meant where no version is named, has no variables.
            ("Version", Json::Text(version)) if version == "2008-10-17" => {}
            ("Version", _) => return Err(PolicyError::new(key, "must be 2012-10-17 or 2008-10-17")),
            ("Id", Json::Text(_)) => {}
            ("Statement", value) => found = Some(value),
            _ => return Err(PolicyError::new(key, "is not an element of a policy")),
        }
    }
    let list = match found.ok_or_else(|| PolicyError::new("", "The document has no Statement."))? {
        Json::List(list) => list,
        one => vec![one],
    };
    if list.is_empty() || list.len() > MOST_STATEMENTS {
        return Err(PolicyError::new("Statement", format!("must have 1 to {MOST_STATEMENTS} statements")));
    }
    let mut all: Vec<Parts> = Vec::with_capacity(list.len());
    for (index, json) in list.into_iter().enumerate() {
        let path = format!("Statement[{index}]");
        let parts = Statement::parse(json, variables, with_resources, &path)?;
        let again = parts
            .sid
            .as_ref()
            .filter(|sid| !sid.is_empty())
            .is_some_and(|sid| all.iter().any(|other| other.sid.as_ref() == Some(sid)));
        if again {
            return Err(PolicyError::new(format!("{path}.Sid"), "is there twice"));
        }
        all.push(parts);
    }
    Ok(all)
}

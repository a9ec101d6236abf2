//! Values of columns, to and fro.

use millrace_model::{AccountId, Name, Region, Scope, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;

/// The version that columns of JSON are written with.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    version: u32,
    value: T,
}

/// JSON with its version.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(&Versioned { version: VERSION, value })
        .map_err(|error| StoreError::corrupt(what, error))
}

/// What [`to_json`] wrote. A later version's is refused, rather than half understood.
pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, json: &str) -> Result<T, StoreError> {
    let versioned: Versioned<T> =
        serde_json::from_str(json).map_err(|error| StoreError::corrupt(what, error))?;
    if versioned.version > VERSION {
        return Err(StoreError::corrupt(what, format!("it has version {}", versioned.version)));
    }
    Ok(versioned.value)
}

/// The name that an enum without fields has in serde.
pub(crate) fn enum_text<T: Serialize>(what: &'static str, value: T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(_) => Err(StoreError::corrupt(what, "it is not a name")),
        Err(error) => Err(StoreError::corrupt(what, error)),
    }
}

/// What [`enum_text`] wrote.
pub(crate) fn from_enum_text<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|error| StoreError::corrupt(what, error))
}

/// A column of text that is a checked type of the model.
pub(crate) fn text<T>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError>
where
    T: TryFrom<String>,
    T::Error: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.try_get(column)?;
    T::try_from(text).map_err(|error| StoreError::corrupt(column, error))
}

/// A column that holds a moment.
pub(crate) fn moment(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp(row.try_get(column)?))
}

/// A column that may hold a moment.
pub(crate) fn maybe_moment(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(Timestamp))
}

/// A column that holds a count.
pub(crate) fn number<T: TryFrom<i64>>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let number: i64 = row.try_get(column)?;
    T::try_from(number).map_err(|_| StoreError::corrupt(column, format!("{number} is out of range")))
}

/// The columns `account` and `region`.
pub(crate) fn scope(row: &SqliteRow) -> Result<Scope, StoreError> {
    Ok(Scope { account: text::<AccountId>(row, "account")?, region: text::<Region>(row, "region")? })
}

/// A generation as SQLite holds it.
pub(crate) fn generation(generation: u64) -> i64 {
    i64::try_from(generation).unwrap_or(i64::MAX)
}

/// The column `name`.
pub(crate) fn name(row: &SqliteRow) -> Result<Name, StoreError> {
    text(row, "name")
}

//! How an error of the system is told to another process: its number where it has one, else its text.

use std::io;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
enum Told {
    Number(i32),
    Text(String),
}

pub(crate) fn serialize<S: Serializer>(error: &io::Error, serializer: S) -> Result<S::Ok, S::Error> {
    match error.raw_os_error() {
        Some(number) => Told::Number(number),
        None => Told::Text(error.to_string()),
    }
    .serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<io::Error, D::Error> {
    Ok(match Told::deserialize(deserializer)? {
        Told::Number(number) => io::Error::from_raw_os_error(number),
        Told::Text(text) => io::Error::other(text),
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use crate::DriverError;

    #[test]
    fn errors_read_the_same_in_another_process() {
        for source in [io::Error::from_raw_os_error(28), io::Error::other("something else")] {
            let text = source.to_string();
            let error = DriverError::Io { action: "writing".into(), path: "/x".into(), source };
            let told = serde_json::to_string(&error).unwrap();
            let heard: DriverError = serde_json::from_str(&told).unwrap();
            assert_eq!(heard.to_string(), error.to_string());
            assert_eq!(std::error::Error::source(&heard).unwrap().to_string(), text);
        }
    }
}

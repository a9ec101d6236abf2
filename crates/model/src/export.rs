//! Exports of images: tasks that write an image's archive into the installation's object storage.
//!
//! ```text
//! created ──> EXPORTING ──written──> COMPLETED
//!                 │ └──the server ends: the next one begins again, at most MOST_ATTEMPTS times
//!                 └──> FAILED, TIMED_OUT
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::image::Application;
use crate::scope::Name;
use crate::time::Timestamp;

/// As often as an export is begun: one that ends the server each time must not do so for ever.
pub const MOST_ATTEMPTS: u32 = 3;

/// One export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportTask {
    /// A UUID.
    pub id: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Which image.
    pub image: Name,
    /// That image's content.
    pub digest: String,
    /// That image's catalogue; forgotten when it is over.
    pub applications: Vec<Application>,
    /// What its owner calls the archive (an AMI in the API's words).
    pub ami_name: String,
    /// A description of the archive.
    pub ami_description: Option<String>,
    /// The archive's id, under which it lies in the object storage: `ami-` and 17 hexadecimal digits.
    pub ami_id: String,
    /// The archive's tags.
    pub tags: BTreeMap<String, String>,
    /// How far it is.
    pub state: ExportState,
}

/// How far an export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// It is, or is to be, written.
    Exporting {
        /// How often that began.
        attempts: u32,
    },
    /// The archive is there.
    Completed {
        /// Its length.
        bytes: u64,
    },
    /// There is none.
    Failed(ExportFailure),
    /// There is none: it took too long.
    TimedOut(ExportFailure),
}

/// Why there is no archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFailure {
    /// For programs: `StorageFull`.
    pub code: String,
    /// For people.
    pub message: String,
}

impl ExportTask {
    /// It is not over.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.state, ExportState::Exporting { .. })
    }

    /// It begins, or begins again. One that did so too often has failed; one that is over stays as it is.
    #[must_use]
    pub fn began(&self) -> Self {
        match self.state {
            ExportState::Exporting { attempts } if attempts < MOST_ATTEMPTS => {
                self.with(ExportState::Exporting { attempts: attempts + 1 })
            }
            ExportState::Exporting { .. } => self.with(ExportState::Failed(ExportFailure {
                code: "Interrupted".to_owned(),
                message: format!(
                    "The export was interrupted {MOST_ATTEMPTS} times by the end of the server."
                ),
            })),
            _ => self.clone(),
        }
    }

    /// It is over. One that is over already stays as it is.
    #[must_use]
    pub fn ended(&self, state: ExportState) -> Self {
        if self.is_running() { Self { applications: Vec::new(), ..self.with(state) } } else { self.clone() }
    }

    fn with(&self, state: ExportState) -> Self {
        Self { state, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> ExportTask {
        ExportTask {
            id: "0".to_owned(),
            created_at: Timestamp(0),
            image: Name::new("image").unwrap(),
            digest: "sha256:1".to_owned(),
            applications: Vec::new(),
            ami_name: "archive".to_owned(),
            ami_description: None,
            ami_id: "ami-0".to_owned(),
            tags: BTreeMap::new(),
            state: ExportState::Exporting { attempts: 0 },
        }
    }

    #[test]
    fn an_export_begins_again_but_not_for_ever() {
        let mut known = task();
        for attempts in 1..=MOST_ATTEMPTS {
            known = known.began();
            assert_eq!(known.state, ExportState::Exporting { attempts });
        }
        known = known.began();
        assert!(matches!(&known.state, ExportState::Failed(failure) if failure.code == "Interrupted"));
        assert_eq!(known.began(), known);
    }

    #[test]
    fn what_is_over_stays_so() {
        let done = task().began().ended(ExportState::Completed { bytes: 1 });
        assert!(!done.is_running());
        let failure = ExportFailure { code: "c".to_owned(), message: "m".to_owned() };
        assert_eq!(done.ended(ExportState::Failed(failure)), done);
        assert_eq!(done.began(), done);
    }
}

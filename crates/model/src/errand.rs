//! What an image builder without an administrator is for: it brings its packages up to date, and then becomes an image, or only tells what would change.
//!
//! ```text
//! PENDING ──ready──> begun ──report──> an image is wanted ──> SNAPSHOTTING ──> DELETING
//!                      │                └ only the answer ──> told, DELETING
//!                      └──the instance or its builder fails, or time is up ──> failed, DELETING
//! ```

use serde::{Deserialize, Serialize};

use crate::builder::{BuilderIntent, BuilderState, ImageBuilder};
use crate::instance::InstanceId;
use crate::scope::Name;
use crate::time::Timestamp;

/// The errand of a builder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errand {
    /// What comes of it; none: an answer.
    pub image: Option<Name>,
    /// The instance in which it was begun.
    pub begun_in: Option<InstanceId>,
    /// When it is given up, and an answer forgotten.
    pub until: Timestamp,
    /// What was reported.
    pub outcome: Option<ErrandOutcome>,
}

/// What an errand came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrandOutcome {
    /// So many packages were, or would be, changed.
    Packages(u32),
    /// It could not be done, and why.
    Failed(String),
}

/// What is to be done next about an errand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandStep {
    /// Begin it in this instance.
    Begin(InstanceId),
    /// Make this image.
    Snapshot(Name),
    /// Record that it could not be done, and why.
    Fail(String),
    /// Record that the image cannot be made, and why; then remove the builder.
    GiveUp(Name, String),
    /// Remove the builder.
    Remove,
}

impl ImageBuilder {
    /// What is to be done next about its errand, if it has one.
    #[must_use]
    pub fn errand_step(&self, now: Timestamp) -> Option<ErrandStep> {
        let errand = self.runtime.errand.as_ref()?;
        match (&self.runtime.intent, &errand.outcome, &errand.image) {
            (BuilderIntent::Deleting | BuilderIntent::Snapshotting { .. }, _, _) => None,
            // The image was made, or could not be made, and says so itself.
            (BuilderIntent::Stopped, _, _) => Some(ErrandStep::Remove),
            (_, Some(ErrandOutcome::Failed(why)), Some(image)) => {
                Some(ErrandStep::GiveUp(image.clone(), why.clone()))
            }
            // Whoever waits for the answer takes it.
            (_, Some(_), None) => (now >= errand.until).then_some(ErrandStep::Remove),
            (BuilderIntent::Failed, _, _) => {
                // Also one that was done before the instance was lost: nothing can be made of it any more.
                let reason = self.runtime.reason.as_ref();
                let why = reason.map_or("The image could not be started.", |reason| &reason.message);
                Some(ErrandStep::Fail(why.to_owned()))
            }
            (_, None, _) if now >= errand.until => {
                Some(ErrandStep::Fail("Bringing the image up to date took too long.".to_owned()))
            }
            (_, Some(ErrandOutcome::Packages(_)), Some(image)) => {
                (self.state() == BuilderState::Running).then(|| ErrandStep::Snapshot(image.clone()))
            }
            (_, None, _) => {
                let instance =
                    self.runtime.instance.as_ref().filter(|_| self.state() == BuilderState::Running)?;
                (errand.begun_in.as_ref() != Some(&instance.id))
                    .then(|| ErrandStep::Begin(instance.id.clone()))
            }
        }
    }

    /// Its errand was begun.
    #[must_use]
    pub fn errand_began(&self, id: &InstanceId) -> Self {
        self.with_errand(|errand| errand.begun_in = Some(id.clone()))
    }

    /// Its errand is over; what was said first counts.
    #[must_use]
    pub fn errand_ended(&self, outcome: ErrandOutcome) -> Self {
        self.with_errand(|errand| {
            errand.outcome.get_or_insert(outcome);
        })
    }

    /// It cannot be done, whatever was reported before.
    #[must_use]
    pub fn errand_failed(&self, why: String) -> Self {
        self.with_errand(|errand| errand.outcome = Some(ErrandOutcome::Failed(why)))
    }

    fn with_errand(&self, change: impl FnOnce(&mut Errand)) -> Self {
        let mut changed = self.clone();
        if let Some(errand) = &mut changed.runtime.errand {
            change(errand);
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builder::tests::builder;

    fn ready(known: &ImageBuilder) -> ImageBuilder {
        let id = InstanceId::new("ib-1").unwrap();
        known.began(id.clone(), Timestamp(0)).became_ready(&id)
    }

    fn sent(image: Option<&str>) -> ImageBuilder {
        let mut known = builder();
        let image = image.map(|name| Name::new(name).unwrap());
        known.runtime.errand = Some(Errand { image, begun_in: None, until: Timestamp(1000), outcome: None });
        known
    }

    #[test]
    fn an_image_is_made_once_the_packages_are_up_to_date() {
        let image = Name::new("new").unwrap();
        let known = sent(Some("new"));
        assert_eq!(known.errand_step(Timestamp(0)), None, "it does not run yet");
        let known = ready(&known);
        let id = known.runtime.instance.as_ref().unwrap().id.clone();
        assert_eq!(known.errand_step(Timestamp(0)), Some(ErrandStep::Begin(id.clone())));
        let known = known.errand_began(&id);
        assert_eq!(known.errand_step(Timestamp(0)), None);
        let known = known.errand_ended(ErrandOutcome::Packages(2));
        assert_eq!(known.errand_step(Timestamp(0)), Some(ErrandStep::Snapshot(image.clone())));
        let known = known.snapshot(image).unwrap();
        assert_eq!(known.errand_step(Timestamp(2000)), None);
        assert_eq!(known.snapshot_ended(None).errand_step(Timestamp(0)), Some(ErrandStep::Remove));
    }

    #[test]
    fn an_answer_is_kept_for_who_waits() {
        let known = ready(&sent(None)).errand_ended(ErrandOutcome::Packages(0));
        assert_eq!(known.errand_step(Timestamp(999)), None);
        assert_eq!(known.errand_step(Timestamp(1000)), Some(ErrandStep::Remove));
        let again = known.errand_ended(ErrandOutcome::Failed("late".to_owned()));
        assert_eq!(again, known, "what was said first counts");
    }

    #[test]
    fn what_cannot_be_done_is_given_up() {
        let known = ready(&sent(Some("new")));
        assert!(matches!(known.errand_step(Timestamp(1000)), Some(ErrandStep::Fail(_))));
        let known = known.errand_ended(ErrandOutcome::Failed("no network".to_owned()));
        let name = Name::new("new").unwrap();
        assert_eq!(known.errand_step(Timestamp(0)), Some(ErrandStep::GiveUp(name, "no network".to_owned())));
        let known = sent(None).cannot_run(Vec::new());
        assert!(matches!(known.errand_step(Timestamp(0)), Some(ErrandStep::Fail(_))));
        assert_eq!(builder().errand_step(Timestamp(5000)), None, "an administrator's has none");
    }
}

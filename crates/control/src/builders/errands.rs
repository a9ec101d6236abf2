//! Image builders without an administrator: what is done about their errands (see the model's `errand`), beside what is done about all builders.

use std::collections::BTreeMap;
use std::sync::Arc;

use millrace_driver::{InstanceId as HostId, Preparation};
use millrace_model::builder::BuilderKey;
use millrace_model::errand::{ErrandOutcome, ErrandStep};
use millrace_model::{ImageBuilder, InstanceId, Name, Timestamp};
use millrace_store::StoreError;

use super::reconcile::change;
use crate::control::Control;
use crate::errors::chain;

/// The programs that every image builder has.
const SUDO: &str = "/run/millrace/bin/sudo";
const ASSISTANT: &str = "/run/millrace/bin/image-assistant";

/// Does what is to be done now, and says when time alone will change that.
pub(super) async fn pass(
    control: &Arc<Control>,
    builders: &BTreeMap<BuilderKey, ImageBuilder>,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let mut look_again_at = None;
    for (key, builder) in builders {
        let Some(errand) = &builder.runtime.errand else { continue };
        if errand.until > now {
            look_again_at = Some(look_again_at.map_or(errand.until, |at: Timestamp| at.min(errand.until)));
        }
        if let Some(step) = builder.errand_step(now) {
            carry_out(control, key, builder, step).await?;
            control.changed();
            control.wake_builders.notify_one();
        }
    }
    Ok(look_again_at)
}

async fn carry_out(
    control: &Arc<Control>,
    key: &BuilderKey,
    builder: &ImageBuilder,
    step: ErrandStep,
) -> Result<(), StoreError> {
    match step {
        ErrandStep::Begin(instance) => {
            change(control, key, |known| known.errand_began(&instance)).await?;
            let only_looks = builder.runtime.errand.as_ref().is_some_and(|errand| errand.image.is_none());
            begin(control, key, &instance, only_looks);
        }
        ErrandStep::Snapshot(image) => {
            change(control, key, |known| known.snapshot(image).unwrap_or_else(|_| known.clone())).await?;
        }
        ErrandStep::Fail(why) => {
            tracing::warn!(
                image_builder = key.name.as_str(),
                why,
                "an image could not be brought up to date"
            );
            change(control, key, |known| known.errand_failed(why)).await?;
        }
        ErrandStep::GiveUp(image, why) => {
            fail_image(control, key, &image, why).await?;
            remove(control, key).await?;
        }
        ErrandStep::Remove => remove(control, key).await?,
    }
    Ok(())
}

/// Starts the update in the instance. What it comes to, it reports itself; should it never begin, the errand's time runs out.
fn begin(control: &Arc<Control>, key: &BuilderKey, instance: &InstanceId, only_looks: bool) {
    let Ok(id) = HostId::new(instance.as_str()) else { return };
    let mut argv = vec![SUDO, ASSISTANT, "update-packages"];
    if only_looks {
        argv.push("--check");
    }
    let program = Preparation {
        argv: argv.into_iter().map(str::to_owned).collect(),
        environment: Vec::new(),
        working_directory: String::new(),
    };
    let (control, key) = (control.clone(), key.clone());
    tokio::spawn(async move {
        if let Err(error) = control.driver.prepare(&id, &program).await {
            tracing::error!(instance = %id, error = chain(&error), "an update could not be started");
            let outcome = ErrandOutcome::Failed("The update could not be started.".to_owned());
            if let Err(error) = change(&control, &key, |known| known.errand_ended(outcome)).await {
                tracing::error!(error = chain(&error), "an image builder cannot be written");
            }
            control.wake_builders.notify_one();
        }
    });
}

async fn fail_image(
    control: &Control,
    key: &BuilderKey,
    image: &Name,
    why: String,
) -> Result<(), StoreError> {
    let Some(pending) = control.store.image(&key.scope, image).await? else { return Ok(()) };
    control.store.end_snapshot(key, &pending.failed(why), &BTreeMap::new(), ImageBuilder::clone).await
}

pub(crate) async fn remove(control: &Control, key: &BuilderKey) -> Result<(), StoreError> {
    change(control, key, |known| known.delete().unwrap_or_else(|_| known.clone())).await?;
    Ok(())
}

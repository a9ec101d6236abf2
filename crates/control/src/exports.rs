//! Exports images into the object storage, in the background and one after the other: an export is as fast as the disk.
//!
//! A task that an earlier process had begun is begun again from the beginning: what it had written is gone.

use millrace_driver::ImageDigest;
use millrace_driver::images::{ExportSpec, ImportError};
use millrace_driver::objects::{InvalidObjectName, ObjectName};
use millrace_model::Scope;
use millrace_model::export::{ExportFailure, ExportState, ExportTask};
use millrace_store::StoreError;

use crate::builders::snapshot::to_driver;
use crate::control::Control;
use crate::errors::chain;

/// The bucket of archives, in every account.
const BUCKET: &str = "images";

/// Carries out all exports that are not over; false if the store failed.
pub(crate) async fn pass(control: &Control) -> bool {
    let passed = carry_out(control).await;
    if let Err(error) = &passed {
        tracing::error!(error = chain(error), "exports cannot be read or written");
    }
    passed.is_ok()
}

async fn carry_out(control: &Control) -> Result<(), StoreError> {
    for (scope, task) in control.store.running_exports().await? {
        let begun = control.store.change_export_task(&scope, &task.id, ExportTask::began).await?;
        let Some(begun) = begun.filter(ExportTask::is_running) else { continue };
        let state = export(control, &scope, &begun).await;
        control.store.change_export_task(&scope, &task.id, |known| known.ended(state)).await?;
        control.changed();
    }
    Ok(())
}

/// What came of it.
async fn export(control: &Control, scope: &Scope, task: &ExportTask) -> ExportState {
    let began = tokio::time::Instant::now();
    let spec = match object(scope, &task.ami_id) {
        Ok(object) => ExportSpec {
            object,
            reference: task.ami_id.clone(),
            title: task.ami_name.clone(),
            description: task.ami_description.clone().unwrap_or_default(),
            applications: task.applications.iter().map(to_driver).collect(),
        },
        Err(error) => {
            return ExportState::Failed(failure("InternalError", error.to_string()));
        }
    };
    tracing::info!(image = task.image.as_str(), task = task.id, object = %spec.object, "export begun");
    match control.images.export(&ImageDigest(task.digest.clone()), &spec).await {
        Ok(exported) => {
            let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(
                image = task.image.as_str(),
                task = task.id,
                bytes = exported.bytes,
                manifest = exported.manifest.0,
                milliseconds,
                "image exported"
            );
            ExportState::Completed { bytes: exported.bytes }
        }
        Err(error) => {
            tracing::error!(
                image = task.image.as_str(),
                task = task.id,
                error = chain(&error),
                "an image could not be exported"
            );
            failed(&error)
        }
    }
}

/// What the owner of a task is told; what happened inside goes to the log only.
fn failed(error: &ImportError) -> ExportState {
    match error {
        ImportError::TimedOut => {
            ExportState::TimedOut(failure("TimedOut", "The export took too long.".to_owned()))
        }
        ImportError::OverLimit(_) => ExportState::Failed(failure("StorageFull", error.to_string())),
        ImportError::NoSuchImage(_) => ExportState::Failed(failure(
            "ImageNotFound",
            "The content of the image is not on this host.".to_owned(),
        )),
        _ => ExportState::Failed(failure(
            "InternalError",
            "The image could not be exported. The log of the server says why.".to_owned(),
        )),
    }
}

fn failure(code: &str, message: String) -> ExportFailure {
    ExportFailure { code: code.to_owned(), message }
}

/// Where the archive of this id lies.
///
/// # Errors
/// The id is none.
pub(crate) fn object(scope: &Scope, ami_id: &str) -> Result<ObjectName, InvalidObjectName> {
    ObjectName::new(scope.account.as_str(), BUCKET, &format!("{}/{ami_id}.tar", scope.region))
}

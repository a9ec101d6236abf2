//! CreateExportImageTask, GetExportImageTask and ListExportImageTasks. What the API calls an AMI is an OCI archive in the installation's object storage.

use millrace_model::export::{ExportFailure, ExportState, ExportTask};
use millrace_model::{Image, Name};
use millrace_store::{CreateExportError, ExportLimits, PageToken};
use millrace_wire::{ApiError, shapes};

use super::values;
use crate::api::Call;
use crate::{arn, errors, exports};

/// Exports of an account in a region that are not over, and those that are remembered.
const LIMITS: ExportLimits = ExportLimits { running: 20, remembered: 500 };
/// How many tasks one reply holds, if nothing is asked for; the shape bounds it to 500.
const PAGE: u32 = 50;
/// The kind of the list's tokens.
const TASKS: &str = "export-tasks";

pub(super) async fn create(
    call: &Call<'_>,
    input: shapes::CreateExportImageTaskRequest,
) -> Result<shapes::CreateExportImageTaskResult, ApiError> {
    own_role(call, &input.iam_role_arn)?;
    let name = values::existing(&input.image_name, |name| call.no_image(name))?;
    let tags = values::new_tags(input.tag_specifications)?;
    free_name(call, &input.ami_name).await?;
    let unique = |length: usize| call.control.surroundings.unique().simple().to_string()[..length].to_owned();
    let (ami_id, now) = (format!("ami-{}", unique(17)), call.now);
    let id = call.control.surroundings.unique().to_string();
    let (ami_name, ami_description) = (input.ami_name, values::text(input.ami_description));
    let task = |image: Image| ExportTask {
        id,
        created_at: now,
        image: image.name,
        digest: image.digest,
        applications: image.applications,
        ami_name,
        ami_description,
        ami_id,
        tags: tags.into_map(),
        state: ExportState::Exporting { attempts: 0 },
    };
    let created = call.control.store.create_export_task(&call.scope, &name, LIMITS, task).await;
    let task = created.map_err(|error| refused(call, &name, &error))?;
    call.control.exports.notify_one();
    Ok(shapes::CreateExportImageTaskResult { export_image_task: Some(to_wire(call, &task)) })
}

pub(super) async fn get(
    call: &Call<'_>,
    input: shapes::GetExportImageTaskRequest,
) -> Result<shapes::GetExportImageTaskResult, ApiError> {
    // The model leaves it optional, and there is nothing to find without.
    let id = input.task_id.ok_or_else(|| ApiError::resource_not_found("The TaskId must be specified."))?;
    let found = call.control.store.export_task(&call.scope, &id).await;
    let task = found
        .map_err(|error| errors::store(&error))?
        .ok_or_else(|| errors::not_found("export task", &id, &call.scope))?;
    Ok(shapes::GetExportImageTaskResult { export_image_task: Some(to_wire(call, &task)) })
}

pub(super) async fn list(
    call: &Call<'_>,
    input: shapes::ListExportImageTasksRequest,
) -> Result<shapes::ListExportImageTasksResult, ApiError> {
    let limit = values::in_range("MaxResults", input.max_results, 1, LIMITS.remembered)?.unwrap_or(PAGE);
    let filters = input.filters.unwrap_or_default();
    let token = Call::page_token(TASKS, input.next_token.as_deref())?;
    let tasks = call.control.store.export_tasks(&call.scope).await.map_err(|error| errors::store(&error))?;
    let mut page = Vec::new();
    let mut left = false;
    for task in tasks.iter().filter(|task| token.as_ref().is_none_or(|token| is_after(task, token.key()))) {
        if !matches(call, task, &filters)? {
            continue;
        }
        if page.len() >= limit as usize {
            left = true;
            break;
        }
        page.push(task);
    }
    let next = page.last().filter(|_| left).map(|last| PageToken::new(TASKS, &key(last)).encode());
    Ok(shapes::ListExportImageTasksResult {
        export_image_tasks: Some(page.into_iter().map(|task| to_wire(call, task)).collect()),
        next_token: next,
    })
}

/// The place of a task in the list, which begins with the newest.
fn key(task: &ExportTask) -> String {
    format!("{}/{}", task.created_at.0, task.id)
}

fn is_after(task: &ExportTask, key: &str) -> bool {
    let Some((created_at, id)) = key.split_once('/') else { return false };
    let Ok(created_at) = created_at.parse::<i64>() else { return false };
    (-task.created_at.0, task.id.as_str()) > (-created_at, id)
}

/// Whether a task is what every filter asks for. AWS names no filters: these are the members of a task.
fn matches(call: &Call<'_>, task: &ExportTask, filters: &[shapes::Filter]) -> Result<bool, ApiError> {
    let shown = to_wire(call, task);
    for filter in filters {
        let value = match filter.name.as_str() {
            "TaskId" => Some(shown.task_id.as_str()),
            "ImageArn" => Some(shown.image_arn.as_str()),
            "ImageName" => Some(task.image.as_str()),
            "AmiName" => Some(shown.ami_name.as_str()),
            "AmiId" => shown.ami_id.as_deref(),
            "State" => shown.state.as_ref().map(|state| state.as_str()),
            other => {
                return Err(ApiError::invalid_parameter_value(format!(
                    "The filter {other} is not known. Known are TaskId, ImageArn, ImageName, AmiName, AmiId and State."
                )));
            }
        };
        if !filter.values.iter().any(|wanted| Some(wanted.as_str()) == value) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The role must be one of the account's own. It is not assumed: the object storage is the installation's.
pub(super) fn own_role(call: &Call<'_>, role: &str) -> Result<(), ApiError> {
    let own = format!("arn:aws:iam::{}:role/", call.scope.account);
    if role.strip_prefix(&own).is_some_and(|name| !name.is_empty()) {
        return Ok(());
    }
    Err(ApiError::invalid_role(format!(
        "AppStream 2.0 encountered an error because your IAM role '{role}' is invalid"
    )))
}

/// The name of an archive is unique among those that are there, and those to come.
async fn free_name(call: &Call<'_>, ami_name: &str) -> Result<(), ApiError> {
    let tasks = call.control.store.export_tasks(&call.scope).await.map_err(|error| errors::store(&error))?;
    for task in tasks.iter().filter(|task| task.ami_name == ami_name) {
        let taken = match task.state {
            ExportState::Exporting { .. } => true,
            // Unless somebody took it away.
            ExportState::Completed { .. } => archive_is_there(call, task).await?,
            ExportState::Failed(_) | ExportState::TimedOut(_) => false,
        };
        if taken {
            return Err(ApiError::operation_not_permitted(format!(
                "The AmiName {ami_name} is in use by the export task {}.",
                task.id
            )));
        }
    }
    Ok(())
}

async fn archive_is_there(call: &Call<'_>, task: &ExportTask) -> Result<bool, ApiError> {
    let Ok(object) = exports::object(&call.scope, &task.ami_id) else { return Ok(false) };
    let found = call.control.images.find_object(&object).await;
    found.map(|length| length.is_some()).map_err(|error| storage(&error))
}

/// The object storage failed.
pub(super) fn storage(error: &dyn std::error::Error) -> ApiError {
    tracing::error!(error = errors::chain(error), "the object storage failed");
    ApiError::internal_failure("The request could not be completed because of an internal failure.")
}

fn refused(call: &Call<'_>, name: &Name, error: &CreateExportError) -> ApiError {
    match error {
        CreateExportError::NotFound => call.no_image(name.as_str()),
        CreateExportError::NotAvailable(state) => values::image_not_available(name.as_str(), *state),
        CreateExportError::LimitReached => ApiError::limit_exceeded(format!(
            "The account has the limit of {} export tasks at a time.",
            LIMITS.running
        )),
        CreateExportError::Store(error) => errors::store(error),
    }
}

fn to_wire(call: &Call<'_>, task: &ExportTask) -> shapes::ExportImageTask {
    let (state, failure) = match &task.state {
        ExportState::Exporting { .. } => (shapes::ExportImageTaskState::Exporting, None),
        ExportState::Completed { .. } => (shapes::ExportImageTaskState::Completed, None),
        ExportState::Failed(failure) => (shapes::ExportImageTaskState::Failed, Some(failure)),
        ExportState::TimedOut(failure) => (shapes::ExportImageTaskState::TimedOut, Some(failure)),
    };
    let completed = matches!(task.state, ExportState::Completed { .. });
    shapes::ExportImageTask {
        ami_description: task.ami_description.clone(),
        ami_id: completed.then(|| task.ami_id.clone()),
        ami_name: task.ami_name.clone(),
        created_date: values::wire_moment(task.created_at),
        error_details: failure.map(|failure| vec![error_details(failure)]),
        image_arn: arn::image(&call.scope, &task.image),
        state: Some(state),
        tag_specifications: (!task.tags.is_empty()).then(|| task.tags.clone()),
        task_id: task.id.clone(),
    }
}

fn error_details(failure: &ExportFailure) -> shapes::ErrorDetails {
    shapes::ErrorDetails {
        error_code: Some(failure.code.clone()),
        error_message: Some(failure.message.clone()),
    }
}

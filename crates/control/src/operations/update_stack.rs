//! UpdateStack: what was said replaces what was. It may be done at any time; sessions that have begun keep what they began with.

use millrace_model::stack::{AgentAccess, StackSettings, StorageConnectorKind};
use millrace_model::{Scope, Stack};
use millrace_wire::ApiError;
use millrace_wire::shapes::{
    AgentAccessConfigForUpdate, ScreenImageFormat, StackAttribute, UpdateStackRequest, UpdateStackResult,
};

use super::values::{self, replaced_text, web_address};
use super::{stack_from_wire, stack_to_wire};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: UpdateStackRequest,
) -> Result<UpdateStackResult, ApiError> {
    let given = input.name.clone();
    let name = values::existing(&given, |name| call.no_stack(name))?;
    stack_from_wire::refuse_access_endpoints(input.access_endpoints.as_deref())?;
    let changed = call.control.store.change_stack(&call.scope, &name, |stack| {
        let settings = apply(&call.scope, stack.settings.clone(), input)?;
        Ok(Stack { settings, ..stack.clone() })
    });
    let stack = changed
        .await
        .map_err(|error| errors::change(error, || call.no_stack(&given), |error: ApiError| error))?;
    Ok(UpdateStackResult { stack: Some(stack_to_wire::stack(&call.scope, &stack)) })
}

/// First what is to be deleted, then what is said.
fn apply(
    scope: &Scope,
    mut settings: StackSettings,
    input: UpdateStackRequest,
) -> Result<StackSettings, ApiError> {
    for attribute in input.attributes_to_delete.unwrap_or_default() {
        delete(&mut settings, attribute);
    }
    if input.delete_storage_connectors == Some(true) {
        settings.storage_connectors.clear();
    }
    replaced_text(&mut settings.display_name, input.display_name);
    replaced_text(&mut settings.description, input.description);
    if input.redirect_url.is_some() {
        settings.redirect_url = web_address("RedirectURL", input.redirect_url)?;
    }
    if input.feedback_url.is_some() {
        settings.feedback_url = web_address("FeedbackURL", input.feedback_url)?;
    }
    if let Some(connectors) = input.storage_connectors {
        settings.storage_connectors = stack_from_wire::connectors(scope, connectors)?;
    }
    if let Some(authentication) = input.storage_connector_authentication {
        settings.storage_connector_authentication = Some(stack_from_wire::authentication(authentication));
    }
    if let Some(user_settings) = input.user_settings {
        settings.user_settings = stack_from_wire::user_settings(user_settings)?;
    }
    if let Some(said) = input.application_settings {
        let bucket = settings.application_settings.and_then(|known| known.bucket);
        let said = stack_from_wire::application_settings(said);
        settings.application_settings = Some(millrace_model::stack::ApplicationSettings { bucket, ..said });
    }
    if let Some(domains) = input.embed_host_domains {
        settings.embed_host_domains = domains;
    }
    if let Some(experience) = &input.streaming_experience_settings {
        settings.streaming_experience = Some(stack_from_wire::streaming_experience(experience));
    }
    if let Some(redirection) = input.content_redirection {
        settings.content_redirection = Some(stack_from_wire::content_redirection(redirection));
    }
    if let Some(redirection) = input.web_authn_redirection {
        settings.web_authentication = Some(stack_from_wire::web_authentication(redirection)?);
    }
    if let Some(config) = input.agent_access_config {
        settings.agent_access = Some(agent_access(settings.agent_access, config)?);
    }
    Ok(settings)
}

/// A part may be changed alone, if the whole is there.
fn agent_access(
    known: Option<AgentAccess>,
    config: AgentAccessConfigForUpdate,
) -> Result<AgentAccess, ApiError> {
    let complete = config.settings.is_some()
        && config.screen_resolution.is_some()
        && config.screen_image_format.is_some();
    let mut access = match known {
        Some(known) => known,
        None if complete => AgentAccess {
            settings: Vec::new(),
            screenshot_bucket: None,
            screenshots_uploaded: None,
            jpeg: false,
            encryption_key: None,
            replay_enabled: None,
            user_control: None,
        },
        None => {
            return Err(ApiError::invalid_parameter_combination(
                "AgentAccessConfig requires Settings, ScreenResolution and ScreenImageFormat.",
            ));
        }
    };
    if let Some(settings) = config.settings {
        access.settings = stack_from_wire::agent_settings(settings);
    }
    if let Some(format) = config.screen_image_format {
        access.jpeg = format == ScreenImageFormat::Jpeg;
    }
    access.screenshot_bucket = config.s3_bucket_arn.or(access.screenshot_bucket);
    access.screenshots_uploaded = config.screenshots_upload_enabled.or(access.screenshots_uploaded);
    access.encryption_key = config.kms_key_arn.or(access.encryption_key);
    access.replay_enabled = config.replay_session_enabled.or(access.replay_enabled);
    access.user_control = config.user_control_mode.map(stack_from_wire::user_control).or(access.user_control);
    stack_from_wire::check_agent_access(&access)?;
    Ok(access)
}

/// Deleting what is not set succeeds: Terraform does so.
fn delete(settings: &mut StackSettings, attribute: StackAttribute) {
    let connectors = &mut settings.storage_connectors;
    match attribute {
        StackAttribute::StorageConnectors => connectors.clear(),
        StackAttribute::StorageConnectorHomefolders => {
            connectors.retain(|connector| connector.kind != StorageConnectorKind::HomeFolders);
        }
        StackAttribute::StorageConnectorGoogleDrive => {
            connectors.retain(|connector| connector.kind != StorageConnectorKind::GoogleDrive);
        }
        StackAttribute::StorageConnectorOneDrive => {
            connectors.retain(|connector| connector.kind != StorageConnectorKind::OneDrive);
        }
        StackAttribute::StorageConnectorAuthentication => settings.storage_connector_authentication = None,
        StackAttribute::RedirectUrl => settings.redirect_url = None,
        StackAttribute::FeedbackUrl => settings.feedback_url = None,
        StackAttribute::UserSettings => settings.user_settings.clear(),
        StackAttribute::EmbedHostDomains => settings.embed_host_domains.clear(),
        StackAttribute::StreamingExperienceSettings => settings.streaming_experience = None,
        StackAttribute::ContentRedirection => settings.content_redirection = None,
        StackAttribute::WebAuthnRedirection => settings.web_authentication = None,
        StackAttribute::AgentAccessConfig => settings.agent_access = None,
        StackAttribute::AgentAccessConfigKmsKeyArn => {
            if let Some(access) = &mut settings.agent_access {
                access.encryption_key = None;
            }
        }
        // A stack has none of these here.
        StackAttribute::ThemeName | StackAttribute::IamRoleArn | StackAttribute::AccessEndpoints => {}
    }
}

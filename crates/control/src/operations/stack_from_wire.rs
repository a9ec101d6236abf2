//! From what a client says of a stack to the model's settings; errors of meaning stop here.

use std::collections::BTreeSet;

use millrace_model::Scope;
use millrace_model::stack::{
    AgentAccess, AgentAccessSetting, AgentAction, ApplicationSettings, ContentRedirection, PreferredProtocol,
    StackSettings, StorageConnector, StorageConnectorAuthentication, StorageConnectorKind,
    StreamingExperience, UrlRedirection, UserAction, UserControl, UserSetting, WebAuthenticationRedirection,
};
use millrace_wire::{ApiError, shapes};

use super::stack_to_wire::home_bucket;
use super::values::{in_range, text, web_address};

/// The longest text that a clipboard setting can allow, in characters.
const LONGEST_CLIPBOARD: u32 = 20_971_520;

/// The settings of a new stack.
pub(super) fn settings(scope: &Scope, input: shapes::CreateStackRequest) -> Result<StackSettings, ApiError> {
    refuse_access_endpoints(input.access_endpoints.as_deref())?;
    Ok(StackSettings {
        display_name: text(input.display_name),
        description: text(input.description),
        storage_connectors: connectors(scope, input.storage_connectors.unwrap_or_default())?,
        storage_connector_authentication: input.storage_connector_authentication.map(authentication),
        redirect_url: web_address("RedirectURL", input.redirect_url)?,
        feedback_url: web_address("FeedbackURL", input.feedback_url)?,
        user_settings: user_settings(input.user_settings.unwrap_or_default())?,
        application_settings: input.application_settings.map(application_settings),
        embed_host_domains: input.embed_host_domains.unwrap_or_default(),
        streaming_experience: input.streaming_experience_settings.as_ref().map(streaming_experience),
        content_redirection: input.content_redirection.map(content_redirection),
        web_authentication: input.web_authn_redirection.map(web_authentication).transpose()?,
        agent_access: input.agent_access_config.map(agent_access).transpose()?,
    })
}

/// An owner who names endpoints wants users to come by nothing else. That is not built, and must not be promised.
pub(super) fn refuse_access_endpoints(endpoints: Option<&[shapes::AccessEndpoint]>) -> Result<(), ApiError> {
    if endpoints.is_some_and(|endpoints| !endpoints.is_empty()) {
        return Err(ApiError::operation_not_permitted(
            "AccessEndpoints is not supported by this installation.",
        ));
    }
    Ok(())
}

pub(super) fn connectors(
    scope: &Scope,
    connectors: Vec<shapes::StorageConnector>,
) -> Result<Vec<StorageConnector>, ApiError> {
    let mut converted: Vec<StorageConnector> = Vec::with_capacity(connectors.len());
    for connector in connectors {
        let kind = match connector.connector_type {
            shapes::StorageConnectorType::Homefolders => StorageConnectorKind::HomeFolders,
            shapes::StorageConnectorType::GoogleDrive => StorageConnectorKind::GoogleDrive,
            shapes::StorageConnectorType::OneDrive => StorageConnectorKind::OneDrive,
        };
        if converted.iter().any(|other| other.kind == kind) {
            return Err(ApiError::invalid_parameter_combination(format!(
                "The storage connector {} is specified twice.",
                connector.connector_type
            )));
        }
        if connector.domains_require_admin_consent.is_some() && kind != StorageConnectorKind::OneDrive {
            return Err(ApiError::invalid_parameter_combination(
                "DomainsRequireAdminConsent can be specified for the storage connector ONE_DRIVE only.",
            ));
        }
        if kind == StorageConnectorKind::HomeFolders {
            if connector.domains.is_some() {
                return Err(ApiError::invalid_parameter_combination(
                    "Domains cannot be specified for the storage connector HOMEFOLDERS.",
                ));
            }
            let bucket = home_bucket(scope);
            if connector.resource_identifier.is_some_and(|given| given != bucket) {
                return Err(ApiError::invalid_parameter_value(format!(
                    "The ResourceIdentifier of HOMEFOLDERS must be left out or {bucket}."
                )));
            }
            let (resource, domains, domains_requiring_consent) = (None, None, None);
            converted.push(StorageConnector { kind, resource, domains, domains_requiring_consent });
            continue;
        }
        converted.push(StorageConnector {
            kind,
            resource: connector.resource_identifier,
            domains: connector.domains,
            domains_requiring_consent: connector.domains_require_admin_consent,
        });
    }
    Ok(converted)
}

pub(super) fn authentication(
    authentication: shapes::StorageConnectorAuthentication,
) -> StorageConnectorAuthentication {
    match authentication {
        shapes::StorageConnectorAuthentication::ForceReauthentication => {
            StorageConnectorAuthentication::Force
        }
        shapes::StorageConnectorAuthentication::ReuseCredentials => StorageConnectorAuthentication::Reuse,
    }
}

pub(super) fn user_settings(settings: Vec<shapes::UserSetting>) -> Result<Vec<UserSetting>, ApiError> {
    let mut converted: Vec<UserSetting> = Vec::with_capacity(settings.len());
    for setting in settings {
        let action = action(setting.action);
        if converted.iter().any(|other| other.action == action) {
            let message = format!("The user setting {} is specified twice.", setting.action);
            return Err(ApiError::invalid_parameter_combination(message));
        }
        let enabled = setting.permission == shapes::Permission::Enabled;
        let maximum_length = in_range("MaximumLength", setting.maximum_length, 1, LONGEST_CLIPBOARD)?;
        let clipboard = matches!(
            action,
            UserAction::ClipboardCopyFromLocalDevice | UserAction::ClipboardCopyToLocalDevice
        );
        if maximum_length.is_some() && !(clipboard && enabled) {
            return Err(ApiError::invalid_parameter_combination(
                "MaximumLength can be specified for clipboard actions whose permission is ENABLED only.",
            ));
        }
        converted.push(UserSetting { action, enabled, maximum_length });
    }
    Ok(converted)
}

fn action(action: shapes::Action) -> UserAction {
    match action {
        shapes::Action::ClipboardCopyFromLocalDevice => UserAction::ClipboardCopyFromLocalDevice,
        shapes::Action::ClipboardCopyToLocalDevice => UserAction::ClipboardCopyToLocalDevice,
        shapes::Action::FileUpload => UserAction::FileUpload,
        shapes::Action::FileDownload => UserAction::FileDownload,
        shapes::Action::PrintingToLocalDevice => UserAction::PrintingToLocalDevice,
        shapes::Action::DomainPasswordSignin => UserAction::DomainPasswordSignin,
        shapes::Action::DomainSmartCardSignin => UserAction::DomainSmartCardSignin,
        shapes::Action::AutoTimeZoneRedirection => UserAction::AutoTimeZoneRedirection,
        shapes::Action::SmartCardRedirection => UserAction::SmartCardRedirection,
    }
}

pub(super) fn application_settings(settings: shapes::ApplicationSettings) -> ApplicationSettings {
    ApplicationSettings { enabled: settings.enabled, group: text(settings.settings_group), bucket: None }
}

pub(super) fn streaming_experience(settings: &shapes::StreamingExperienceSettings) -> StreamingExperience {
    let protocol = |protocol| match protocol {
        shapes::PreferredProtocol::Tcp => PreferredProtocol::Tcp,
        shapes::PreferredProtocol::Udp => PreferredProtocol::Udp,
    };
    StreamingExperience { preferred_protocol: settings.preferred_protocol.map(protocol) }
}

pub(super) fn content_redirection(redirection: shapes::ContentRedirection) -> ContentRedirection {
    let rules = |rules: shapes::UrlRedirectionConfig| UrlRedirection {
        enabled: rules.enabled,
        allowed: rules.allowed_urls,
        denied: rules.denied_urls,
    };
    ContentRedirection { host_to_client: redirection.host_to_client.map(rules) }
}

pub(super) fn web_authentication(
    redirection: shapes::WebAuthnRedirection,
) -> Result<WebAuthenticationRedirection, ApiError> {
    let mut seen = BTreeSet::new();
    for program in redirection.process_compatibility_list.iter().flatten() {
        if !seen.insert(program.to_lowercase()) {
            return Err(ApiError::invalid_parameter_value(format!(
                "The ProcessCompatibilityList names {program} twice."
            )));
        }
    }
    Ok(WebAuthenticationRedirection {
        enabled: redirection.enabled,
        programs: redirection.process_compatibility_list,
    })
}

pub(super) fn agent_access(config: shapes::AgentAccessConfig) -> Result<AgentAccess, ApiError> {
    let access = AgentAccess {
        settings: agent_settings(config.settings),
        screenshot_bucket: config.s3_bucket_arn,
        screenshots_uploaded: config.screenshots_upload_enabled,
        jpeg: config.screen_image_format == shapes::ScreenImageFormat::Jpeg,
        encryption_key: config.kms_key_arn,
        replay_enabled: config.replay_session_enabled,
        user_control: config.user_control_mode.map(user_control),
    };
    check_agent_access(&access)?;
    Ok(access)
}

pub(super) fn agent_settings(settings: Vec<shapes::AgentAccessSetting>) -> Vec<AgentAccessSetting> {
    let convert = |setting: shapes::AgentAccessSetting| AgentAccessSetting {
        action: match setting.agent_action {
            shapes::AgentAction::ComputerVision => AgentAction::Vision,
            shapes::AgentAction::ComputerInput => AgentAction::Input,
            shapes::AgentAction::ForwardMcpTools => AgentAction::Tools,
        },
        enabled: setting.permission == shapes::Permission::Enabled,
    };
    settings.into_iter().map(convert).collect()
}

pub(super) fn user_control(mode: shapes::UserControlMode) -> UserControl {
    match mode {
        shapes::UserControlMode::ViewOnly => UserControl::View,
        shapes::UserControlMode::ViewStop => UserControl::ViewAndStop,
        shapes::UserControlMode::Disabled => UserControl::Disabled,
    }
}

/// What requires each other (the API reference of AgentAccessConfig). A program that cannot see must not type.
pub(super) fn check_agent_access(access: &AgentAccess) -> Result<(), ApiError> {
    let enabled = |action| access.settings.iter().any(|setting| setting.action == action && setting.enabled);
    let sees = enabled(AgentAction::Vision);
    let replays = access.replay_enabled == Some(true);
    let keeps = replays || access.screenshots_uploaded == Some(true);
    let rules = [
        (
            access.settings.iter().any(|setting| setting.enabled),
            "AgentAccessConfig requires at least one Settings entry whose permission is ENABLED.",
        ),
        (sees || !enabled(AgentAction::Input), "COMPUTER_INPUT requires COMPUTER_VISION."),
        (sees || !replays, "ReplaySessionEnabled requires COMPUTER_VISION."),
        (
            access.screenshot_bucket.is_some() || !keeps,
            "S3BucketArn is required when ScreenshotsUploadEnabled or ReplaySessionEnabled is true.",
        ),
        (replays || access.encryption_key.is_none(), "KmsKeyArn requires ReplaySessionEnabled."),
    ];
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, message)) => Err(ApiError::invalid_parameter_combination(*message)),
        None => Ok(()),
    }
}

//! Stacks as the API shows them.

use millrace_model::stack::{
    AgentAccess, AgentAction, PreferredProtocol, StackErrorCode, StackSettings, StorageConnector,
    StorageConnectorAuthentication, StorageConnectorKind, UserAction, UserControl, UserSetting,
};
use millrace_model::{Scope, Stack};
use millrace_wire::shapes;

use super::values::{wire_moment, wire_number};
use crate::arn;

pub(super) fn stack(scope: &Scope, stack: &Stack) -> shapes::Stack {
    let settings = &stack.settings;
    shapes::Stack {
        arn: Some(arn::stack(scope, &stack.name)),
        name: stack.name.to_string(),
        description: settings.description.clone(),
        display_name: settings.display_name.clone(),
        created_time: Some(wire_moment(stack.created_at)),
        storage_connectors: listed(&settings.storage_connectors, |one| connector(scope, one)),
        storage_connector_authentication: settings.storage_connector_authentication.map(|how| match how {
            StorageConnectorAuthentication::Force => {
                shapes::StorageConnectorAuthentication::ForceReauthentication
            }
            StorageConnectorAuthentication::Reuse => shapes::StorageConnectorAuthentication::ReuseCredentials,
        }),
        redirect_url: settings.redirect_url.clone(),
        feedback_url: settings.feedback_url.clone(),
        stack_errors: Some(errors(settings)),
        user_settings: Some(settings.effective_user_settings().iter().map(user_setting).collect()),
        application_settings: Some(application_settings(stack)),
        access_endpoints: None,
        embed_host_domains: listed(&settings.embed_host_domains, String::clone),
        streaming_experience_settings: settings.streaming_experience.map(|experience| {
            let protocol = |protocol| match protocol {
                PreferredProtocol::Tcp => shapes::PreferredProtocol::Tcp,
                PreferredProtocol::Udp => shapes::PreferredProtocol::Udp,
            };
            shapes::StreamingExperienceSettings {
                preferred_protocol: experience.preferred_protocol.map(protocol),
            }
        }),
        content_redirection: settings.content_redirection.as_ref().map(|redirection| {
            shapes::ContentRedirection {
                host_to_client: redirection.host_to_client.as_ref().map(|rules| {
                    shapes::UrlRedirectionConfig {
                        enabled: rules.enabled,
                        allowed_urls: rules.allowed.clone(),
                        denied_urls: rules.denied.clone(),
                    }
                }),
            }
        }),
        web_authn_redirection: settings.web_authentication.as_ref().map(|redirection| {
            shapes::WebAuthnRedirection {
                enabled: redirection.enabled,
                process_compatibility_list: redirection.programs.clone(),
            }
        }),
        agent_access_config: settings.agent_access.as_ref().map(agent_access),
    }
}

/// A list that may be absent is absent when it is empty.
fn listed<T, U>(items: &[T], convert: impl Fn(&T) -> U) -> Option<Vec<U>> {
    (!items.is_empty()).then(|| items.iter().map(convert).collect())
}

/// The bucket that AppStream would keep home folders in.
pub(super) fn home_bucket(scope: &Scope) -> String {
    format!("appstream2-36fb080bb8-{}-{}", scope.region, scope.account)
}

fn connector(scope: &Scope, connector: &StorageConnector) -> shapes::StorageConnector {
    shapes::StorageConnector {
        connector_type: match connector.kind {
            StorageConnectorKind::HomeFolders => shapes::StorageConnectorType::Homefolders,
            StorageConnectorKind::GoogleDrive => shapes::StorageConnectorType::GoogleDrive,
            StorageConnectorKind::OneDrive => shapes::StorageConnectorType::OneDrive,
        },
        resource_identifier: match connector.kind {
            StorageConnectorKind::HomeFolders => Some(home_bucket(scope)),
            StorageConnectorKind::GoogleDrive | StorageConnectorKind::OneDrive => connector.resource.clone(),
        },
        domains: connector.domains.clone(),
        domains_require_admin_consent: connector.domains_requiring_consent.clone(),
    }
}

fn errors(settings: &StackSettings) -> Vec<shapes::StackError> {
    let convert = |error: millrace_model::stack::StackError| shapes::StackError {
        error_code: Some(match error.code {
            StackErrorCode::StorageConnector => shapes::StackErrorCode::StorageConnectorError,
            StackErrorCode::Internal => shapes::StackErrorCode::InternalServiceError,
        }),
        error_message: Some(error.message),
    };
    settings.unmet().into_iter().map(convert).collect()
}

fn user_setting(setting: &UserSetting) -> shapes::UserSetting {
    shapes::UserSetting {
        action: user_action(setting.action),
        permission: permission(setting.enabled),
        maximum_length: setting.maximum_length.map(wire_number),
    }
}

pub(crate) fn user_action(action: UserAction) -> shapes::Action {
    match action {
        UserAction::ClipboardCopyFromLocalDevice => shapes::Action::ClipboardCopyFromLocalDevice,
        UserAction::ClipboardCopyToLocalDevice => shapes::Action::ClipboardCopyToLocalDevice,
        UserAction::FileUpload => shapes::Action::FileUpload,
        UserAction::FileDownload => shapes::Action::FileDownload,
        UserAction::PrintingToLocalDevice => shapes::Action::PrintingToLocalDevice,
        UserAction::DomainPasswordSignin => shapes::Action::DomainPasswordSignin,
        UserAction::DomainSmartCardSignin => shapes::Action::DomainSmartCardSignin,
        UserAction::AutoTimeZoneRedirection => shapes::Action::AutoTimeZoneRedirection,
        UserAction::SmartCardRedirection => shapes::Action::SmartCardRedirection,
    }
}

fn permission(enabled: bool) -> shapes::Permission {
    if enabled { shapes::Permission::Enabled } else { shapes::Permission::Disabled }
}

/// A bare stack says that there are none, in words.
fn application_settings(stack: &Stack) -> shapes::ApplicationSettingsResponse {
    let settings = stack.settings.application_settings.as_ref();
    let enabled = settings.is_some_and(|settings| settings.enabled);
    let group = settings.and_then(|settings| settings.group.clone());
    let group = group.unwrap_or_else(|| if enabled { stack.name.to_string() } else { String::new() });
    shapes::ApplicationSettingsResponse {
        enabled: Some(enabled),
        settings_group: Some(group),
        s3_bucket_name: settings.and_then(|settings| settings.bucket.clone()),
    }
}

fn agent_access(access: &AgentAccess) -> shapes::AgentAccessConfig {
    let setting = |setting: &millrace_model::stack::AgentAccessSetting| shapes::AgentAccessSetting {
        agent_action: match setting.action {
            AgentAction::Vision => shapes::AgentAction::ComputerVision,
            AgentAction::Input => shapes::AgentAction::ComputerInput,
            AgentAction::Tools => shapes::AgentAction::ForwardMcpTools,
        },
        permission: permission(setting.enabled),
    };
    shapes::AgentAccessConfig {
        settings: access.settings.iter().map(setting).collect(),
        s3_bucket_arn: access.screenshot_bucket.clone(),
        screenshots_upload_enabled: access.screenshots_uploaded,
        screen_resolution: shapes::ScreenResolution::W1280xH720,
        screen_image_format: if access.jpeg {
            shapes::ScreenImageFormat::Jpeg
        } else {
            shapes::ScreenImageFormat::Png
        },
        kms_key_arn: access.encryption_key.clone(),
        replay_session_enabled: access.replay_enabled,
        user_control_mode: access.user_control.map(|control| match control {
            UserControl::View => shapes::UserControlMode::ViewOnly,
            UserControl::ViewAndStop => shapes::UserControlMode::ViewStop,
            UserControl::Disabled => shapes::UserControlMode::Disabled,
        }),
    }
}

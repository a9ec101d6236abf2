//! Stacks: what users are given.

use serde::{Deserialize, Serialize};

use crate::scope::Name;
use crate::time::Timestamp;

/// A stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack {
    /// What it is called.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// What its owner chose.
    pub settings: StackSettings,
}

/// What a stack's owner chose. What is not built is held and told all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StackSettings {
    /// A name for people.
    pub display_name: Option<String>,
    /// A description.
    pub description: Option<String>,
    /// Where users find files of their own.
    pub storage_connectors: Vec<StorageConnector>,
    /// Whether users sign in to those places anew in each session.
    pub storage_connector_authentication: Option<StorageConnectorAuthentication>,
    /// Where the browser goes when a session is over.
    pub redirect_url: Option<String>,
    /// Where users can say what they think.
    pub feedback_url: Option<String>,
    /// What users may do. Those not listed have their defaults ([`StackSettings::effective_user_settings`]).
    pub user_settings: Vec<UserSetting>,
    /// Whether applications' settings outlive sessions.
    pub application_settings: Option<ApplicationSettings>,
    /// Domains whose pages may embed a session.
    pub embed_host_domains: Vec<String>,
    /// How pixels prefer to travel.
    pub streaming_experience: Option<StreamingExperience>,
    /// Which links open in the user's own browser.
    pub content_redirection: Option<ContentRedirection>,
    /// Whether users sign in to web pages in the session by keys on their own device.
    pub web_authentication: Option<WebAuthenticationRedirection>,
    /// What programs that act for people may do.
    pub agent_access: Option<AgentAccess>,
}

/// Something a user may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserAction {
    /// Copy from the user's own device into the session.
    ClipboardCopyFromLocalDevice,
    /// Copy from the session to the user's own device.
    ClipboardCopyToLocalDevice,
    /// Send files into the session.
    FileUpload,
    /// Take files out of the session.
    FileDownload,
    /// Print on the user's own printer.
    PrintingToLocalDevice,
    /// Sign in to the domain with a password.
    DomainPasswordSignin,
    /// Sign in to the domain with a smart card.
    DomainSmartCardSignin,
    /// Use the user's own time zone.
    AutoTimeZoneRedirection,
    /// Use the user's own smart card inside the session.
    SmartCardRedirection,
}

impl UserAction {
    /// Those that are always told, in that order. Smart card redirection is told only where the owner chose: it is newer than most clients.
    pub const ALWAYS_TOLD: [Self; 8] = [
        Self::ClipboardCopyFromLocalDevice,
        Self::ClipboardCopyToLocalDevice,
        Self::FileUpload,
        Self::FileDownload,
        Self::PrintingToLocalDevice,
        Self::DomainPasswordSignin,
        Self::DomainSmartCardSignin,
        Self::AutoTimeZoneRedirection,
    ];

    /// Whether it is allowed where the owner said nothing (`api-behaviour` § 5).
    #[must_use]
    pub fn allowed_by_default(self) -> bool {
        !matches!(
            self,
            Self::AutoTimeZoneRedirection | Self::DomainSmartCardSignin | Self::SmartCardRedirection
        )
    }
}

/// The owner's choice for one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSetting {
    /// The action.
    pub action: UserAction,
    /// Whether users may.
    pub enabled: bool,
    /// The longest text the clipboard carries, in characters.
    pub maximum_length: Option<u32>,
}

/// A place for users' files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageConnector {
    /// What kind of place.
    pub kind: StorageConnectorKind,
    /// Which of that kind.
    pub resource: Option<String>,
    /// Whose accounts may be used.
    pub domains: Option<Vec<String>>,
    /// For whose accounts an administrator must agree.
    pub domains_requiring_consent: Option<Vec<String>>,
}

/// Kinds of places for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageConnectorKind {
    /// Folders that the installation keeps.
    HomeFolders,
    /// Google Drive.
    GoogleDrive,
    /// OneDrive.
    OneDrive,
}

/// Whether applications' settings outlive sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSettings {
    /// Whether they do.
    pub enabled: bool,
    /// Stacks of the same group share them; the stack's name if the owner named none.
    pub group: Option<String>,
    /// The bucket that keeps them, once there is one.
    pub bucket: Option<String>,
}

/// How pixels prefer to travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamingExperience {
    /// The protocol the owner prefers.
    pub preferred_protocol: Option<PreferredProtocol>,
}

/// Transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PreferredProtocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
}

/// Which links open in the user's own browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentRedirection {
    /// From the session to the user's device.
    pub host_to_client: Option<UrlRedirection>,
}

/// Rules for links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlRedirection {
    /// Whether links are redirected at all.
    pub enabled: bool,
    /// Patterns that are.
    pub allowed: Option<Vec<String>>,
    /// Patterns that are not.
    pub denied: Option<Vec<String>>,
}

/// Whether users sign in to web pages in the session by keys on their own device (`WebAuthn`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebAuthenticationRedirection {
    /// Whether they do.
    pub enabled: bool,
    /// The programs that may ask for it; the installation's own choice if absent.
    pub programs: Option<Vec<String>>,
}

/// What programs that act for people may do, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentAccess {
    /// What they may do.
    pub settings: Vec<AgentAccessSetting>,
    /// Where screenshots go.
    pub screenshot_bucket: Option<String>,
    /// Whether they go there.
    pub screenshots_uploaded: Option<bool>,
    /// JPEG instead of PNG. There is one resolution: 1280 × 720.
    pub jpeg: bool,
    /// The key that screenshots are encrypted with.
    pub encryption_key: Option<String>,
    /// Whether sessions can be watched later.
    pub replay_enabled: Option<bool>,
    /// What a person who watches may do.
    pub user_control: Option<UserControl>,
}

/// The owner's choice for one kind of access by programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentAccessSetting {
    /// The kind.
    pub action: AgentAction,
    /// Whether programs may.
    pub enabled: bool,
}

/// Kinds of access by programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentAction {
    /// See the screen.
    Vision,
    /// Use pointer and keyboard; needs [`AgentAction::Vision`].
    Input,
    /// Use tools that the session offers by the Model Context Protocol.
    Tools,
}

/// What a person who watches a program's session may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserControl {
    /// Watch.
    View,
    /// Watch, and stop it.
    ViewAndStop,
    /// Nothing.
    Disabled,
}

/// Whether users sign in to places for files anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageConnectorAuthentication {
    /// In each session.
    Force,
    /// Only when they must.
    Reuse,
}

/// Something a stack asks for that it does not get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackError {
    /// What kind of thing.
    pub code: StackErrorCode,
    /// What is missing, naming the parameter.
    pub message: String,
}

/// Kinds of [`StackError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackErrorCode {
    /// A storage connector.
    StorageConnector,
    /// Anything else.
    Internal,
}

impl StackSettings {
    /// Whether users of the stack have home folders.
    #[must_use]
    pub fn has_home_folders(&self) -> bool {
        self.storage_connectors.iter().any(|connector| connector.kind == StorageConnectorKind::HomeFolders)
    }

    /// The setting of every action: the owner's choice, or the default.
    #[must_use]
    pub fn effective_user_settings(&self) -> Vec<UserSetting> {
        let chosen = |action| self.user_settings.iter().find(|setting| setting.action == action).copied();
        let default = |action: UserAction| UserSetting {
            action,
            enabled: action.allowed_by_default(),
            maximum_length: None,
        };
        let told = UserAction::ALWAYS_TOLD
            .into_iter()
            .map(|action| chosen(action).unwrap_or_else(|| default(action)));
        told.chain(chosen(UserAction::SmartCardRedirection)).collect()
    }

    /// What the stack asks for that is not built. Its sessions work without it.
    #[must_use]
    pub fn unmet(&self) -> Vec<StackError> {
        let mut errors = Vec::new();
        let mut tell = |unmet: bool, code, parameter: &str| {
            if unmet {
                let message = format!("{parameter} is not supported by this installation and has no effect.");
                errors.push(StackError { code, message });
            }
        };
        let has = |kind| self.storage_connectors.iter().any(|connector| connector.kind == kind);
        let of_others = StackErrorCode::StorageConnector;
        tell(has(StorageConnectorKind::GoogleDrive), of_others, "The storage connector GOOGLE_DRIVE");
        tell(has(StorageConnectorKind::OneDrive), of_others, "The storage connector ONE_DRIVE");
        let keeps_settings = self.application_settings.as_ref().is_some_and(|settings| settings.enabled);
        tell(keeps_settings, StackErrorCode::Internal, "ApplicationSettings");
        let redirects = self
            .content_redirection
            .as_ref()
            .and_then(|redirection| redirection.host_to_client.as_ref())
            .is_some_and(|rules| rules.enabled);
        tell(redirects, StackErrorCode::Internal, "ContentRedirection");
        let redirects_keys = self.web_authentication.as_ref().is_some_and(|redirection| redirection.enabled);
        tell(redirects_keys, StackErrorCode::Internal, "WebAuthnRedirection");
        let prefers_udp = self
            .streaming_experience
            .is_some_and(|experience| experience.preferred_protocol == Some(PreferredProtocol::Udp));
        tell(prefers_udp, StackErrorCode::Internal, "StreamingExperienceSettings.PreferredProtocol UDP");
        tell(self.agent_access.is_some(), StackErrorCode::Internal, "AgentAccessConfig");
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_setting() {
        let chosen = UserSetting { action: UserAction::FileUpload, enabled: false, maximum_length: None };
        let settings = StackSettings { user_settings: vec![chosen], ..StackSettings::default() };
        let effective = settings.effective_user_settings();
        assert_eq!(effective.len(), 8);
        let disabled: Vec<_> =
            effective.iter().filter(|setting| !setting.enabled).map(|setting| setting.action).collect();
        assert_eq!(
            disabled,
            [UserAction::FileUpload, UserAction::DomainSmartCardSignin, UserAction::AutoTimeZoneRedirection]
        );
    }

    #[test]
    fn what_is_not_built_is_told() {
        let mut settings = StackSettings::default();
        assert!(settings.unmet().is_empty());
        settings.storage_connectors.push(StorageConnector {
            kind: StorageConnectorKind::OneDrive,
            resource: None,
            domains: None,
            domains_requiring_consent: None,
        });
        let unmet = settings.unmet();
        assert_eq!(unmet.len(), 1);
        assert!(unmet[0].message.contains("ONE_DRIVE"));
    }
}

//! An administrator comes: the ticket of CreateImageBuilderStreamingURL becomes the builder's session.

use millrace_model::builder::BuilderKey;
use millrace_model::image::Application as InCatalogue;
use millrace_model::session::EndReason;
use millrace_model::{AccountId, ImageBuilder, Name, Region, Scope, SessionId, Timestamp};
use millrace_store::{BoundBuilder, StoreError};
use millrace_stream::admission::{
    Application, DEFAULT_CLIPBOARD_CHARACTERS, GRANT_LIFETIME_SECONDS, Grant, Refusal, RefusalReason,
    UserSettings, View,
};
use millrace_stream::ticket::Ticket;

use crate::admission::{refusal, unavailable};
use crate::arn;
use crate::control::Control;
use crate::errors::chain;

/// The application that an administrator finds beside those of the catalogue.
const TERMINAL: &str = "millrace-terminal";
/// Whatever terminal the image has. (Nothing of ours is in an image, so that it may have none.)
const FIND_TERMINAL: &str = "for terminal in x-terminal-emulator xfce4-terminal gnome-terminal konsole lxterminal mate-terminal xterm uxterm rxvt st; do \
    if command -v \"$terminal\" >/dev/null; then exec \"$terminal\"; fi; done; echo 'this image has no terminal' >&2; exit 127";

/// Spends the ticket, whose signature and time were checked.
pub(crate) async fn admit(control: &Control, ticket: &Ticket, builder: &str) -> Result<Grant, Refusal> {
    // Tickets are signed by us, so that these texts are valid unless the configuration has changed since.
    let names = (
        AccountId::new(&ticket.account_id),
        Region::new(&ticket.region),
        Name::new(builder),
        SessionId::new(control.surroundings.unique().to_string()),
    );
    let (Ok(account), Ok(region), Ok(name), Ok(session)) = names else {
        return Err(refusal(RefusalReason::InvalidTicket));
    };
    let key = BuilderKey { scope: Scope { account, region }, name };
    let expires = i64::try_from(ticket.expires_epoch_seconds).unwrap_or(i64::MAX).saturating_mul(1000);
    let bound = control
        .store
        .bind_image_builder(&key, &ticket.ticket_id, Timestamp(expires), |known| known.admit(session.clone()))
        .await
        .map_err(|error| unavailable(&error))?;
    match bound {
        BoundBuilder::Spent => Err(refusal(RefusalReason::Spent)),
        BoundBuilder::NotRunning => Err(refusal(RefusalReason::FleetNotRunning)),
        BoundBuilder::Session(builder) => grant(control, ticket, &key, &builder, &session),
    }
}

fn grant(
    control: &Control,
    ticket: &Ticket,
    key: &BuilderKey,
    builder: &ImageBuilder,
    new: &SessionId,
) -> Result<Grant, Refusal> {
    let runtime = &builder.runtime;
    let (Some(session), Some(instance)) = (&runtime.session, &runtime.instance) else {
        return Err(refusal(RefusalReason::FleetNotRunning));
    };
    tracing::info!(
        session = session.as_str(),
        instance = instance.id.as_str(),
        image_builder = key.name.as_str(),
        "administrator admitted"
    );
    let terminal = Application {
        name: TERMINAL.to_owned(),
        display_name: "Terminal".to_owned(),
        argv: vec!["/bin/sh".to_owned(), "-c".to_owned(), FIND_TERMINAL.to_owned()],
        working_directory: String::new(),
        icon: None,
    };
    let applications = std::iter::once(terminal).chain(runtime.catalogue.iter().map(shown)).collect();
    let now_seconds = u64::try_from(control.now().0 / 1000).unwrap_or(0);
    let clipboard = Some(DEFAULT_CLIPBOARD_CHARACTERS);
    Ok(Grant {
        session_id: session.to_string(),
        instance_id: instance.id.to_string(),
        account_id: key.scope.account.to_string(),
        region: key.scope.region.to_string(),
        stack: key.name.to_string(),
        fleet: key.name.to_string(),
        user_id: ticket.user_id.clone(),
        ticket_id: ticket.ticket_id.clone(),
        expires_epoch_seconds: now_seconds + GRANT_LIFETIME_SECONDS,
        applications,
        view: View::Desktop,
        // A desktop without a menu would stay empty. Whoever comes back finds what was there.
        may_adopt: false,
        launch: if session == new { vec![TERMINAL.to_owned()] } else { Vec::new() },
        environment: environment(key, builder, session),
        redirect_url: None,
        feedback_url: None,
        user_settings: UserSettings { copy_from_local_device: clipboard, copy_to_local_device: clipboard },
        not_yet: Vec::new(),
        idle_disconnect_seconds: 0,
        session_ends_epoch_seconds: None,
    })
}

fn shown(application: &InCatalogue) -> Application {
    Application {
        name: application.name.clone(),
        display_name: application.display_name.clone(),
        argv: application.argv.clone(),
        working_directory: application.working_directory.clone().unwrap_or_default(),
        icon: application.icon.clone(),
    }
}

/// As for users, as far as a builder has them (Developer Guide, "user and instance metadata").
fn environment(key: &BuilderKey, builder: &ImageBuilder, session: &SessionId) -> Vec<(String, String)> {
    let image_scope =
        Scope { account: builder.settings.image.owner.clone(), region: key.scope.region.clone() };
    let variables = [
        ("AppStream_UserName", "admin".to_owned()),
        ("AppStream_Session_ID", session.to_string()),
        ("AppStream_Resource_Type", "image-builder".to_owned()),
        ("AppStream_Resource_Name", key.name.to_string()),
        ("AppStream_Instance_Type", builder.settings.machine.instance_type.clone()),
        ("AppStream_Image_Arn", arn::image(&image_scope, &builder.settings.image.name)),
    ];
    variables.map(|(name, value)| (name.to_owned(), value)).into()
}

/// A viewer attached to what may be an administrator's session: none if it is no builder's.
pub(crate) async fn connected(control: &Control, session: &SessionId) -> Option<Result<(), EndReason>> {
    match is_live(control, session).await {
        Ok(true) => Some(Ok(())),
        Ok(false) => None,
        Err(error) => {
            tracing::error!(error = chain(&error), "an administrator's session could not be read");
            Some(Err(EndReason::Owner))
        }
    }
}

/// Whether a builder has the session.
pub(crate) async fn is_live(control: &Control, session: &SessionId) -> Result<bool, StoreError> {
    Ok(control.store.image_builder_of_session(session).await?.is_some())
}

/// The administrator ended the session. The builder runs on.
pub(crate) async fn ended(control: &Control, session: &SessionId) -> Result<(), StoreError> {
    if let Some((key, _)) = control.store.image_builder_of_session(session).await? {
        super::reconcile::change(control, &key, |known| known.session_ended(session)).await?;
    }
    Ok(())
}

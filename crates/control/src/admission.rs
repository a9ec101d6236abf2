//! Admission: a ticket becomes a session, at once or after waiting for an instance.
//!
//! ```text
//! ticket ──bind──> New, Resumed ──────────────────────────────> grant (the ticket is spent)
//!            ├───> NoneReady: demand is noted, the reconciler makes an instance ──something changed──> bind again
//!            ├───> NoneReady, and the host has no room: waits ──something changed──> bind again
//!            ├───> Full: waits for a session to end ────────────something changed──> bind again
//!            └───> Spent, NotAssociated, NotRunning, a failure, the bound ────────> refusal (the ticket is not spent)
//! ```

use millrace_driver::{AccessMode, DriverError, HomeFolder, InstanceId as HostId};
use millrace_model::fleet::StreamView;
use millrace_model::scope::FleetKey;
use millrace_model::session::{Authentication, SessionState, User};
use millrace_model::stack::UserAction;
use millrace_model::{AccountId, Image, Name, Region, Scope, Session, SessionId, Stack, Timestamp};
use millrace_store::{Binding, Bound, FleetRecord, StoreError};
use millrace_stream::admission::{
    Application, DEFAULT_CLIPBOARD_CHARACTERS, GRANT_LIFETIME_SECONDS, Grant, Progress, Refusal,
    RefusalReason, UserSettings, View,
};
use millrace_stream::ticket::{Destination, Ticket};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::control::Control;
use crate::errors::chain;
use crate::operations::stack_to_wire::user_action;
use crate::{arn, builders, pool};

/// The ApplicationId that asks for the desktop instead of an application.
pub(crate) const DESKTOP: &str = "Desktop";

impl Control {
    /// Spends the ticket (whose signature and time the caller has checked) and binds an instance, or waits for one, within the configured bound.
    /// Tells its progress on the way; a full or closed channel is no reason to wait or to stop. Dropping the future gives the admission up.
    /// The user of a session that is not over gets a grant for that session.
    ///
    /// # Errors
    /// [`Refusal`]; the ticket is spent only if its reason says that it was before.
    pub async fn admit(&self, ticket: Ticket, progress: mpsc::Sender<Progress>) -> Result<Grant, Refusal> {
        let (stack, fleet) = match &ticket.destination {
            Destination::ImageBuilder { name } => {
                return builders::admission::admit(self, &ticket, name).await;
            }
            Destination::Fleet { stack, fleet } => (stack, fleet),
        };
        let binding = self.binding(&ticket, stack, fleet)?;
        let give_up_at = Instant::now() + self.config.admission_timeout;
        let mut changes = self.changes.subscribe();
        let mut waiting = Waiting::new(self, &binding.fleet);
        let mut failed_before = None;
        loop {
            changes.mark_unchanged();
            let reason = match self.try_bind(&binding, &mut waiting).await? {
                Bound::New(session) => {
                    self.note_admission();
                    return self.grant(&ticket, session, true).await;
                }
                Bound::Resumed(session) => return self.grant(&ticket, session, false).await,
                Bound::Spent => return Err(refusal(RefusalReason::Spent)),
                Bound::NotAssociated => return Err(refusal(RefusalReason::NotAssociated)),
                Bound::NotRunning => return Err(refusal(RefusalReason::FleetNotRunning)),
                Bound::Full => {
                    waiting.tell(&progress, Progress::Waiting);
                    RefusalReason::Capacity
                }
                Bound::NoneReady { failed_at, starting, short } => {
                    let failed_now = *failed_before.get_or_insert(failed_at) != failed_at;
                    if failed_now && starting == 0 {
                        return Err(refusal(RefusalReason::InstanceFailed));
                    }
                    let full = short && starting == 0;
                    waiting.tell(&progress, if full { Progress::Waiting } else { Progress::Starting });
                    if full { RefusalReason::Capacity } else { RefusalReason::InstanceFailed }
                }
            };
            // The sender lives as long as `self`, so that this ends by a change or by time.
            if tokio::time::timeout_at(give_up_at, changes.changed()).await.is_err() {
                return Err(refusal(reason));
            }
        }
    }

    async fn try_bind(&self, binding: &Binding, waiting: &mut Waiting<'_>) -> Result<Bound, Refusal> {
        let gate = self.gate.lock().await;
        let bound = self.store.bind(binding, self.now()).await.map_err(|error| unavailable(&error))?;
        // While the gate is held: whoever is bound, or cannot be served yet, asks for no instance any more.
        waiting.ask(matches!(bound, Bound::NoneReady { .. }));
        drop(gate);
        if !matches!(bound, Bound::Full) {
            self.wake.notify_one();
        }
        Ok(bound)
    }

    fn binding(&self, ticket: &Ticket, stack: &str, fleet: &str) -> Result<Binding, Refusal> {
        // Tickets are signed by us, so that these texts are valid unless the configuration has changed since.
        let names = (
            AccountId::new(&ticket.account_id),
            Region::new(&ticket.region),
            Name::new(stack),
            Name::new(fleet),
            SessionId::new(self.surroundings.unique().to_string()),
        );
        let (Ok(account), Ok(region), Ok(stack), Ok(fleet), Ok(session_id)) = names else {
            return Err(refusal(RefusalReason::InvalidTicket));
        };
        let expires = i64::try_from(ticket.expires_epoch_seconds).unwrap_or(i64::MAX).saturating_mul(1000);
        Ok(Binding {
            ticket_id: ticket.ticket_id.clone(),
            ticket_expires_at: Timestamp(expires),
            stack,
            fleet: FleetKey { scope: Scope { account, region }, name: fleet },
            user: User { authentication: Authentication::Api, id: ticket.user_id.clone() },
            session_id,
            max_duration_seconds: ticket.max_user_duration_seconds,
        })
    }

    /// The image of an instance: the account's own, or else that of whoever shares the fleet's image.
    async fn image_of(
        &self,
        scope: &Scope,
        digest: &str,
        record: Option<&FleetRecord>,
    ) -> Result<Option<Image>, StoreError> {
        if let Some(own) = self.store.image_by_digest(scope, digest).await? {
            return Ok(Some(own));
        }
        let reference = record.and_then(|record| record.fleet.settings.image.as_ref());
        let Some(owner) = reference.map(|reference| reference.owner.clone()) else { return Ok(None) };
        self.store.image_by_digest(&Scope { account: owner, region: scope.region.clone() }, digest).await
    }

    /// Mounts the user's home folder into the session's instance, unless it is there. Without it there is no session: a program would write to a layer
    /// that is thrown away. The ticket is spent by now, and the session waits for its user: another ticket tries again.
    async fn attach_home(&self, session: &Session) -> Result<(), Refusal> {
        let scope = &session.fleet.scope;
        let access = match session.user.authentication {
            Authentication::Api => AccessMode::Custom,
            Authentication::Saml | Authentication::Directory => AccessMode::Federated,
            Authentication::UserPool => AccessMode::Userpool,
        };
        let home = HomeFolder::of(scope.account.as_str(), scope.region.as_str(), access, &session.user.id);
        let attached = match (home, HostId::new(session.instance.as_str())) {
            (Ok(home), Ok(instance)) => self.driver.attach(&instance, &home).await,
            (Err(error), _) => Err(DriverError::Volume(error.to_string())),
            (_, Err(error)) => Err(DriverError::Volume(error.to_string())),
        };
        attached.map_err(|error| {
            tracing::error!(
                session = session.id.as_str(),
                instance = session.instance.as_str(),
                error = chain(&error),
                "a home folder could not be opened"
            );
            refusal(match error {
                DriverError::NoRoom(_) => RefusalReason::HomeFolderFull,
                _ => RefusalReason::HomeFolder,
            })
        })
    }

    /// What the gateway must know of the session. If the store fails here, the ticket is spent, and the user comes back to the session by
    /// another one.
    async fn grant(&self, ticket: &Ticket, session: Session, new: bool) -> Result<Grant, Refusal> {
        let scope = &session.fleet.scope;
        let read = async {
            let record = self.store.fleet(scope, &session.fleet.name).await?;
            let stack = self.store.stack(scope, &session.stack).await?;
            let instance = self.store.instance(&session.instance).await?;
            let image = match &instance {
                Some(instance) => self.image_of(scope, &instance.image_digest, record.as_ref()).await?,
                None => None,
            };
            Ok::<_, StoreError>((record, stack, image))
        };
        // By the time the page has opened its stream, the instance goes on.
        let (read, ()) = tokio::join!(read, pool::wake(self, &session.instance));
        let (record, stack, image) = read.map_err(|error| unavailable(&error))?;
        // Deleted in this very moment: there is nothing to be let in to any more.
        let (Some(record), Some(stack)) = (record, stack) else {
            return Err(refusal(RefusalReason::FleetNotRunning));
        };
        if stack.settings.has_home_folders() {
            self.attach_home(&session).await?;
        }
        tracing::info!(
            session = session.id.as_str(),
            instance = session.instance.as_str(),
            fleet = session.fleet.name.as_str(),
            new,
            "user admitted"
        );
        let catalogue = image.as_ref().map(|image| image.applications.as_slice()).unwrap_or_default();
        let first = new || session.state == SessionState::Pending;
        let now_seconds = u64::try_from(self.now().0 / 1000).unwrap_or(0);
        let launch = launch(ticket.application_id.as_deref(), record.fleet.settings.view, catalogue, first);
        let prepared = pool::prepared(&record.fleet.settings, catalogue).map(|application| &application.name);
        Ok(Grant {
            session_id: session.id.to_string(),
            instance_id: session.instance.to_string(),
            account_id: scope.account.to_string(),
            region: scope.region.to_string(),
            stack: session.stack.to_string(),
            fleet: session.fleet.name.to_string(),
            user_id: session.user.id.clone(),
            ticket_id: ticket.ticket_id.clone(),
            expires_epoch_seconds: now_seconds + GRANT_LIFETIME_SECONDS,
            view: view(ticket.application_id.as_deref(), record.fleet.settings.view),
            applications: catalogue
                .iter()
                .map(|application| Application {
                    name: application.name.clone(),
                    display_name: application.display_name.clone(),
                    argv: application.argv.clone(),
                    working_directory: application.working_directory.clone().unwrap_or_default(),
                    icon: application.icon.clone(),
                })
                .collect(),
            may_adopt: new && ticket.session_context.is_none() && launch.first() == prepared,
            launch,
            environment: environment(ticket, &session, &record, image.as_ref()),
            redirect_url: stack_url(&stack, |settings| settings.redirect_url.as_ref()),
            feedback_url: stack_url(&stack, |settings| settings.feedback_url.as_ref()),
            user_settings: user_settings(&stack),
            not_yet: not_yet(&stack),
            idle_disconnect_seconds: record.fleet.settings.idle_disconnect_timeout_seconds,
            session_ends_epoch_seconds: ends_at(&session, self.now()),
        })
    }
}

fn stack_url(
    stack: &Stack,
    url: impl Fn(&millrace_model::stack::StackSettings) -> Option<&String>,
) -> Option<String> {
    url(&stack.settings).cloned()
}

/// MaxUserDuration counts from the first attach, which follows this admission.
fn ends_at(session: &Session, now: Timestamp) -> Option<u64> {
    let began = match session.state {
        SessionState::Active { started_at, .. } => started_at,
        SessionState::Pending | SessionState::Ended { .. } => now,
    };
    let began = u64::try_from(began.0 / 1000).ok()?;
    Some(began + u64::from(session.max_duration_seconds))
}

fn user_settings(stack: &Stack) -> UserSettings {
    let settings = stack.settings.effective_user_settings();
    let clipboard = |action| {
        let setting = settings.iter().find(|setting| setting.action == action && setting.enabled)?;
        Some(setting.maximum_length.unwrap_or(DEFAULT_CLIPBOARD_CHARACTERS))
    };
    UserSettings {
        copy_from_local_device: clipboard(UserAction::ClipboardCopyFromLocalDevice),
        copy_to_local_device: clipboard(UserAction::ClipboardCopyToLocalDevice),
    }
}

/// What the stack allows its users, and is not built.
fn not_yet(stack: &Stack) -> Vec<String> {
    use UserAction::{ClipboardCopyFromLocalDevice, ClipboardCopyToLocalDevice};
    let built = |action| matches!(action, ClipboardCopyFromLocalDevice | ClipboardCopyToLocalDevice);
    let settings = stack.settings.effective_user_settings();
    let allowed = settings.iter().filter(|setting| setting.enabled && !built(setting.action));
    allowed.map(|setting| user_action(setting.action).as_str().to_owned()).collect()
}

fn view(asked: Option<&str>, of_fleet: StreamView) -> View {
    match (asked, of_fleet) {
        (Some(DESKTOP), _) | (_, StreamView::Desktop) => View::Desktop,
        (_, StreamView::App) => View::Applications,
    }
}

/// What starts by itself. A session that the user comes back to has its applications; only one that is asked for by name is started then.
fn launch(
    asked: Option<&str>,
    view: StreamView,
    catalogue: &[millrace_model::image::Application],
    first: bool,
) -> Vec<String> {
    match asked {
        Some(DESKTOP) => Vec::new(),
        Some(name) => {
            catalogue.iter().filter(|known| known.name == name).map(|known| known.name.clone()).collect()
        }
        // There is nothing to choose from.
        None if view == StreamView::App && first && catalogue.len() == 1 => {
            catalogue.iter().map(|application| application.name.clone()).collect()
        }
        // The user chooses: in the catalogue, or from the desktop's menu.
        None => Vec::new(),
    }
}

/// The variables that AppStream documents for applications (Developer Guide, "user and instance metadata").
fn environment(
    ticket: &Ticket,
    session: &Session,
    record: &FleetRecord,
    image: Option<&Image>,
) -> Vec<(String, String)> {
    let mut variables = vec![
        ("AppStream_Stack_Name", session.stack.to_string()),
        // "custom" is what the service calls users who come by a streaming URL.
        ("AppStream_User_Access_Mode", "custom".to_owned()),
        ("AppStream_UserName", session.user.id.clone()),
        ("AppStream_Session_ID", session.id.to_string()),
        ("AppStream_Resource_Type", "fleet".to_owned()),
        ("AppStream_Resource_Name", session.fleet.name.to_string()),
        ("AppStream_Instance_Type", record.fleet.settings.machine.instance_type.clone()),
    ];
    if let Some(image) = image {
        variables.push(("AppStream_Image_Arn", arn::image(&session.fleet.scope, &image.name)));
    }
    if let Some(context) = &ticket.session_context {
        variables.push(("APPSTREAM_SESSION_CONTEXT", context.clone()));
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn unavailable(error: &StoreError) -> Refusal {
    tracing::error!(error = chain(error), "an admission failed");
    refusal(RefusalReason::Unavailable)
}

pub(crate) fn refusal(reason: RefusalReason) -> Refusal {
    let message = match reason {
        RefusalReason::InvalidTicket => "This link is not valid.",
        RefusalReason::Expired => "This link has expired.",
        RefusalReason::Spent => "This link has been used already.",
        RefusalReason::FleetNotRunning => "The applications behind this link are not running at the moment.",
        RefusalReason::NotAssociated => "This link leads to nothing any more.",
        RefusalReason::Capacity => "All places are taken. Try again later.",
        RefusalReason::InstanceFailed => "The session could not be started. Try again later.",
        RefusalReason::OpenedAgain => "This link was opened again, and that page waits.",
        RefusalReason::HomeFolder => {
            "Your home folder cannot be opened at the moment. Nothing in it was changed. Your administrator can see why."
        }
        RefusalReason::HomeFolderFull => "There is no room left to open your home folder. Try again later.",
        RefusalReason::Unavailable => "The service is not available at the moment. Try again later.",
    };
    Refusal { reason, message: message.to_owned() }
}

/// A user who waits. Takes back what it asked for when it is dropped, however the waiting ends.
struct Waiting<'a> {
    control: &'a Control,
    fleet: &'a FleetKey,
    asks: bool,
    told: Option<Progress>,
}

impl<'a> Waiting<'a> {
    fn new(control: &'a Control, fleet: &'a FleetKey) -> Self {
        Self { control, fleet, asks: false, told: None }
    }

    fn ask(&mut self, asks: bool) {
        match (self.asks, asks) {
            (false, true) => self.control.add_demand(self.fleet),
            (true, false) => self.control.remove_demand(self.fleet),
            (true, true) | (false, false) => {}
        }
        self.asks = asks;
    }

    /// Tells what is new. A viewer that does not read misses lines, not its session.
    fn tell(&mut self, progress: &mpsc::Sender<Progress>, what: Progress) {
        if self.told != Some(what) && progress.try_send(what).is_ok() {
            self.told = Some(what);
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if self.asks {
            self.control.remove_demand(self.fleet);
            self.control.wake.notify_one();
        }
    }
}

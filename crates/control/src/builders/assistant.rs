//! What the image assistant of a running builder asks for: changes of the catalogue, and the image itself.
//!
//! Each builder that runs has one listener. Whoever is in the builder may call, as often as they like: one call at a time is answered, each within a
//! bound of bytes and of time, and everything that it says is checked here.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use millrace_driver::InstanceId as HostId;
use millrace_model::builder::{BuilderKey, BuilderState, InstancePhase, MOST_APPLICATIONS};
use millrace_model::errand::ErrandOutcome;
use millrace_model::image::{Application, ImageDetails, ImageState};
use millrace_model::{Image, ImageBuilder, InstanceId, Name, TagSet};
use millrace_store::{ChangeError, SnapshotRefusal};
use millrace_stream::assistant::{
    AssistantReply, AssistantRequest, CatalogueChange, CatalogueEntry, MAX_LINE_BYTES, NewImage, UpdateReport,
};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::AbortHandle;

use crate::control::Control;
use crate::errors::chain;

/// From a call to its whole line, and for the answer to be taken.
const CALL_WITHIN: Duration = Duration::from_secs(10);
/// After a listener failed.
const LISTEN_AGAIN_AFTER: Duration = Duration::from_secs(1);
/// All that is said of a builder's applications, in bytes: it goes to the host in one message of at most 64 KiB.
pub(crate) const LARGEST_CATALOGUE: usize = 32 * 1024;
const LONGEST_DISPLAY_NAME: usize = 100;
const LONGEST_DESCRIPTION: usize = 256;
/// Of a report, in characters.
const LONGEST_FAILURE: usize = 1000;
/// Of a path, and of launch parameters, in bytes.
const LONGEST_TEXT: usize = 4096;

/// The listeners of all builders that run.
#[derive(Default)]
pub(super) struct Assistants {
    running: BTreeMap<InstanceId, AbortHandle>,
}

impl Assistants {
    /// Listens for the builders that run, and no others. False if that failed for one of them, and should be tried again soon.
    pub(super) async fn keep(
        &mut self,
        control: &Arc<Control>,
        builders: &BTreeMap<BuilderKey, ImageBuilder>,
    ) -> bool {
        let ready: BTreeMap<&InstanceId, &BuilderKey> = builders
            .iter()
            .filter_map(|(key, builder)| builder.runtime.instance.as_ref().map(|instance| (key, instance)))
            .filter(|(_, instance)| instance.phase == InstancePhase::Ready)
            .map(|(key, instance)| (&instance.id, key))
            .collect();
        self.running.retain(|id, task| {
            let keeps = ready.contains_key(id) && !task.is_finished();
            if !keeps {
                task.abort();
            }
            keeps
        });
        let mut whole = true;
        for (id, key) in ready {
            if self.running.contains_key(id) {
                continue;
            }
            let Ok(host_id) = HostId::new(id.as_str()) else { continue };
            match control.driver.assistant(&host_id).await {
                Ok(listener) => {
                    let task = tokio::spawn(serve(Arc::downgrade(control), key.clone(), listener));
                    self.running.insert(id.clone(), task.abort_handle());
                }
                // Until the next pass the assistant says that nobody answers.
                Err(error) => {
                    whole = false;
                    tracing::error!(
                        instance = id.as_str(),
                        error = chain(&error),
                        "nobody listens to an image assistant"
                    );
                }
            }
        }
        whole
    }
}

/// With the reconciler, however it ends.
impl Drop for Assistants {
    fn drop(&mut self) {
        self.running.values().for_each(AbortHandle::abort);
    }
}

async fn serve(control: std::sync::Weak<Control>, key: BuilderKey, listener: UnixListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Some(control) = control.upgrade() else { return };
                if tokio::time::timeout(CALL_WITHIN, answer(&control, &key, stream)).await.is_err() {
                    tracing::debug!(image_builder = key.name.as_str(), "an image assistant was too slow");
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a call of an image assistant was not taken");
                tokio::time::sleep(LISTEN_AGAIN_AFTER).await;
            }
        }
    }
}

async fn answer(control: &Control, key: &BuilderKey, stream: UnixStream) {
    let (reader, mut writer) = stream.into_split();
    let mut line = Vec::new();
    let mut reader = BufReader::new(reader.take(MAX_LINE_BYTES as u64 + 1));
    let read = reader.read_until(b'\n', &mut line).await;
    let reply = match read {
        Err(_) => return,
        Ok(_) if line.len() > MAX_LINE_BYTES => AssistantReply::refused("The request is too long."),
        Ok(_) => match serde_json::from_slice(&line) {
            Ok(request) => carry_out(control, key, request).await,
            Err(error) => AssistantReply::refused(format!("The request cannot be read: {error}")),
        },
    };
    let mut text = serde_json::to_vec(&reply).unwrap_or_default();
    text.push(b'\n');
    // Whoever does not read has gone.
    let _ = writer.write_all(&text).await;
}

async fn carry_out(control: &Control, key: &BuilderKey, request: AssistantRequest) -> AssistantReply {
    match request {
        AssistantRequest::ListApplications => list(control, key).await,
        AssistantRequest::AddApplication(entry) => {
            change(control, key, |catalogue| {
                let application = checked(entry)?;
                if catalogue.iter().any(|known| known.name == application.name) {
                    return Err(format!("There is an application {} already.", application.name));
                }
                if catalogue.len() >= MOST_APPLICATIONS {
                    return Err(format!("A catalogue holds at most {MOST_APPLICATIONS} applications."));
                }
                catalogue.push(application);
                Ok(())
            })
            .await
        }
        AssistantRequest::RemoveApplication { name } => {
            change(control, key, |catalogue| {
                let index = index_of(catalogue, &name)?;
                catalogue.remove(index);
                Ok(())
            })
            .await
        }
        AssistantRequest::UpdateDefaultApplication(wanted) => {
            change(control, key, |catalogue| {
                let index = index_of(catalogue, &wanted.name)?;
                let updated = checked(merged(entry(&catalogue[index]), wanted))?;
                catalogue.remove(index);
                catalogue.insert(0, updated);
                Ok(())
            })
            .await
        }
        AssistantRequest::CreateImage(image) => create_image(control, key, image).await,
        AssistantRequest::ReportUpdate(report) => report_update(control, key, &report).await,
    }
}

/// What an update came to, in a builder that is there for nothing else.
async fn report_update(control: &Control, key: &BuilderKey, report: &UpdateReport) -> AssistantReply {
    let failure: String = report.failure.chars().take(LONGEST_FAILURE).collect();
    let outcome = if failure.is_empty() {
        ErrandOutcome::Packages(report.packages)
    } else {
        ErrandOutcome::Failed(failure)
    };
    let changed = control
        .store
        .change_image_builder(&key.scope, &key.name, |builder| {
            builder.runtime.errand.is_some().then(|| builder.errand_ended(outcome)).ok_or(())
        })
        .await;
    match changed {
        Ok(_) => {
            control.changed();
            control.wake_builders.notify_one();
            AssistantReply::success()
        }
        Err(ChangeError::Refused(())) => AssistantReply::refused("Nobody asked this image builder for that."),
        Err(ChangeError::NotFound) => AssistantReply::refused("The image builder does not exist any more."),
        Err(ChangeError::Store(error)) => failed(&error),
    }
}

async fn list(control: &Control, key: &BuilderKey) -> AssistantReply {
    match control.store.image_builder(&key.scope, &key.name).await {
        Ok(Some(builder)) => {
            let applications = Some(builder.runtime.catalogue.iter().map(entry).collect());
            AssistantReply { applications, ..AssistantReply::success() }
        }
        Ok(None) => AssistantReply::refused("The image builder does not exist any more."),
        Err(error) => failed(&error),
    }
}

async fn change(
    control: &Control,
    key: &BuilderKey,
    edit: impl FnOnce(&mut Vec<Application>) -> Result<(), String> + Send,
) -> AssistantReply {
    let changed = control
        .store
        .change_image_builder(&key.scope, &key.name, |builder| {
            let mut catalogue = builder.runtime.catalogue.clone();
            edit(&mut catalogue)?;
            if serde_json::to_vec(&catalogue).map_or(usize::MAX, |text| text.len()) > LARGEST_CATALOGUE {
                return Err(format!("The catalogue would be longer than {LARGEST_CATALOGUE} bytes."));
            }
            builder.with_catalogue(catalogue).map_err(|error| not_running(error.0))
        })
        .await;
    match changed {
        Ok(_) => AssistantReply::success(),
        Err(ChangeError::Refused(message)) => AssistantReply::refused(message),
        Err(ChangeError::NotFound) => AssistantReply::refused("The image builder does not exist any more."),
        Err(ChangeError::Store(error)) => failed(&error),
    }
}

async fn create_image(control: &Control, key: &BuilderKey, new: NewImage) -> AssistantReply {
    let (name, tags) = match checked_image(&new) {
        Ok(checked) => checked,
        Err(message) => return AssistantReply::refused(message),
    };
    if new.dry_run {
        return dry_run(control, key, &name).await;
    }
    let now = control.now();
    let begun = control
        .store
        .begin_snapshot(&key.scope, &key.name, &tags, |builder| {
            let snapshotting = builder.snapshot(name.clone()).map_err(|error| not_running(error.0))?;
            Ok::<_, String>((snapshotting, pending_image(&new, name.clone(), builder, now)))
        })
        .await;
    match begun {
        Ok(_) => {
            tracing::info!(image = name.as_str(), image_builder = key.name.as_str(), "image begun");
            control.wake_builders.notify_one();
            AssistantReply::success()
        }
        Err(ChangeError::Refused(SnapshotRefusal::NameTaken)) => taken(&name),
        Err(ChangeError::Refused(SnapshotRefusal::Refused(message))) => AssistantReply::refused(message),
        Err(ChangeError::NotFound) => AssistantReply::refused("The image builder does not exist any more."),
        Err(ChangeError::Store(error)) => failed(&error),
    }
}

async fn dry_run(control: &Control, key: &BuilderKey, name: &Name) -> AssistantReply {
    match control.store.image(&key.scope, name).await {
        Ok(Some(_)) => taken(name),
        Ok(None) => match control.store.image_builder(&key.scope, &key.name).await {
            Ok(Some(builder)) if builder.state() == BuilderState::Running => AssistantReply {
                message: format!("Success: the image {name} can be created."),
                ..AssistantReply::success()
            },
            Ok(_) => AssistantReply::refused("The image builder does not run any more."),
            Err(error) => failed(&error),
        },
        Err(error) => failed(&error),
    }
}

/// The image's name and its tags, if all that is said of it is valid.
fn checked_image(new: &NewImage) -> Result<(Name, TagSet), String> {
    let name = crate::images::new_name(&new.name).map_err(|error| error.to_string())?;
    let too_long = |what: &str, most: usize| format!("The {what} is longer than {most} characters.");
    if new.display_name.chars().count() > LONGEST_DISPLAY_NAME {
        return Err(too_long("display name", LONGEST_DISPLAY_NAME));
    }
    if new.description.chars().count() > LONGEST_DESCRIPTION {
        return Err(too_long("description", LONGEST_DESCRIPTION));
    }
    for (key, value) in &new.tags {
        if !(1..=128).contains(&key.chars().count()) || value.chars().count() > 256 {
            return Err(format!(
                "The tag {key:?} is not valid: a key has 1 to 128 characters, a value at most 256."
            ));
        }
    }
    let tags =
        TagSet::new(new.tags.clone()).map_err(|refusal| format!("The tags are not valid: {refusal}."))?;
    Ok((name, tags))
}

fn pending_image(
    new: &NewImage,
    name: Name,
    builder: &ImageBuilder,
    now: millrace_model::Timestamp,
) -> Image {
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    Image {
        name,
        created_at: now,
        digest: String::new(),
        state: ImageState::Pending,
        details: ImageDetails {
            display_name: text(&new.display_name),
            description: text(&new.description),
            agent_version: Some(builder.runtime.agent_version.clone()),
            base: Some(builder.settings.image.clone()),
            image_builder: Some(builder.name.clone()),
            ..ImageDetails::of(builder.settings.platform)
        },
        applications: builder.runtime.catalogue.clone(),
    }
}

fn index_of(catalogue: &[Application], name: &str) -> Result<usize, String> {
    catalogue
        .iter()
        .position(|known| known.name == name)
        .ok_or_else(|| format!("There is no application {name} in the catalogue."))
}

/// An application of the catalogue, if all that is said of it is valid. Whether its files exist, the assistant has looked.
pub(crate) fn checked(entry: CatalogueEntry) -> Result<Application, String> {
    let CatalogueEntry {
        name,
        absolute_app_path,
        display_name,
        absolute_icon_path,
        launch_parameters,
        working_directory,
    } = entry;
    let valid_name = (1..=100).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    if !valid_name {
        return Err("The name of an application has 1 to 100 characters of A-Z a-z 0-9 _ . -".to_owned());
    }
    for (what, path, needed) in [
        ("application's", &absolute_app_path, true),
        ("icon's", &absolute_icon_path, false),
        ("working directory's", &working_directory, false),
    ] {
        let absolute = path.starts_with('/') && path.len() <= LONGEST_TEXT && !path.contains('\0');
        if !absolute && (needed || !path.is_empty()) {
            return Err(format!("The {what} path {path:?} is not absolute."));
        }
    }
    let display_name = if display_name.is_empty() { name.clone() } else { display_name };
    if display_name.chars().count() > LONGEST_DISPLAY_NAME || display_name.chars().any(char::is_control) {
        return Err(format!("A display name has at most {LONGEST_DISPLAY_NAME} characters on one line."));
    }
    if launch_parameters.len() > LONGEST_TEXT || launch_parameters.contains('\0') {
        return Err(format!("Launch parameters have at most {LONGEST_TEXT} bytes."));
    }
    let parameters = shlex::split(&launch_parameters)
        .ok_or_else(|| "The launch parameters have a quote that is not closed.".to_owned())?;
    Ok(Application {
        name,
        display_name,
        argv: std::iter::once(absolute_app_path).chain(parameters).collect(),
        working_directory: (!working_directory.is_empty()).then_some(working_directory),
        icon: None,
        icon_path: (!absolute_icon_path.is_empty()).then_some(absolute_icon_path),
        start_ahead: false,
    })
}

fn entry(application: &Application) -> CatalogueEntry {
    let parameters = application.argv.iter().skip(1).map(String::as_str);
    CatalogueEntry {
        name: application.name.clone(),
        absolute_app_path: application.argv.first().cloned().unwrap_or_default(),
        display_name: application.display_name.clone(),
        absolute_icon_path: application.icon_path.clone().unwrap_or_default(),
        // An argument with a NUL byte cannot be in a catalogue.
        launch_parameters: shlex::try_join(parameters).unwrap_or_default(),
        working_directory: application.working_directory.clone().unwrap_or_default(),
    }
}

fn merged(known: CatalogueEntry, wanted: CatalogueChange) -> CatalogueEntry {
    CatalogueEntry {
        name: known.name,
        absolute_app_path: wanted.absolute_app_path.unwrap_or(known.absolute_app_path),
        display_name: wanted.display_name.unwrap_or(known.display_name),
        absolute_icon_path: wanted.absolute_icon_path.unwrap_or(known.absolute_icon_path),
        launch_parameters: wanted.launch_parameters.unwrap_or(known.launch_parameters),
        working_directory: wanted.working_directory.unwrap_or(known.working_directory),
    }
}

fn not_running(state: BuilderState) -> String {
    format!("The image builder is in the state {state:?}: this needs one that runs.")
}

fn taken(name: &Name) -> AssistantReply {
    AssistantReply::refused(format!("There is an image {name} already."))
}

fn failed(error: &millrace_store::StoreError) -> AssistantReply {
    tracing::error!(error = chain(error), "what an image assistant asked for failed");
    AssistantReply::refused("The server could not do this. Its log says why.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(launch_parameters: &str) -> CatalogueEntry {
        CatalogueEntry {
            name: "editor".into(),
            absolute_app_path: "/usr/bin/editor".into(),
            launch_parameters: launch_parameters.into(),
            ..CatalogueEntry::default()
        }
    }

    #[test]
    fn applications_are_checked_and_told_as_they_were_given() {
        let application = checked(described("-n 'a b'")).unwrap();
        assert_eq!(application.argv, ["/usr/bin/editor", "-n", "a b"]);
        assert_eq!(application.display_name, "editor");
        assert_eq!(entry(&application).launch_parameters, "-n 'a b'");
        let relative = CatalogueEntry { absolute_app_path: "editor".into(), ..described("") };
        let named = CatalogueEntry { name: "an editor".into(), ..described("") };
        for bad in [described("'"), relative, named] {
            assert!(checked(bad.clone()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_not_said_stays() {
        let change = CatalogueChange { display_name: Some("Editor".into()), ..CatalogueChange::default() };
        let known = described("-x");
        assert_eq!(merged(known.clone(), change), CatalogueEntry { display_name: "Editor".into(), ..known });
    }

    #[test]
    fn images_are_checked() {
        let new = |name: &str| NewImage { name: name.to_owned(), ..NewImage::default() };
        assert!(checked_image(&new("mine")).is_ok());
        for bad in ["", "AWS-mine", "a b"] {
            assert!(checked_image(&new(bad)).is_err(), "{bad}");
        }
        let reserved = NewImage { tags: [("aws:x".to_owned(), String::new())].into(), ..new("mine") };
        assert!(checked_image(&reserved).is_err());
    }
}

//! What `admin.sock` is asked for.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use millrace_control::{Control, ImageSummary, NewApplication, NewImage};
use millrace_driver::ImageDigest;
use millrace_driver::images::{ImageRecord, Images};
use tokio::sync::mpsc;

use crate::admin::protocol::{
    Command, Image, ImageAddApplication, ImageExport, ImageImport, Outcome, Status,
};
use crate::admin::server::{Asked, Handler};
use crate::chain;

/// Between two words on a long import.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// Answers with the running server's own means.
pub(super) struct Administration {
    pub(super) control: Arc<Control>,
    pub(super) images: Arc<dyn Images>,
    pub(super) listen: SocketAddr,
}

#[async_trait]
impl Handler for Administration {
    async fn run(&self, asked: Asked, progress: mpsc::Sender<String>) -> Result<Outcome, String> {
        match asked.command {
            Command::Status => Ok(Outcome::Status(Status {
                version: env!("CARGO_PKG_VERSION").into(),
                listen: self.listen.to_string(),
                pid: std::process::id(),
            })),
            Command::ImageList => {
                let images = self.control.list_images().await.map_err(|error| chain(&error))?;
                Ok(Outcome::Images(images.iter().map(shown).collect()))
            }
            Command::ImageImport(import) => {
                let file = asked.file.ok_or("nothing to import came with the request")?;
                self.import(import, file, progress).await
            }
            Command::ImageExport(wanted) => {
                let file = asked.file.ok_or("no file came with the request")?;
                let images = self.control.list_images().await.map_err(|error| chain(&error))?;
                let digest = ImageDigest(available(&images, &wanted)?.digest.clone());
                tell(&progress, format!("reading the image {}", wanted.name));
                let exported = self.images.export_open(&digest, file).await;
                exported.map(|_| Outcome::Exported).map_err(|error| chain(&error))
            }
            Command::ImageAddApplication(ImageAddApplication {
                image,
                account,
                region,
                application,
                start_ahead,
            }) => {
                let (account, region) = (account.as_deref(), region.as_deref());
                let changed =
                    self.control.add_application(account, region, &image, application, start_ahead).await;
                let changed = changed.map_err(|error| chain(&error))?;
                Ok(Outcome::Changed(changed.iter().map(shown).collect()))
            }
        }
    }
}

impl Administration {
    async fn import(
        &self,
        import: ImageImport,
        file: OwnedFd,
        progress: mpsc::Sender<String>,
    ) -> Result<Outcome, String> {
        let ImageImport { path, name, account, region } = import;
        // A deleted image's files may still be going: what is imported now must not be found present and then go with them.
        let adding = self.control.adding_image().await;
        tell(&progress, format!("importing {}", path.display()));
        let images = self.images.clone();
        let began = Instant::now();
        let mut unpacking = images.import(file, None);
        let imported = loop {
            match tokio::time::timeout(PROGRESS_EVERY, &mut unpacking).await {
                Ok(ended) => break ended,
                Err(_) => tell(&progress, format!("still unpacking, after {} s", began.elapsed().as_secs())),
            }
        };
        let imported = imported.map_err(|error| format!("{}: {}", path.display(), chain(&error)))?;
        if imported.existed {
            tell(&progress, "its content is here already".into());
        }
        let new = new_image(name, imported.record);
        let registered = self
            .control
            .register_image(account.as_deref(), region.as_deref(), &new)
            .await
            .map_err(|error| chain(&error))?;
        drop(adding);
        tell(&progress, format!("done, after {:.1} s", began.elapsed().as_secs_f64()));
        Ok(Outcome::Imported(registered.iter().map(shown).collect()))
    }
}

/// The one image that can be meant.
fn available<'a>(images: &'a [ImageSummary], wanted: &ImageExport) -> Result<&'a ImageSummary, String> {
    let fits = |asked: &Option<String>, found: &str| asked.as_ref().is_none_or(|asked| asked == found);
    let mut found = images.iter().filter(|image| {
        image.name.as_str() == wanted.name
            && image.state == "AVAILABLE"
            && fits(&wanted.account, image.account.as_str())
            && fits(&wanted.region, image.region.as_str())
    });
    let name = &wanted.name;
    let first = found.next().ok_or_else(|| format!("the server has no image {name} that is AVAILABLE"))?;
    match found.find(|other| other.digest != first.digest) {
        Some(other) => Err(format!(
            "{name} is one image in {} of account {}, and another one in {} of account {}: name one by --account and --region",
            first.region, first.account, other.region, other.account
        )),
        None => Ok(first),
    }
}

/// A full channel means that the client is slow: it misses a line.
fn tell(progress: &mpsc::Sender<String>, line: String) {
    let _ = progress.try_send(line);
}

fn new_image(name: String, record: ImageRecord) -> NewImage {
    let label = |key: &str| record.labels.get(key).filter(|text| !text.is_empty()).cloned();
    NewImage {
        name,
        display_name: label("org.opencontainers.image.title").filter(|title| title.chars().count() <= 100),
        description: label("org.opencontainers.image.description").filter(|text| text.chars().count() <= 256),
        agent_version: Some(env!("CARGO_PKG_VERSION").into()),
        digest: record.digest.0,
        applications: record
            .applications
            .into_iter()
            .map(|application| NewApplication {
                name: application.name,
                display_name: application.display_name,
                argv: application.argv,
                working_directory: application.working_directory,
                // Written by ourselves; one that cannot be read is as good as none.
                icon: STANDARD.decode(application.icon).unwrap_or_default(),
                start_ahead: application.start_ahead,
            })
            .collect(),
    }
}

fn shown(image: &ImageSummary) -> Image {
    Image {
        name: image.name.as_str().to_owned(),
        arn: image.arn.clone(),
        account: image.account.as_str().to_owned(),
        region: image.region.as_str().to_owned(),
        state: image.state.to_owned(),
        digest: image.digest.clone(),
        created_at_milliseconds: image.created_at.0,
    }
}

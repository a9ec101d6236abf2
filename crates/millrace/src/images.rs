//! `millrace image …`: what an operator does with images. What is read from elsewhere is read here, as who gave the command; the server gets an open
//! file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use millrace_driver::recipes::{self, Base, Recipe};
use millrace_registry::{Credentials, Options, Progress, Reference, RegistryError};
use millrace_stream::assistant::CatalogueEntry;
use tokio::signal::unix::{SignalKind, signal};

use crate::admin::protocol::{Command, Image, ImageAddApplication, ImageExport, ImageImport, Outcome};
use crate::cli::{Server, call, print};

#[derive(Subcommand)]
pub(crate) enum ImageCommand {
    /// Make an image of an OCI archive, an OCI layout, a root filesystem tarball, or of an image in a registry
    Import(Import),
    /// Build an image from a recipe (docs/images.md), as an OCI archive or as an image of the server
    Build(Build),
    /// Add an application to the catalogue of an image that no fleet and no image builder uses
    AddApplication(AddApplication),
    /// All images
    List {
        /// One line of JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        server: Server,
    },
}

/// Whose an image is, and where.
#[derive(Args)]
struct Place {
    /// The account that has it [default: the first one of the configuration]
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// The region that has it [default: each region of the configuration]
    #[arg(long)]
    region: Option<String>,
    #[command(flatten)]
    server: Server,
}

#[derive(Args)]
pub(crate) struct Import {
    /// A file or directory, or REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST
    source: String,
    /// Its name in the API [default for an image of a registry: NAME-TAG]
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    registry: Registry,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub(crate) struct Build {
    /// The recipe
    recipe: PathBuf,
    /// Write the image to this file, as an OCI archive
    #[arg(long, value_name = "FILE", required_unless_present = "name")]
    output: Option<PathBuf>,
    /// Make it an image of the server, of this name in the API
    #[arg(long)]
    name: Option<String>,
    /// Where steps are kept between builds
    #[arg(long, value_name = "DIRECTORY", default_value = "/var/cache/millrace/build")]
    cache: PathBuf,
    /// Run all steps, whatever is kept: packages may be newer
    #[arg(long)]
    refresh: bool,
    #[command(flatten)]
    registry: Registry,
    #[command(flatten)]
    place: Place,
}

/// How registries are reached.
#[derive(Args)]
struct Registry {
    /// Reach the registry without TLS (one on this machine's loopback never has it)
    #[arg(long)]
    insecure_registry: bool,
    /// Name and password for the registry, in the file that `skopeo login --authfile` writes
    #[arg(long, value_name = "FILE", env = "REGISTRY_AUTH_FILE")]
    authfile: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct AddApplication {
    /// The image's name in the API
    image: String,
    /// Its name in the catalogue: 1 to 100 characters of A-Z a-z 0-9 _ . -
    #[arg(long)]
    name: String,
    /// The program, in the image
    #[arg(long, value_name = "PATH")]
    absolute_app_path: String,
    /// What users see [default: its name]
    #[arg(long, default_value = "", hide_default_value = true)]
    display_name: String,
    /// A PNG or SVG, in the image [default: that of the desktop entry for the same program]
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    absolute_icon_path: String,
    /// Its arguments, quoted as for a shell
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    launch_parameters: String,
    /// Where it starts [default: the home directory of the image's user]
    #[arg(long, value_name = "PATH", default_value = "", hide_default_value = true)]
    working_directory: String,
    /// It is the same for every user, and may be started before one comes
    #[arg(long)]
    start_ahead: bool,
    #[command(flatten)]
    place: Place,
}

/// Runs the command.
///
/// # Errors
/// It failed; the message is for the person who gave it.
pub(crate) fn run(command: ImageCommand) -> anyhow::Result<ExitCode> {
    match command {
        ImageCommand::Import(arguments) => import(arguments)?,
        ImageCommand::Build(arguments) => build(arguments)?,
        ImageCommand::AddApplication(arguments) => add_application(arguments)?,
        ImageCommand::List { json, server } => list(json, &server)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be imported.
struct Found {
    file: File,
    /// For the log and for errors.
    path: PathBuf,
    /// Its name in the API.
    name: String,
}

fn import(arguments: Import) -> anyhow::Result<()> {
    let Import { source, name, registry, place } = arguments;
    let path = Path::new(&source);
    // What is there on disk is meant, whatever else it may look like.
    let found = if path.exists() {
        let unreadable = || format!("{source} cannot be imported");
        let path = std::fs::canonicalize(path).with_context(unreadable)?;
        let name = name.context("what is it to be called? Say --name")?;
        Found { file: File::open(&path).with_context(unreadable)?, path, name }
    } else {
        let reference: Reference = source
            .parse()
            .with_context(|| format!("there is no file {source}, and it is no image of a registry"))?;
        // Before minutes of fetching, not after.
        place.server.check()?;
        let name = name.unwrap_or_else(|| reference.suggested_name());
        Found { file: fetch(&reference, &registry)?, path: source.into(), name }
    };
    give(found, place)
}

/// Makes it an image of the server.
fn give(found: Found, place: Place) -> anyhow::Result<()> {
    let Place { account, region, server } = place;
    let command = Command::ImageImport(ImageImport { path: found.path, name: found.name, account, region });
    match call(&server, command, Some(&found.file))? {
        Outcome::Imported(images) => print_arns(&images),
        _ => bail!("the server answered something else"),
    }
}

fn build(arguments: Build) -> anyhow::Result<()> {
    let Build { recipe: path, output, name, cache, refresh, registry, place } = arguments;
    let recipe = Recipe::load(&path)?;
    if !rustix::process::geteuid().is_root() {
        bail!("building images needs root: try again with sudo");
    }
    if name.is_some() {
        // Before minutes of building, not after.
        place.server.check()?;
    }
    let base = match &recipe.base {
        Base::Suite(_) => None,
        Base::Archive(path) => Some(File::open(path).with_context(|| format!("base: {}", path.display()))?),
        Base::Registry(text) => {
            let reference: Reference = text.parse().with_context(|| format!("{}: base", path.display()))?;
            Some(fetch(&reference, &registry)?)
        }
        Base::Image(name) => Some(export(name, &place).with_context(|| {
            format!("base: {name} is no file beside the recipe, and no image of the server could be read")
        })?),
    };
    let (file, written) = match &output {
        None => (unnamed_file()?, None),
        Some(output) => {
            // It appears under its name when it is whole.
            let directory = output.parent().filter(|parent| !parent.as_os_str().is_empty());
            let directory = directory.unwrap_or(Path::new("."));
            let file = tempfile::NamedTempFile::new_in(directory)
                .with_context(|| format!("nothing can be written to {}", directory.display()))?;
            (file.as_file().try_clone()?, Some((file, output)))
        }
    };
    let work = recipes::Build { recipe: &recipe, base, cache, executable: "/proc/self/exe".into(), refresh };
    let interruption = Interruption::watch(&work.cache)?;
    let built = work.run(&file, &mut |progress| eprintln!("{}", step(progress)));
    if interruption.came() {
        bail!("interrupted");
    }
    let built = built?;
    eprintln!("built {}, {} steps of it now", built.digest, built.ran);
    if let Some((file, output)) = written {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        file.as_file().set_permissions(mode).context("the archive cannot be made readable")?;
        file.persist(output).with_context(|| format!("{} cannot be written", output.display()))?;
    }
    match name {
        Some(name) => give(Found { file, path, name }, place),
        None => print(&built.digest),
    }
}

/// An image of the server, as an OCI archive.
fn export(name: &str, place: &Place) -> anyhow::Result<File> {
    let file = unnamed_file()?;
    let command = Command::ImageExport(ImageExport {
        name: name.to_owned(),
        account: place.account.clone(),
        region: place.region.clone(),
    });
    match call(&place.server, command, Some(&file))? {
        Outcome::Exported => Ok(file),
        _ => bail!("the server answered something else"),
    }
}

fn step(progress: recipes::Progress) -> String {
    match progress {
        recipes::Progress::Step { number, of, title, cached } => {
            format!("step {number} of {of}{}: {title}", if cached { " (kept)" } else { "" })
        }
        recipes::Progress::Packing => "packing".to_owned(),
    }
}

/// SIGINT and SIGTERM end the step under way, so that the build clears away what it has.
struct Interruption(Arc<AtomicBool>);

impl Interruption {
    fn watch(cache: &Path) -> anyhow::Result<Self> {
        let came = Self(Arc::default());
        let (flag, cache) = (came.0.clone(), cache.to_owned());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::spawn(move || {
            let asked = runtime.block_on(async {
                let mut terminated = signal(SignalKind::terminate())?;
                tokio::select! {
                    interrupted = tokio::signal::ctrl_c() => interrupted,
                    _ = terminated.recv() => Ok(()),
                }
            });
            if asked.is_ok() {
                flag.store(true, Ordering::SeqCst);
                recipes::end(&cache);
            }
        });
        Ok(came)
    }

    fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The image as an OCI archive in a file that has no name: whatever ends this process, nothing of it stays.
fn fetch(reference: &Reference, registry: &Registry) -> anyhow::Result<File> {
    let read = |path: &PathBuf| Credentials::from_file(path, reference);
    let credentials = registry.authfile.as_ref().map(read).transpose()?.flatten();
    let options = Options { insecure: registry.insecure_registry, credentials, ..Options::default() };
    let file = unnamed_file()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    eprintln!("fetching {reference}");
    let mut say = |progress| eprintln!("{}", told(progress));
    let fetched = runtime.block_on(millrace_registry::pull(reference, &options, file.try_clone()?, &mut say));
    let digest = match fetched {
        Err(error @ RegistryError::Unauthorized { .. }) => bail!("{error} (name others with --authfile)"),
        fetched => fetched?,
    };
    eprintln!("{reference} is {digest}");
    Ok(file)
}

/// For an image on its way.
fn unnamed_file() -> anyhow::Result<File> {
    let directory = std::env::var_os("TMPDIR").map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from);
    tempfile::tempfile_in(&directory).with_context(|| {
        format!("an image cannot be kept in {} (TMPDIR names another place)", directory.display())
    })
}

fn told(progress: Progress) -> String {
    let megabytes = |bytes: u64| format!("{:.1}", bytes as f64 / 1e6);
    match progress {
        Progress::Found { layers, bytes } => format!("{layers} layers, {} MB", megabytes(bytes)),
        Progress::Layer { number, of, done, bytes } => {
            format!("layer {number} of {of}: {} of {} MB", megabytes(done), megabytes(bytes))
        }
    }
}

fn add_application(arguments: AddApplication) -> anyhow::Result<()> {
    let Place { account, region, server } = arguments.place;
    let command = Command::ImageAddApplication(ImageAddApplication {
        image: arguments.image,
        account,
        region,
        application: CatalogueEntry {
            name: arguments.name,
            absolute_app_path: arguments.absolute_app_path,
            display_name: arguments.display_name,
            absolute_icon_path: arguments.absolute_icon_path,
            launch_parameters: arguments.launch_parameters,
            working_directory: arguments.working_directory,
        },
        start_ahead: arguments.start_ahead,
    });
    match call(&server, command, None)? {
        Outcome::Changed(images) => print_arns(&images),
        _ => bail!("the server answered something else"),
    }
}

fn print_arns(images: &[Image]) -> anyhow::Result<()> {
    images.iter().try_for_each(|image| print(&image.arn))
}

fn list(json: bool, server: &Server) -> anyhow::Result<()> {
    let Outcome::Images(images) = call(server, Command::ImageList, None)? else {
        bail!("the server answered something else");
    };
    if json { print(&serde_json::to_string(&images)?) } else { print(&table(&images)) }
}

/// Columns as wide as their contents.
fn table(images: &[Image]) -> String {
    let mut rows = vec![["NAME", "STATE", "ACCOUNT", "REGION", "DIGEST"].map(str::to_owned)];
    for image in images {
        let digest: String = image.digest.chars().take("sha256:".len() + 12).collect();
        rows.push([&image.name, &image.state, &image.account, &image.region, &digest].map(Clone::clone));
    }
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..5).map(width).collect();
    let line = |row: &[String; 5]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_columns() {
        let image = Image {
            name: "a-long-name".into(),
            arn: "arn".into(),
            account: "123456789012".into(),
            region: "us-east-1".into(),
            state: "AVAILABLE".into(),
            digest: format!("sha256:{}", "0".repeat(64)),
            created_at_milliseconds: 0,
        };
        let table = table(&[image]);
        assert_eq!(table.lines().next().unwrap(), "NAME         STATE      ACCOUNT       REGION     DIGEST");
        assert!(table.ends_with("us-east-1  sha256:000000000000"), "{table}");
    }
}

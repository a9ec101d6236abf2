//! One build: steps that are not in the cache are run, then all becomes an archive.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::{AtFlags, CWD, FlockOperation, Timespec, Timestamps, utimensat};

use super::container::{self, Container};
use super::file::Recipe;
use super::output::{self, Layers};
use super::steps::{NewFile, Step, keys, steps};
use super::{FILE_TIME, RecipeError, debian, failed};
use crate::images::{ImageRecord, ImageStore, ImportLimits};

/// A file that a recipe copies, in bytes.
const LONGEST_COPY: u64 = 256 << 20;
/// What no build has used for so long goes.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3600);

/// A build that is to be done.
#[derive(Debug)]
pub struct Build<'a> {
    /// Of what.
    pub recipe: &'a Recipe,
    /// The base image, open for reading, unless the recipe begins with a suite.
    pub base: Option<File>,
    /// Where steps are kept between builds. Root's, and nobody else's.
    pub cache: PathBuf,
    /// The program that answers `internal …`.
    pub executable: PathBuf,
    /// Whether steps are run although they are in the cache: packages may be newer.
    pub refresh: bool,
}

/// What is being done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A step begins, or is in the cache.
    Step {
        /// From 1.
        number: usize,
        /// How many there are.
        of: usize,
        /// What it does.
        title: String,
        /// It was done by an earlier build.
        cached: bool,
    },
    /// The archive is being written.
    Packing,
}

/// What was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// The digest of the image's manifest, `sha256:…`.
    pub digest: String,
    /// Steps that were run.
    pub ran: usize,
}

impl Build<'_> {
    /// Builds, and writes the image to `output`, an empty file, as an OCI archive.
    ///
    /// # Errors
    /// [`RecipeError`]; steps that succeeded stay in the cache.
    pub fn run(self, output: &File, progress: &mut dyn FnMut(Progress)) -> Result<Built, RecipeError> {
        let place = Place::prepare(&self.cache)?;
        let result = self.run_in(&place, output, progress);
        place.clear()?;
        result
    }

    fn run_in(
        self,
        place: &Place,
        output: &File,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Built, RecipeError> {
        let store =
            ImageStore::open_with(self.cache.join("images"), &self.executable).map_err(RecipeError::Base)?;
        let base = self.base.as_ref().map(File::try_clone).transpose();
        let base = match base.map_err(failed("reading", Path::new("the base image")))? {
            Some(file) => {
                let imported =
                    store.import_open(file, &ImportLimits::default()).map_err(RecipeError::Base)?;
                Some(imported.record)
            }
            None => None,
        };
        let steps = steps(self.recipe, self.copied()?);
        let keys = keys(base.as_ref().map_or("", |base| base.digest.0.as_str()), &steps);
        let mut ran = 0;
        for (index, step) in steps.iter().enumerate() {
            let cached = place.step(&keys[index]).exists() && !self.refresh;
            let (number, of) = (index + 1, steps.len());
            progress(Progress::Step { number, of, title: step.title(), cached });
            if !cached {
                let lowers = place.lowers(&keys[..index], &store, base.as_ref());
                let done = self.step(place, step, lowers)?;
                done.map_err(|why| RecipeError::Step { number, step: step.title(), why })?;
                place.keep(&keys[index])?;
                ran += 1;
            }
            place.used(&keys[index])?;
        }
        progress(Progress::Packing);
        let layers = match &base {
            None => Layers::One(keys),
            Some(base) => Layers::Above { base: store.lower_directories(base), steps: keys },
        };
        let digest = output::write(&self, place, base.as_ref(), &layers, output)?;
        place.forget_unused()?;
        Ok(Built { digest, ran })
    }

    fn copied(&self) -> Result<Vec<Vec<u8>>, RecipeError> {
        let read = |copy: &super::file::Copy| {
            let path = self.recipe.directory.join(&copy.from);
            let length = fs::metadata(&path).map_err(failed("reading", &path))?.len();
            if length > LONGEST_COPY {
                let why = format!("{} is longer than {LONGEST_COPY} bytes", path.display());
                return Err(RecipeError::Recipe(why));
            }
            fs::read(&path).map_err(failed("reading", &path))
        };
        self.recipe.written.copies.iter().map(read).collect()
    }

    /// Runs a step; what it wrote is then in the place's `tmp/step/data`.
    fn step(
        &self,
        place: &Place,
        step: &Step,
        lowers: Vec<PathBuf>,
    ) -> Result<Result<(), String>, RecipeError> {
        let upper = place.new_directory("step")?;
        if let Step::Debian { suite, mirror, packages, exclude } = step {
            return debian::make(suite, mirror.as_deref(), packages, exclude, &upper);
        }
        let files = match step {
            Step::Files { files } => Some(place.files(files)?),
            _ => None,
        };
        let directory = place.new_directory("container")?;
        let container = Container {
            executable: &self.executable,
            directory: &directory,
            lowers,
            upper: &upper,
            script: &script(step),
            files,
            network: matches!(step, Step::Install { .. } | Step::Command { network: true, .. }),
        };
        container.run()
    }
}

/// Ends the step that runs in a cache; its build then fails.
pub fn end(cache: &Path) {
    container::end(&cache.join("tmp/container"));
    debian::end(&cache.join("tmp/step"));
}

/// For the image's shell.
fn script(step: &Step) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    match step {
        Step::Debian { .. } => String::new(),
        Step::Install { packages } => format!(
            "apt-get -q update && apt-get -q --yes --no-install-recommends install {} && apt-get clean",
            packages.iter().map(|package| quoted(package)).collect::<Vec<_>>().join(" ")
        ),
        Step::Files { files } => {
            let copy = |(number, file): (usize, &NewFile)| {
                let (path, mode) =
                    (quoted(&format!("/{}", file.path)), if file.executable { "755" } else { "644" });
                format!(
                    "mkdir -p \"$(dirname {path})\"\ncp /run/millrace/files/{number} {path}\nchmod {mode} {path}\n"
                )
            };
            files.iter().enumerate().map(copy).collect()
        }
        Step::Command { line, .. } => line.clone(),
        Step::Remove { patterns } => format!("cd /\nrm -rf -- {}", patterns.join(" ")),
    }
}

/// The cache, locked for one build.
pub(super) struct Place {
    root: PathBuf,
    _lock: File,
}

impl Place {
    fn prepare(root: &Path) -> Result<Self, RecipeError> {
        let make = |path: &Path| {
            DirBuilder::new().mode(0o700).recursive(true).create(path).map_err(failed("making", path))
        };
        make(root)?;
        let root = fs::canonicalize(root).map_err(failed("finding", root))?;
        let path = root.join("lock");
        let lock = File::create(&path).map_err(failed("making", &path))?;
        // Whoever builds at the moment comes to an end.
        rustix::fs::flock(&lock, FlockOperation::LockExclusive)
            .map_err(|error| failed("locking", &path)(error.into()))?;
        let place = Self { root, _lock: lock };
        place.clear()?;
        for name in ["steps", "tmp"] {
            make(&place.root.join(name))?;
        }
        Ok(place)
    }

    /// Ends and removes what a build under way has, or had when it was killed.
    fn clear(&self) -> Result<(), RecipeError> {
        end(&self.root);
        match fs::remove_dir_all(self.tmp()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(failed("removing", &self.tmp())(error))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(super) fn step(&self, key: &str) -> PathBuf {
        self.root.join("steps").join(key)
    }

    /// An empty directory of the build's own.
    pub(super) fn new_directory(&self, name: &str) -> Result<PathBuf, RecipeError> {
        let path = self.tmp().join(name);
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed("removing", &path)(error));
            }
            _ => {}
        }
        DirBuilder::new().mode(0o755).recursive(true).create(&path).map_err(failed("making", &path))?;
        Ok(path)
    }

    /// A directory with the contents, each under its number.
    fn files(&self, files: &[NewFile]) -> Result<PathBuf, RecipeError> {
        let directory = self.new_directory("files")?;
        for (number, file) in files.iter().enumerate() {
            let path = directory.join(number.to_string());
            fs::write(&path, &file.content).map_err(failed("writing", &path))?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            fs::set_permissions(&path, mode).map_err(failed("opening", &path))?;
        }
        Ok(directory)
    }

    /// The layers of these steps and of the base, topmost first.
    fn lowers(&self, keys: &[String], store: &ImageStore, base: Option<&ImageRecord>) -> Vec<PathBuf> {
        let steps = keys.iter().rev().map(|key| self.step(key).join("data"));
        steps.chain(base.into_iter().flat_map(|base| store.lower_directories(base))).collect()
    }

    /// Takes what the step under way wrote into the cache.
    fn keep(&self, key: &str) -> Result<(), RecipeError> {
        let made = self.tmp().join("step");
        for entry in fs::read_dir(&made).map_err(failed("reading", &made))? {
            let entry = entry.map_err(failed("reading", &made))?;
            let path = entry.path();
            let removed = match entry.file_name().to_str() {
                Some("data") => Ok(()),
                Some("work") => fs::remove_dir_all(&path),
                _ => fs::remove_file(&path),
            };
            removed.map_err(failed("removing", &path))?;
        }
        let data = made.join("data");
        cut_times(&data).map_err(failed("setting the times below", &data))?;
        let target = self.step(key);
        if target.exists() {
            fs::remove_dir_all(&target).map_err(failed("removing", &target))?;
        }
        let directory = File::open(&made).map_err(failed("opening", &made))?;
        rustix::fs::syncfs(&directory).map_err(|error| failed("writing out", &made)(error.into()))?;
        fs::rename(&made, &target).map_err(failed("renaming to", &target))
    }

    /// Notes that a build uses the step now.
    fn used(&self, key: &str) -> Result<(), RecipeError> {
        let path = self.step(key).join("used");
        fs::write(&path, "").map_err(failed("writing", &path))
    }

    fn forget_unused(&self) -> Result<(), RecipeError> {
        let directory = self.root.join("steps");
        for entry in fs::read_dir(&directory).map_err(failed("reading", &directory))? {
            let path = entry.map_err(failed("reading", &directory))?.path();
            let used = fs::metadata(path.join("used")).and_then(|metadata| metadata.modified());
            let age = used.ok().and_then(|used| SystemTime::now().duration_since(used).ok());
            if age.is_some_and(|age| age > KEPT_FOR) {
                fs::remove_dir_all(&path).map_err(failed("removing", &path))?;
            }
        }
        Ok(())
    }
}

/// Gives every file and directory below (links themselves, not what they lead to) a time that is not after [`FILE_TIME`].
fn cut_times(path: &Path) -> std::io::Result<()> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            cut_times(&entry?.path())?;
        }
    }
    if metadata.mtime() >= FILE_TIME {
        let time = Timespec { tv_sec: FILE_TIME, tv_nsec: 0 };
        utimensat(
            CWD,
            path,
            &Timestamps { last_access: time, last_modification: time },
            AtFlags::SYMLINK_NOFOLLOW,
        )?;
    }
    Ok(())
}

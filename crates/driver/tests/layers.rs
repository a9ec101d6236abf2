//! Random lives of an image store: imports, snapshots, builders' disks, exports, removals, each in a process of its own that may be killed at any moment. After
//! every step each layer on the disk belongs to an image, each image has all of its layers with what is in them, and what a builder lies above is there.
//! Needs root; without it the test is reported as ignored.
//!
//! `MILLRACE_LAYERS_SEED` repeats a run, whose seed a failure prints; `MILLRACE_LAYERS_STEPS` asks for more.

#![allow(clippy::unwrap_used, reason = "this is a test, though it has a harness of its own")]

#[path = "support/layout.rs"]
#[expect(dead_code, reason = "shared with other tests")]
mod layout;
#[path = "support/trials.rs"]
mod trials;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use layout::{Compression, Item, Layout};
use millrace_driver::fuzzing;
use millrace_driver::images::{ExportSpec, ImageStore, ImportError, ImportLimits};
use millrace_driver::objects::{ObjectName, ObjectStore};
use millrace_driver::{ImageDigest, InstanceId, SnapshotSpec};
use serde::{Deserialize, Serialize};
use tar::EntryType::Regular;

/// Of one run. About 20 ms each.
const STEPS: u64 = 250;
/// Archives that are imported; they share layers.
const ARCHIVES: [&[usize]; 6] = [&[0], &[0, 1], &[0, 1, 2], &[0, 3], &[4], &[4, 1]];
/// Contents of builders' disks: with few of them, different builders become the same image.
const CONTENTS: usize = 3;
const DISKS: usize = 4;
/// The child's exit codes.
const DONE: i32 = 0;
const IN_USE: i32 = 10;
const NO_SUCH_IMAGE: i32 = 11;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Step {
    Import(usize),
    Snapshot {
        base: String,
        content: usize,
    },
    /// A builder is made of the image.
    Lease {
        image: String,
        disk: usize,
    },
    /// It is deleted.
    Release {
        image: String,
        disk: usize,
    },
    Export(String),
    Remove(String),
}

fn main() -> ExitCode {
    if let Ok(words) = std::env::var("MILLRACE_TEST_STEP") {
        let (place, step) = words.split_once('\n').unwrap();
        return carry_out(Path::new(place), &serde_json::from_str(step).unwrap());
    }
    trials::run(&[(
        "layers_are_there_as_long_as_they_are_needed",
        layers_are_there_as_long_as_they_are_needed,
    )])
}

/// The life of one child.
fn carry_out(place: &Path, step: &Step) -> ExitCode {
    let store = open(place);
    let digest = |text: &String| ImageDigest(text.clone());
    let disk = |number: &usize| InstanceId::new(format!("d-{number}")).unwrap();
    let result = match step {
        Step::Import(archive) => {
            store.import(&place.join(format!("archive-{archive}")), &ImportLimits::default()).map(drop)
        }
        Step::Snapshot { base, content } => {
            let spec = SnapshotSpec {
                applications: Vec::new(),
                created: "2020-01-01T00:00:00Z".into(),
                created_by: "a test".into(),
            };
            let upper = place.join(format!("upper-{content}"));
            fuzzing::snapshot_directory(&store, &digest(base), &upper, &spec).map(drop)
        }
        Step::Lease { image, disk: number } => fuzzing::lease(&store, &digest(image), &disk(number)),
        Step::Release { image, disk: number } => fuzzing::release(&store, &digest(image), &disk(number)),
        Step::Export(image) => {
            let objects = ObjectStore::open(place.join("objects")).unwrap();
            let spec = ExportSpec {
                object: ObjectName::new("123456789012", "images", "archive.tar").unwrap(),
                reference: "ami-1".into(),
                title: "t".into(),
                description: String::new(),
                applications: Vec::new(),
            };
            store.export(&objects, &digest(image), &spec, &ImportLimits::default()).map(drop)
        }
        Step::Remove(image) => store.remove(&digest(image)),
    };
    let code = match result {
        Ok(()) => DONE,
        Err(ImportError::InUse(_)) => IN_USE,
        Err(ImportError::NoSuchImage(_)) => NO_SUCH_IMAGE,
        Err(error) => panic!("{step:?}: {error:?}"),
    };
    ExitCode::from(u8::try_from(code).unwrap())
}

fn open(place: &Path) -> ImageStore {
    ImageStore::open_with(place.join("store"), env!("CARGO_BIN_EXE_driver-internal")).unwrap()
}

/// Random numbers that a seed repeats (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }
}

/// What should be there.
struct Model {
    place: PathBuf,
    /// Digests of images, and the layers of each.
    images: BTreeMap<String, Vec<String>>,
    /// Disks of builders, and what each lies above.
    disks: BTreeMap<usize, String>,
    /// What each layer holds, as it was when it was new.
    contents: BTreeMap<String, BTreeSet<String>>,
}

fn layers_are_there_as_long_as_they_are_needed() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("MILLRACE_LAYERS_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let steps = number("MILLRACE_LAYERS_STEPS").unwrap_or(STEPS);
    // Shown if the test fails.
    eprintln!("MILLRACE_LAYERS_SEED={seed}");
    let directory = tempfile::tempdir().unwrap();
    prepare(directory.path());
    let mut random = Random(seed);
    let mut model = Model {
        place: directory.path().to_owned(),
        images: BTreeMap::new(),
        disks: BTreeMap::new(),
        contents: BTreeMap::new(),
    };
    model.check("at the beginning");
    for number in 0..steps {
        let step = model.choose(&mut random);
        let kill_after = (random.below(3) == 0).then(|| Duration::from_micros(random.below(30_000) as u64));
        model.step(
            &format!("seed {seed}, step {number}, killed after {kill_after:?}: {step:?}"),
            &step,
            kill_after,
        );
    }
    for (disk, image) in model.disks.clone() {
        model.step("the end of a builder", &Step::Release { image, disk }, None);
    }
    for image in model.images.keys().cloned().collect::<Vec<_>>() {
        model.step("the end of an image", &Step::Remove(image), None);
    }
    assert_eq!(fs::read_dir(directory.path().join("store/layers")).unwrap().count(), 0);
}

fn prepare(place: &Path) {
    let texts: Vec<(String, String)> =
        (0..5).map(|layer| (format!("file-{layer}"), format!("layer {layer} ").repeat(20_000))).collect();
    for (number, layers) in ARCHIVES.iter().enumerate() {
        let items: Vec<[Item<'_>; 1]> = layers
            .iter()
            .map(|layer| [(texts[*layer].0.as_str(), Regular, texts[*layer].1.as_str())])
            .collect();
        let layers: Vec<&[Item<'_>]> = items.iter().map(|items| items.as_slice()).collect();
        let archive = Layout::new(&layers, Compression::None).archive();
        fs::write(place.join(format!("archive-{number}")), archive).unwrap();
    }
    for content in 0..CONTENTS {
        let upper = place.join(format!("upper-{content}/data"));
        fs::create_dir_all(&upper).unwrap();
        fs::write(upper.join("written"), format!("content {content} ").repeat(20_000)).unwrap();
        // The same in every run.
        assert!(
            Command::new("touch")
                .args(["-d", "@1"])
                .arg(upper.join("written"))
                .arg(&upper)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Model {
    fn choose(&self, random: &mut Random) -> Step {
        let images: Vec<String> = self.images.keys().cloned().collect();
        let disks: Vec<(usize, String)> = self.disks.clone().into_iter().collect();
        let chosen = match random.below(12) {
            0..=2 => None,
            3..=5 => random
                .of(&images)
                .cloned()
                .map(|base| Step::Snapshot { base, content: random.below(CONTENTS) }),
            6 => {
                let disk = random.below(DISKS);
                let image = random.of(&images).filter(|_| !self.disks.contains_key(&disk));
                image.map(|image| Step::Lease { image: image.clone(), disk })
            }
            7 => random.of(&disks).map(|(disk, image)| Step::Release { image: image.clone(), disk: *disk }),
            8 => random.of(&images).map(|image| Step::Export(image.clone())),
            _ => random.of(&images).map(|image| Step::Remove(image.clone())),
        };
        chosen.unwrap_or_else(|| Step::Import(random.below(ARCHIVES.len())))
    }

    fn step(&mut self, what: &str, step: &Step, kill_after: Option<Duration>) {
        let before: BTreeSet<String> = self.images.keys().cloned().collect();
        let words = format!("{}\n{}", self.place.display(), serde_json::to_string(step).unwrap());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("MILLRACE_TEST_STEP", words)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        if let Some(after) = kill_after {
            // A random moment, not a wait for anything.
            std::thread::sleep(after);
            child.kill().unwrap();
        }
        let code = child.wait().unwrap().code();
        assert!(code.is_some() || kill_after.is_some(), "{what}: {code:?}");
        self.check(what);
        let after: BTreeSet<String> = self.images.keys().cloned().collect();
        let whole = code.is_some();
        match step {
            Step::Import(_) | Step::Snapshot { .. } => {
                assert!(after.is_superset(&before) && after.len() <= before.len() + 1, "{what}");
                assert!(!whole || code == Some(DONE), "{what}: {code:?}");
            }
            Step::Lease { image, disk } => {
                assert_eq!(after, before, "{what}");
                // A builder whose lease may be there is one: it is deleted as any other.
                let _ = self.disks.insert(*disk, image.clone());
                if !whole && !self.lease(image, *disk).exists() {
                    self.disks.remove(disk);
                }
            }
            Step::Release { image, disk } => {
                assert_eq!(after, before, "{what}");
                if !self.lease(image, *disk).exists() {
                    self.disks.remove(disk);
                }
                assert!(!whole || !self.disks.contains_key(disk), "{what}");
            }
            Step::Export(_) => {
                assert_eq!(after, before, "{what}");
                assert!(!whole || code == Some(DONE), "{what}: {code:?}");
            }
            Step::Remove(image) => {
                let mut without = before.clone();
                without.remove(image);
                if self.disks.values().any(|used| used == image) {
                    assert!(!whole || code == Some(IN_USE), "{what}: {code:?}");
                    assert_eq!(after, before, "{what}");
                } else if whole {
                    assert_eq!((code, &after), (Some(DONE), &without), "{what}");
                } else {
                    assert!(after == before || after == without, "{what}: {after:?}");
                }
            }
        }
        for image in self.disks.values() {
            assert!(after.contains(image), "{what}: a builder's image is gone");
        }
    }

    fn lease(&self, image: &str, disk: usize) -> PathBuf {
        self.place.join("store/leases").join(&image[7..]).join(format!("d-{disk}"))
    }

    /// Looks at the disk, as the next process finds it: what is there is what is needed.
    fn check(&mut self, what: &str) {
        let store = open(&self.place);
        let records = store.list().unwrap();
        self.images = records.iter().map(|record| (record.digest.0.clone(), record.layers.clone())).collect();
        let needed: BTreeSet<&String> = self.images.values().flatten().collect();
        let names = |name: &str| -> BTreeSet<String> {
            let entries = fs::read_dir(self.place.join("store").join(name)).unwrap();
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
        };
        let found = names("layers");
        assert_eq!(found.iter().collect::<BTreeSet<_>>(), needed, "{what}");
        assert!(names("tmp").is_empty(), "{what}: {:?}", names("tmp"));
        for layer in &found {
            let directory = self.place.join("store/layers").join(layer);
            let files = fs::read_dir(directory.join("rootfs")).unwrap().map(|entry| {
                let path = entry.unwrap().path();
                format!(
                    "{} {}",
                    path.display(),
                    hex::encode(fs::read(&path).unwrap().get(..32).unwrap_or_default())
                )
            });
            let files: BTreeSet<String> = files.collect();
            assert!(!files.is_empty() && directory.join("layer.json").exists(), "{what}: {layer}");
            let known = self.contents.entry(layer.clone()).or_insert_with(|| files.clone());
            assert_eq!(*known, files, "{what}: {layer}");
        }
    }
}

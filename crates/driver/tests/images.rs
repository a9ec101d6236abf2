//! Imports of images by the real child process: what works, what is refused, and that nothing stays of what is refused or interrupted. Needs root; without
//! it every test here is reported as ignored.

#![allow(clippy::unwrap_used, reason = "this is a test, though it has a harness of its own")]

#[path = "support/hostile_images.rs"]
mod hostile_images;
#[path = "support/layout.rs"]
mod layout;
#[path = "support/trials.rs"]
mod trials;

use std::fs;
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use layout::{Compression, Item, Layout, compress, tar_of};
use millrace_driver::images::{ImageStore, ImportError, ImportLimits, ImportedImage};
use serde_json::json;
use tar::EntryType::{Directory, Fifo, Regular};

const TESTS: [(&str, fn()); 15] = [
    (
        "an_archive_without_end_takes_bounded_memory",
        hostile_images::an_archive_without_end_takes_bounded_memory,
    ),
    ("bombs_are_refused", hostile_images::bombs_are_refused),
    ("content_belongs_to_those_who_bring_it", content_belongs_to_those_who_bring_it),
    ("what_stands_beside_an_image_is_skipped", what_stands_beside_an_image_is_skipped),
    ("documents_that_lie_are_refused", hostile_images::documents_that_lie_are_refused),
    ("documents_without_end_are_refused", hostile_images::documents_without_end_are_refused),
    ("hostile_entries_are_refused", hostile_images::hostile_entries_are_refused),
    ("icons_are_drawn_or_left_out", icons_are_drawn_or_left_out),
    ("layers_are_put_together_as_the_kernel_does", layers_are_put_together_as_the_kernel_does),
    ("layers_of_others_stay", layers_of_others_stay),
    ("links_never_lead_out", hostile_images::links_never_lead_out),
    ("names_of_what_is_no_file_do_not_block", names_of_what_is_no_file_do_not_block),
    (
        "root_filesystems_of_every_compression_are_one_image",
        root_filesystems_of_every_compression_are_one_image,
    ),
    ("what_is_killed_half_way_leaves_nothing", what_is_killed_half_way_leaves_nothing),
    ("whole_images_arrive", whole_images_arrive),
];

fn main() -> ExitCode {
    if let Ok(words) = std::env::var("MILLRACE_TEST_IMPORT") {
        let (store, source) = words.split_once('\n').unwrap();
        open(Path::new(store)).import(Path::new(source), &ImportLimits::default()).unwrap();
        return ExitCode::SUCCESS;
    }
    trials::run(&TESTS)
}

fn open(directory: &Path) -> ImageStore {
    ImageStore::open_with(directory, env!("CARGO_BIN_EXE_driver-internal")).unwrap()
}

/// A store, beside files that no import may touch.
struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("canary"), "untouched").unwrap();
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn store(&self) -> ImageStore {
        open(&self.path("store"))
    }

    fn source(&self, bytes: &[u8]) -> PathBuf {
        let path = self.path("source");
        fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, source: &Path) -> Result<ImportedImage, ImportError> {
        self.store().import(source, &ImportLimits::default())
    }

    /// Imports what must be refused with `words`, and checks that nothing of it stayed.
    fn refuse(&self, what: &str, source: &Path, limits: &ImportLimits, words: &str) {
        let began = Instant::now();
        let error = self.store().import(source, limits).expect_err(what);
        assert!(matches!(error, ImportError::Refused(_) | ImportError::OverLimit(_)), "{what}: {error:?}");
        assert!(error.to_string().contains(words), "{what}: {error}");
        assert!(began.elapsed() < Duration::from_secs(60), "{what}: {:?}", began.elapsed());
        self.assert_empty(what);
    }

    fn assert_empty(&self, what: &str) {
        for name in ["images", "layers", "tmp", "leases"] {
            let left: Vec<_> = fs::read_dir(self.path("store").join(name)).unwrap().flatten().collect();
            assert!(left.is_empty(), "{what}: {left:?}");
        }
        assert_eq!(fs::read_to_string(self.path("canary")).unwrap(), "untouched", "{what}");
        let mut names: Vec<_> =
            fs::read_dir(self.directory.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        names.retain(|name| name != "canary" && name != "store" && name != "source" && name != "layout");
        assert!(names.is_empty(), "{what}: {names:?}");
    }

    fn layer(&self, image: &ImportedImage, index: usize) -> PathBuf {
        self.path("store/layers").join(&image.record.layers[index]).join("rootfs")
    }
}

const PASSWD: Item<'_> = ("etc/passwd", Regular, "ann:x:7:8::/home/ann:/bin/sh\n");

fn whole_images_arrive() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let mut layout =
            Layout::new(&[&[PASSWD], &[("bin/", Directory, ""), ("bin/x", Regular, "program")]], compression);
        layout.config["config"] = json!({"User": "ann", "Env": ["A=b"], "Entrypoint": ["/bin/x"]});
        let place = Place::new();
        layout.write_directory(&place.path("layout"));
        let first = place.import(&place.path("layout")).unwrap();
        assert!(!first.existed);
        assert_eq!((first.record.user.uid, first.record.layers.len(), first.record.size_bytes), (7, 2, 36));
        assert_eq!(fs::read(place.layer(&first, 1).join("bin/x")).unwrap(), b"program");
        // The same, as one file.
        let again = place.import(&place.source(&layout.archive())).unwrap();
        assert!(again.existed);
        assert_eq!(again.record, first.record);
        place.store().remove(&first.record.digest).unwrap();
        place.assert_empty("removed");
    }
}

/// The digests of another account's image give nobody its content, and do not show that it is here.
fn content_belongs_to_those_who_bring_it() {
    let place = Place::new();
    let layout = Layout::new(&[&[PASSWD], &[("secret", Regular, "x")]], Compression::Gzip);
    let said = |layout: &Layout| match place.import(&place.source(&layout.archive())) {
        Err(ImportError::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    let mut without = Layout::new(&[&[PASSWD], &[("secret", Regular, "x")]], Compression::Gzip);
    let secret = without.digest_of(1);
    without.blobs.remove(&secret).unwrap();
    let unknown = said(&without);
    assert!(unknown.contains("is missing"), "{unknown}");
    let image = place.import(&place.source(&layout.archive())).unwrap();
    assert_eq!(said(&without), unknown, "the same words, now that the image is here");
    // The layer alone, under a manifest of one's own.
    without.config["config"] = json!({"User": "ann"});
    assert_eq!(said(&without), unknown);
    without.blobs.insert(secret, b"something else".to_vec());
    assert!(said(&without).contains("bytes long"));
    // What is said of a layer that is here is checked as well.
    let mut lying = Layout::new(&[&[PASSWD], &[("secret", Regular, "x")]], Compression::Gzip);
    lying.config["rootfs"]["diff_ids"][1] = lying.config["rootfs"]["diff_ids"][0].clone();
    assert!(said(&lying).contains("does not unpack to"));
    place.store().remove(&image.record.digest).unwrap();
    place.assert_empty("removed");
}

/// Several tags of one image, signatures, and descriptors of other kinds.
fn what_stands_beside_an_image_is_skipped() {
    let place = Place::new();
    let layout = Layout::new(&[&[PASSWD]], Compression::Gzip);
    let mut signature = Layout::new(&[&[("sig", Regular, "x")]], Compression::None);
    signature.config_type = "application/vnd.dev.cosign.simplesigning.v1+json".into();
    let directory = place.path("layout");
    signature.write_directory(&directory);
    let index = |path: &Path| -> serde_json::Value {
        serde_json::from_slice(&fs::read(path.join("index.json")).unwrap()).unwrap()
    };
    let beside = index(&directory)["manifests"][0].clone();
    layout.write_directory(&directory);
    let mut whole = index(&directory);
    let image = whole["manifests"][0].clone();
    let mut second_tag = image.clone();
    second_tag["annotations"] = json!({"org.opencontainers.image.ref.name": "latest"});
    let mut parts = beside.clone();
    parts["mediaType"] = json!("application/spdx+json");
    whole["manifests"] = json!([beside, image, parts, second_tag]);
    fs::write(directory.join("index.json"), whole.to_string()).unwrap();
    let imported = place.import(&directory).unwrap();
    assert_eq!(imported.record.digest.0, image["digest"].as_str().unwrap());
    // Two images are still one too many.
    let other = Layout::new(&[&[PASSWD], &[("other", Regular, "x")]], Compression::Gzip);
    other.write_directory(&directory);
    let second = index(&directory)["manifests"][0].clone();
    fs::write(directory.join("index.json"), json!({"manifests": [image, second]}).to_string()).unwrap();
    assert!(matches!(place.import(&directory), Err(ImportError::Refused(why)) if why.contains("2 images")));
    place.store().remove(&imported.record.digest).unwrap();
    place.assert_empty("removed");
}

fn root_filesystems_of_every_compression_are_one_image() {
    let place = Place::new();
    let plain = tar_of(&[PASSWD, ("run/pipe", Fifo, "")]);
    let mut digests = Vec::new();
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let source = place.source(&compress(&plain, compression));
        digests.push(place.import(&source).unwrap().record.digest);
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    let store = place.store();
    let record = store.get(&digests[0]).unwrap();
    let root = &store.lower_directories(&record)[0];
    assert!(fs::symlink_metadata(root.join("run/pipe")).unwrap().file_type().is_fifo());
    assert_eq!(fs::read_dir(place.path("store/layers")).unwrap().count(), 1);
}

/// By the confined child: a drawing becomes a PNG of our own; what asks for files, or for endless work, becomes nothing, and the image is of use.
fn icons_are_drawn_or_left_out() {
    let svg = |inside: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" viewBox="0 0 8 8">{inside}</svg>"#
        )
    };
    let entry =
        |name: &str| format!("[Desktop Entry]\nType=Application\nName={name}\nExec={name}\nIcon={name}\n");
    // 10⁹ copies of a rectangle, by reference.
    let mut bomb = r#"<g id="a0"><rect width="1" height="1"/></g>"#.to_owned();
    for level in 1..10 {
        let uses = format!(r##"<use x:href="#a{}"/>"##, level - 1).repeat(10);
        bomb.push_str(&format!(r#"<g id="a{level}">{uses}</g>"#));
    }
    let drawings = [
        ("good", svg(r#"<rect width="8" height="8" fill="red"/>"#)),
        ("outside", svg(r#"<image x:href="/etc/passwd" width="8" height="8"/>"#)),
        ("bomb", svg(&bomb)),
        ("nonsense", "no drawing".to_owned()),
    ];
    let texts: Vec<_> = (drawings.iter())
        .flat_map(|(name, drawing)| {
            [
                (format!("usr/share/applications/{name}.desktop"), entry(name)),
                (format!("usr/share/icons/hicolor/scalable/apps/{name}.svg"), drawing.clone()),
            ]
        })
        .collect();
    let mut items: Vec<Item<'_>> = vec![PASSWD];
    items.extend(texts.iter().map(|(path, text)| (path.as_str(), Regular, text.as_str())));
    let place = Place::new();
    let record = place.import(&place.source(&tar_of(&items))).unwrap().record;
    let icons: Vec<_> =
        record.applications.iter().map(|known| (known.name.as_str(), known.icon.is_empty())).collect();
    assert_eq!(icons, [("bomb", true), ("good", false), ("nonsense", true), ("outside", true)]);
    let good = &record.applications[1].icon;
    assert!(good.starts_with("iVBORw0KGgo"), "a PNG: {good}");
}

fn layers_are_put_together_as_the_kernel_does() {
    let lowest: &[Item<'_>] = &[
        PASSWD,
        ("a/gone", Regular, "x"),
        ("a/kept", Regular, "x"),
        ("b/hidden", Regular, "x"),
        (
            "usr/share/applications/one.desktop",
            Regular,
            "[Desktop Entry]\nType=Application\nName=One\nExec=one\n",
        ),
        (
            "usr/share/applications/two.desktop",
            Regular,
            "[Desktop Entry]\nType=Application\nName=Two\nExec=two\n",
        ),
    ];
    let middle: &[Item<'_>] = &[
        ("a/.wh.gone", Regular, ""),
        ("b/.wh..wh..opq", Regular, ""),
        ("b/new", Regular, "x"),
        ("usr/share/applications/.wh.one.desktop", Regular, ""),
    ];
    let topmost: &[Item<'_>] = &[("a/again", Regular, "x"), ("etc/.wh.passwd", Regular, "")];
    let place = Place::new();
    let source = place.source(&Layout::new(&[lowest, middle, topmost], Compression::Gzip).archive());
    let image = place.import(&source).unwrap();
    let names: Vec<&str> =
        image.record.applications.iter().map(|application| application.name.as_str()).collect();
    assert_eq!(names, ["two"]);
    let whiteout = fs::symlink_metadata(place.layer(&image, 1).join("a/gone")).unwrap();
    assert!(whiteout.file_type().is_char_device() && whiteout.rdev() == 0);

    let lowers: Vec<String> = [2, 1, 0].map(|index| place.layer(&image, index).display().to_string()).into();
    let script = format!(
        "mount -t overlay x -o ro,lowerdir={} /mnt && cd /mnt && find . ! -type d | sort | tr '\\n' ' '",
        lowers.join(":")
    );
    let output = Command::new("unshare").args(["--mount", "sh", "-c", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(found, "./a/again ./a/kept ./b/new ./usr/share/applications/two.desktop ");
}

/// A layout's blobs as pipes: nobody ever writes to them.
fn names_of_what_is_no_file_do_not_block() {
    let place = Place::new();
    for name in ["index.json", "blob"] {
        let layout = Layout::new(&[&[PASSWD]], Compression::None);
        let directory = place.path("layout");
        layout.write_directory(&directory);
        let path = if name == "blob" {
            directory.join("blobs/sha256").join(&layout.digest_of(0)[7..])
        } else {
            directory.join(name)
        };
        fs::remove_file(&path).unwrap();
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        place.refuse(name, &directory, &ImportLimits::default(), "is not a file");
        fs::remove_dir_all(&directory).unwrap();
    }
}

fn layers_of_others_stay() {
    let place = Place::new();
    let shared: &[Item<'_>] = &[PASSWD];
    let one = place
        .import(&place.source(&Layout::new(&[shared, &[("one", Regular, "1")]], Compression::None).archive()))
        .unwrap();
    let two = place
        .import(&place.source(&Layout::new(&[shared, &[("two", Regular, "2")]], Compression::None).archive()))
        .unwrap();
    assert_eq!(one.record.layers[0], two.record.layers[0]);
    // A failed import takes only what it added.
    let mut failing = Layout::new(&[shared, &[("three", Regular, "3")]], Compression::None);
    failing.config["rootfs"]["diff_ids"][1] = json!("sha256:x");
    place.import(&place.source(&failing.archive())).unwrap_err();
    assert_eq!(fs::read_dir(place.path("store/layers")).unwrap().count(), 3);
    let store = place.store();
    store.remove(&one.record.digest).unwrap();
    store.remove(&one.record.digest).unwrap();
    assert!(place.layer(&two, 0).join("etc/passwd").exists() && !place.layer(&one, 1).exists());
    assert_eq!(store.list().unwrap(), std::slice::from_ref(&two.record));
    store.remove(&two.record.digest).unwrap();
    drop(store);
    place.assert_empty("all removed");
}

fn what_is_killed_half_way_leaves_nothing() {
    // Noise, which does not compress: three layers that take a while each.
    let mut noise = vec![0; 24 << 20];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut noise).unwrap();
    let noise = hex::encode(noise);
    let layers: [&[Item<'_>]; 3] =
        [&[("a", Regular, &noise)], &[("b", Regular, &noise)], &[("c", Regular, &noise)]];
    let layout = Layout::new(&layers, Compression::Zstd);
    let place = Place::new();
    let source = place.source(&layout.archive());
    let layers = || fs::read_dir(place.path("store/layers")).map_or(0, Iterator::count);
    let unpacking = || place.path("store/tmp/import/layer/rootfs").exists();
    let moments: [(&str, &dyn Fn() -> bool); 3] = [
        ("the first layer", &unpacking),
        ("one layer done", &|| layers() == 1 && unpacking()),
        ("two layers done", &|| layers() == 2),
    ];
    for (what, reached) in moments {
        let words = format!("{}\n{}", place.path("store").display(), source.display());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("MILLRACE_TEST_IMPORT", words)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while !reached() {
            assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "{what}");
            std::thread::sleep(Duration::from_micros(200));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        drop(place.store());
        place.assert_empty(what);
    }
    let image = place.import(&source).unwrap();
    assert_eq!(image.record.layers.len(), 3);
}

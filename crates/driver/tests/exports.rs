//! Exports of images, read back by programs of others (umoci, skopeo) and by an import: every file of every layer is the same. Needs root; without it
//! every test here is reported as ignored.

#![allow(clippy::unwrap_used, reason = "this is a test, though it has a harness of its own")]

#[path = "support/tree.rs"]
mod tree;
#[path = "support/trials.rs"]
mod trials;

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output};
use std::time::Duration;

use millrace_driver::images::{ExportSpec, ImageRecord, ImageStore, ImportError, ImportLimits};
use millrace_driver::objects::{ObjectName, ObjectStore};
use rustix::fs::{FileType, Mode, XattrFlags};
use serde_json::Value;
use tree::{Entry, tree};

const TESTS: [(&str, fn()); 5] = [
    ("an_export_has_bounds", an_export_has_bounds),
    ("holes_of_other_programs_stay_holes", holes_of_other_programs_stay_holes),
    ("others_read_what_is_exported", others_read_what_is_exported),
    ("the_same_image_gives_the_same_archive", the_same_image_gives_the_same_archive),
    ("what_is_exported_comes_back", what_is_exported_comes_back),
];

fn main() -> ExitCode {
    trials::run(&TESTS)
}

/// A store with one image, which umoci made, and object storage beside it.
struct Place {
    directory: tempfile::TempDir,
    record: ImageRecord,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        make_layout(path);
        let store = open(&path.join("store"));
        let record = store.import(&path.join("layout"), &ImportLimits::default()).unwrap().record;
        Self { directory, record }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn objects(&self) -> ObjectStore {
        ObjectStore::open(self.path("objects")).unwrap()
    }

    /// The archive's path.
    fn export(&self, key: &str) -> PathBuf {
        let exported = open(&self.path("store"))
            .export(&self.objects(), &self.record.digest, &spec(key), &ImportLimits::default())
            .unwrap();
        let path = self.path("objects/123456789012/images").join(key);
        assert_eq!(exported.bytes, fs::metadata(&path).unwrap().len());
        let manifest =
            run("skopeo", &["inspect", "--format", "{{.Digest}}", &format!("oci-archive:{}", text(&path))]);
        assert_eq!(String::from_utf8_lossy(&manifest.stdout).trim(), exported.manifest.0);
        path
    }
}

fn open(directory: &Path) -> ImageStore {
    ImageStore::open_with(directory, env!("CARGO_BIN_EXE_driver-internal")).unwrap()
}

fn spec(key: &str) -> ExportSpec {
    ExportSpec {
        object: ObjectName::new("123456789012", "images", key).unwrap(),
        reference: "ami-0123456789abcdef0".into(),
        title: "An (odd) title/1.0".into(),
        description: "Ä".into(),
        applications: Vec::new(),
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn run(program: &str, arguments: &[&str]) -> Output {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error} (apt install {program})"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Two layers with all that layers can hold.
fn make_layout(directory: &Path) {
    let (lower, upper) = (directory.join("lower"), directory.join("upper"));
    fill_lower(&lower);
    fill_upper(&upper);
    let layout = directory.join("layout");
    let image = format!("{}:latest", text(&layout));
    run("umoci", &["init", "--layout", text(&layout)]);
    run("umoci", &["new", "--image", &image]);
    for layer in [&lower, &upper] {
        let archive = layer.with_extension("tar");
        let flags =
            ["--xattrs", "--xattrs-include=*", "--format=pax", "--sparse", "--numeric-owner", "--sort=name"];
        let paths = ["-C", text(layer), "-cf", text(&archive), "."];
        run("tar", &[&flags[..], &paths].concat());
        run("umoci", &["raw", "add-layer", "--image", &image, text(&archive)]);
    }
    let config =
        ["config", "--image", &image, "--config.user", "7:8", "--config.env", "A=b", "--config.label", "x=y"];
    run("umoci", &config);
}

fn fill_lower(root: &Path) {
    for directory in ["usr/bin", "etc", "hidden/below", "opaque/old", "closed", "var"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    let file = |name: &str, mode: u32, content: &[u8]| {
        let path = root.join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    file("usr/bin/setuid", 0o4755, b"setuid");
    file("usr/bin/setgid", 0o2711, b"setgid");
    let owned = file("etc/owned", 0o640, b"owned");
    lchown(&owned, Some(7), Some(8)).unwrap();
    fs::set_permissions(root.join("closed"), fs::Permissions::from_mode(0o1700)).unwrap();
    file("etc/passwd", 0o644, b"ann:x:7:8::/home/ann:/bin/sh\n");
    let attributed = file("etc/attributed", 0o644, b"");
    rustix::fs::setxattr(&attributed, "user.colour", b"blue\0green", XattrFlags::empty()).unwrap();
    rustix::fs::setxattr(root.join("var"), "user.directory", b"too", XattrFlags::empty()).unwrap();
    let capable = file("usr/bin/capable", 0o755, b"capable");
    // linux/capability.h: revision 2, effective, CAP_NET_BIND_SERVICE.
    let capability = [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    rustix::fs::setxattr(&capable, "security.capability", &capability, XattrFlags::empty()).unwrap();
    let linked = file("usr/bin/first", 0o755, b"linked");
    fs::hard_link(&linked, root.join("usr/bin/second")).unwrap();
    fs::hard_link(&linked, root.join("third")).unwrap();
    symlink("../usr/./bin//first", root.join("etc/link")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, root.join("var/pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
    make_sparse(&root.join("var/sparse"));
    // Two long enough for headers of their own: a name and a link's target.
    let long = "l".repeat(120);
    file(&format!("var/{long}"), 0o600, b"long");
    symlink(format!("/var/{long}"), root.join("var/long")).unwrap();
    file("hidden/file", 0o644, b"hidden");
    file("hidden/below/file", 0o644, b"hidden");
    file("opaque/old/file", 0o644, b"old");
    file("replaced", 0o644, b"a file");
}

fn fill_upper(root: &Path) {
    for directory in ["opaque", "replaced"] {
        fs::create_dir_all(root.join(directory)).unwrap();
    }
    for (name, content) in [
        (".wh.hidden", ""),
        ("opaque/.wh..wh..opq", ""),
        ("opaque/new", "new"),
        ("replaced/by", "a directory"),
    ] {
        fs::write(root.join(name), content).unwrap();
    }
}

fn make_sparse(path: &Path) {
    let mut file = File::create(path).unwrap();
    for at in [0, 5 << 20, 9 << 20] {
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&[b'x'; 5000]).unwrap();
    }
    file.set_len(64 << 20).unwrap();
}

/// What umoci makes of an image.
fn unpacked_by_umoci(place: &Place, layout: &Path, reference: &str, name: &str) -> PathBuf {
    let bundle = place.path(name);
    run("umoci", &["unpack", "--image", &format!("{}:{reference}", text(layout)), text(&bundle)]);
    bundle.join("rootfs")
}

fn untar(place: &Place, archive: &Path) -> PathBuf {
    let directory = place.path("untarred");
    fs::create_dir(&directory).unwrap();
    run("tar", &["-C", text(&directory), "-xf", text(archive)]);
    directory
}

fn others_read_what_is_exported() {
    let place = Place::new();
    let archive = place.export("us-east-1/a.tar");
    let layout = untar(&place, &archive);
    let before = tree(&unpacked_by_umoci(&place, &place.path("layout"), "latest", "before"));
    let after = tree(&unpacked_by_umoci(&place, &layout, "ami-0123456789abcdef0", "after"));
    assert!(before.len() > 15, "{before:?}");
    assert!(!before.contains_key(Path::new("hidden")) && !before.contains_key(Path::new("opaque/old")));
    tree::assert_same(&before, &after);
    // As files, into another form, by the library that podman has too.
    let target = format!("dir:{}", text(&place.path("copied")));
    run("skopeo", &["copy", "--quiet", &format!("oci-archive:{}", text(&archive)), &target]);
    let inspected = run("skopeo", &["inspect", "--config", &format!("oci-archive:{}", text(&archive))]);
    let config: Value = serde_json::from_slice(&inspected.stdout).unwrap();
    assert_eq!(config["config"]["User"], "7:8");
    assert_eq!(config["config"]["Env"][0], "A=b");
    assert_eq!(config["config"]["Labels"]["x"], "y");
    let adding = |entry: &&Value| entry["empty_layer"] != true;
    assert_eq!(config["history"].as_array().unwrap().iter().filter(adding).count(), 2);
}

fn what_is_exported_comes_back() {
    let place = Place::new();
    let archive = place.export("us-east-1/a.tar");
    let again = open(&place.path("again"));
    let back = again.import(&archive, &ImportLimits::default()).unwrap().record;
    assert_eq!(
        (&back.user, &back.environment, &back.labels),
        (&place.record.user, &place.record.environment, &place.record.labels)
    );
    assert_eq!(back.size_bytes, place.record.size_bytes);
    assert_eq!(back.layers.len(), 2);
    for (before, after) in place.record.layers.iter().zip(&back.layers) {
        let layer =
            |store: &str, layer: &str| tree(&place.path(store).join("layers").join(layer).join("rootfs"));
        let (before, after) = (layer("store", before), layer("again", after));
        assert!(
            before.values().any(|entry: &Entry| entry.sparse) == after.values().any(|entry| entry.sparse)
        );
        tree::assert_same(&before, &after);
    }
    drop(again);
    // What came from this program is no other thing for having gone out and in.
    let second = Place { record: back, ..place };
    let store = open(&second.path("again"));
    let spec = spec("us-east-1/b.tar");
    store.export(&second.objects(), &second.record.digest, &spec, &ImportLimits::default()).unwrap();
    let written = second.path("objects/123456789012/images/us-east-1/b.tar");
    assert_eq!(fs::read(archive).unwrap(), fs::read(written).unwrap());
}

fn the_same_image_gives_the_same_archive() {
    let place = Place::new();
    let (one, two) = (place.export("us-east-1/a.tar"), place.export("us-east-1/b.tar"));
    assert_eq!(fs::read(one).unwrap(), fs::read(two).unwrap());
    assert_eq!(fs::read_dir(place.path("objects/.new")).unwrap().count(), 0);
}

fn an_export_has_bounds() {
    let place = Place::new();
    let objects = place.objects();
    let store = open(&place.path("store"));
    let limits = ImportLimits { duration: Duration::ZERO, ..ImportLimits::default() };
    let late = store.export(&objects, &place.record.digest, &spec("late.tar"), &limits);
    assert!(matches!(late, Err(ImportError::TimedOut)), "{late:?}");
    // A directory is in the place of the object.
    fs::create_dir_all(place.path("objects/123456789012/images/taken.tar/x")).unwrap();
    let taken = store.export(&objects, &place.record.digest, &spec("taken.tar"), &ImportLimits::default());
    assert!(matches!(taken, Err(ImportError::Io { .. })), "{taken:?}");
    assert_eq!(fs::read_dir(place.path("objects/.new")).unwrap().count(), 0, "nothing is left");
    assert!(!place.path("objects/123456789012/images/late.tar").exists());
    // It is over: the image can go.
    store.remove(&place.record.digest).unwrap();
    let gone = store.export(&objects, &place.record.digest, &spec("gone.tar"), &ImportLimits::default());
    assert!(matches!(gone, Err(ImportError::NoSuchImage(_))), "{gone:?}");
}

fn holes_of_other_programs_stay_holes() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir(&root).unwrap();
    make_sparse(&root.join("sparse"));
    let mut expected = Vec::new();
    File::open(root.join("sparse")).unwrap().read_to_end(&mut expected).unwrap();
    for (format, refused) in
        [("--format=gnu", false), ("--sparse-version=1.0", false), ("--sparse-version=0.1", true)]
    {
        let archive = directory.path().join("archive.tar");
        let posix = if format == "--format=gnu" { "--sparse" } else { "--format=posix" };
        run("tar", &["-C", text(&root), "--sparse", posix, format, "-cf", text(&archive), "."]);
        let store = open(&directory.path().join(format!("store{format}")));
        let imported = store.import(&archive, &ImportLimits::default());
        if refused {
            assert!(imported.unwrap_err().to_string().contains("a file with holes"), "{format}");
            continue;
        }
        let record = imported.unwrap().record;
        let path = store.lower_directories(&record)[0].join("sparse");
        assert!(fs::read(&path).unwrap() == expected, "{format}");
        assert!(fs::metadata(&path).unwrap().blocks() < 200, "{format}");
    }
}

use std::os::unix::fs::MetadataExt;

use tar::{Builder, Header};

use super::*;

const BOUNDS: Bounds = Bounds { bytes: 1 << 20, entries: 100, room: 1 << 30 };

/// One entry: name, kind, mode, link target or content.
type Item<'a> = (&'a str, EntryType, u32, &'a str);

fn archive(items: &[Item<'_>]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, mode, text) in items {
        let mut header = Header::new_ustar();
        // Written directly: the builder itself refuses names that climb.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_mode(*mode);
        // The owner of the test may not be root: its own ids can always be set.
        header.set_uid(u64::from(rustix::process::getuid().as_raw()));
        header.set_gid(u64::from(rustix::process::getgid().as_raw()));
        header.set_mtime(1_000_000_000);
        let content = if kind.is_file() { text.as_bytes() } else { b"" };
        if !text.is_empty() && !kind.is_file() {
            header.set_link_name(text).unwrap();
        }
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn check(items: &[Item<'_>], test: impl FnOnce(&Path, io::Result<Unpacked>)) {
    let root = tempfile::tempdir().unwrap();
    let result = unpack(archive(items).as_slice(), root.path(), BOUNDS);
    test(root.path(), result);
}

const FILE: EntryType = EntryType::Regular;
const DIRECTORY: EntryType = EntryType::Directory;
const SYMLINK: EntryType = EntryType::Symlink;
const LINK: EntryType = EntryType::Link;

#[test]
fn files_links_modes_and_times_arrive() {
    let items = [
        ("./", DIRECTORY, 0o755, ""),
        ("bin/", DIRECTORY, 0o751, ""),
        ("bin/su", FILE, 0o4755, "program"),
        ("bin/also-su", LINK, 0o4755, "bin/su"),
        ("bin/name", SYMLINK, 0o777, "/etc/passwd"),
        ("no/parents/here", FILE, 0o600, "x"),
    ];
    check(&items, |root, result| {
        let unpacked = result.unwrap();
        assert_eq!((unpacked.bytes, unpacked.entries), (8, 6));
        let su = fs::metadata(root.join("bin/su")).unwrap();
        assert_eq!((su.mode() & 0o7777, su.mtime()), (0o4755, 1_000_000_000));
        assert_eq!(su.ino(), fs::metadata(root.join("bin/also-su")).unwrap().ino());
        assert_eq!(fs::read_link(root.join("bin/name")).unwrap(), Path::new("/etc/passwd"));
        assert_eq!(fs::metadata(root.join("bin")).unwrap().mtime(), 1_000_000_000);
        assert_eq!(fs::metadata(root.join("bin")).unwrap().mode() & 0o777, 0o751);
        assert_eq!(fs::read(root.join("no/parents/here")).unwrap(), b"x");
    });
}

#[test]
fn later_entries_replace_earlier_ones() {
    let items = [
        ("a", SYMLINK, 0o777, "elsewhere"),
        ("a", FILE, 0o644, "second"),
        ("b/c", FILE, 0o644, "x"),
        ("b", FILE, 0o644, "now a file"),
    ];
    check(&items, |root, result| {
        result.unwrap();
        assert_eq!(fs::read(root.join("a")).unwrap(), b"second");
        assert!(!root.join("elsewhere").exists());
        assert_eq!(fs::read(root.join("b")).unwrap(), b"now a file");
    });
}

#[test]
fn names_that_climb_are_refused_and_devices_left_out() {
    for items in [
        [("../evil", FILE, 0o644, "x")],
        [("a/../../evil", FILE, 0o644, "x")],
        [("evil", LINK, 0o644, "../../etc/shadow")],
        [(".wh.", FILE, 0o644, "")],
        [(".wh...", FILE, 0o644, "")],
    ] {
        check(&items, |root, result| {
            assert!(result.is_err(), "{items:?}");
            assert_eq!(fs::read_dir(root).unwrap().count(), 0, "{items:?}");
        });
    }
    for (name, kind) in [
        ("dev/null", EntryType::Char),
        ("sda", EntryType::Block),
        ("var/spool/postfix/dev/null", EntryType::Char),
    ] {
        check(&[(name, kind, 0o666, ""), ("etc/issue", FILE, 0o644, "x")], |root, result| {
            assert_eq!(result.unwrap().devices, 1);
            assert!(!root.join(name).exists() && root.join("etc/issue").exists());
        });
    }
}

#[test]
fn bounds_hold() {
    let many: Vec<String> = (0..101).map(|number| format!("file{number}")).collect();
    let many: Vec<Item<'_>> = many.iter().map(|name| (name.as_str(), FILE, 0o644, "")).collect();
    check(&many, |_, result| assert!(result.unwrap_err().to_string().contains("more than 100 entries")));
    let large = "x".repeat((1 << 20) + 1);
    check(&[("large", FILE, 0o644, &large)], |_, result| {
        assert!(result.unwrap_err().to_string().contains("more than 1048576 bytes"));
    });
    // A bomb: far more than the bounds allow, in a few bytes.
    let bomb = zstd::encode_all(io::repeat(0).take(1 << 26), 3).unwrap();
    let root = tempfile::tempdir().unwrap();
    let result = unpack(bomb.as_slice(), root.path(), Bounds { bytes: 1 << 20, entries: 10, room: 1 << 30 });
    assert!(result.is_err() || result.is_ok_and(|unpacked| unpacked.bytes == 0));
}

#[test]
fn an_archive_that_ends_early_is_an_error() {
    let whole = archive(&[("file", FILE, 0o644, &"x".repeat(5000))]);
    let root = tempfile::tempdir().unwrap();
    assert!(unpack(&whole[..2000], root.path(), BOUNDS).is_err());
}

#[test]
fn every_compression_gives_the_same_digest() {
    use std::io::Write;
    let plain = archive(&[("file", FILE, 0o644, "content")]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&plain).unwrap();
    let zstd = zstd::encode_all(plain.as_slice(), 1).unwrap();
    let expected = hex::encode(Sha256::digest(&plain));
    for bytes in [plain.clone(), gzip.finish().unwrap(), zstd] {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(unpack(bytes.as_slice(), root.path(), BOUNDS).unwrap().diff_id, expected);
    }
}

#[test]
fn one_large_file_at_the_beginning_is_no_bomb() {
    const LENGTH: u64 = ANY_RATIO + (1 << 20);
    let mut header = Header::new_gnu();
    header.set_path("large").unwrap();
    header.set_mode(0o600);
    header.set_uid(u64::from(rustix::process::getuid().as_raw()));
    header.set_gid(u64::from(rustix::process::getgid().as_raw()));
    header.set_mtime(1_000_000_000);
    header.set_size(LENGTH);
    header.set_cksum();
    let archive = header.as_bytes().chain(io::repeat(7).take(LENGTH)).chain(io::repeat(0).take(1024));
    let root = tempfile::tempdir().unwrap();
    let bounds = Bounds { bytes: 1 << 30, entries: 100, room: 1 << 30 };
    assert_eq!(unpack(archive, root.path(), bounds).unwrap().bytes, LENGTH);
}

#[test]
fn holes_take_no_room() {
    const LENGTH: u64 = 1 << 30;
    let root = tempfile::tempdir().unwrap();
    let source = root.path().join("source");
    let file = File::create(&source).unwrap();
    file.set_len(LENGTH).unwrap();
    file.write_all_at(b"data", LENGTH / 2).unwrap();
    let mut builder = Builder::new(Vec::new());
    builder.append_file("sparse", &mut File::open(&source).unwrap()).unwrap();
    let archive = builder.into_inner().unwrap();
    assert!(archive.len() < 1 << 20, "the archive has holes");
    let target = root.path().join("target");
    fs::create_dir(&target).unwrap();
    let bounds = Bounds { bytes: 1 << 31, entries: 100, room: 1 << 20 };
    unpack(archive.as_slice(), &target, bounds).unwrap();
    let unpacked = fs::metadata(target.join("sparse")).unwrap();
    assert_eq!(unpacked.len(), LENGTH);
    assert!(unpacked.blocks() * 512 < 1 << 20, "{} blocks", unpacked.blocks());
}

/// Whiteouts are about lower layers: what the layer itself adds stays, whichever comes first, and hides what lower layers have there.
#[test]
fn whiteouts_and_what_takes_their_place() {
    let is_whiteout = |path: &Path| {
        fs::symlink_metadata(path).is_ok_and(|metadata| metadata.rdev() == 0 && metadata.mode() >> 12 == 2)
    };
    let cases: [(&[Item<'_>], &[&str], &[&str]); 7] = [
        (&[(".wh.etc", FILE, 0o644, ""), ("etc/passwd", FILE, 0o644, "x")], &["etc"], &["etc/passwd"]),
        (&[("etc/passwd", FILE, 0o644, "x"), (".wh.etc", FILE, 0o644, "")], &["etc"], &["etc/passwd"]),
        (
            &[
                ("opt/.wh.a", FILE, 0o644, ""),
                ("opt/a/", DIRECTORY, 0o755, ""),
                ("opt/a/new", FILE, 0o644, "x"),
            ],
            &["opt/a"],
            &["opt/a/new"],
        ),
        (&[(".wh.a", FILE, 0o644, ""), ("a/b/c/d", FILE, 0o644, "x")], &["a"], &["a/b/c/d"]),
        (&[(".wh.a", FILE, 0o644, ""), ("a", FILE, 0o644, "x")], &[], &["a"]),
        (&[(".wh.a", FILE, 0o644, ""), ("a", SYMLINK, 0o777, "b"), ("b", FILE, 0o644, "x")], &[], &["b"]),
        // A directory that is a file in the end hides nothing.
        (&[(".wh.a", FILE, 0o644, ""), ("a/x", FILE, 0o644, "x"), ("a", FILE, 0o644, "y")], &[], &["a"]),
    ];
    for (items, opaque, files) in cases {
        check(items, |root, result| {
            let unpacked = result.unwrap_or_else(|error| panic!("{items:?}: {error}"));
            let expected: Vec<_> = opaque.iter().map(|path| root.join(path)).collect();
            assert_eq!(unpacked.opaque, expected, "{items:?}");
            for file in files {
                assert!(fs::metadata(root.join(file)).unwrap().is_file(), "{items:?}: {file}");
            }
            assert!(!is_whiteout(&root.join("a")), "{items:?}");
        });
    }
    check(&[("usr/.wh.gone", FILE, 0o644, "")], |root, result| {
        assert_eq!(result.unwrap().opaque, Vec::<PathBuf>::new());
        assert!(is_whiteout(&root.join("usr/gone")));
    });
}

#[test]
fn times_of_pax_headers_have_fractions_and_may_be_before_1970() {
    for (text, seconds, nanoseconds) in [
        ("1700000000", 1_700_000_000, 0),
        ("1700000000.5", 1_700_000_000, 500_000_000),
        ("1700000000.1234567891", 1_700_000_000, 123_456_789),
        ("-1", -1, 0),
        ("-0.25", -1, 750_000_000),
        ("-86400.000000001", -86_401, 999_999_999),
        ("0", 0, 0),
    ] {
        let time = pax::moment(text).unwrap();
        assert_eq!((time.tv_sec, time.tv_nsec), (seconds, nanoseconds), "{text}");
    }
    for text in ["", "-", "1e9", "x", "1.-5", "99999999999999999999"] {
        assert!(pax::moment(text).is_none(), "{text}");
    }
    let mut builder = Builder::new(Vec::new());
    let mut header = Header::new_ustar();
    header.set_uid(u64::from(rustix::process::getuid().as_raw()));
    header.set_gid(u64::from(rustix::process::getgid().as_raw()));
    header.set_mode(0o644);
    header.set_size(0);
    builder.append_pax_extensions([("mtime", b"-86400.5".as_slice())]).unwrap();
    builder.append_data(&mut header, "old", io::empty()).unwrap();
    let archive = builder.into_inner().unwrap();
    let root = tempfile::tempdir().unwrap();
    unpack(archive.as_slice(), root.path(), BOUNDS).unwrap();
    let metadata = fs::metadata(root.path().join("old")).unwrap();
    assert_eq!((metadata.mtime(), metadata.mtime_nsec()), (-86_401, 500_000_000));
}

//! Images that are not what they say, or too much: each is refused with a clear error, in bounded memory and time, and leaves nothing.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::time::Duration;

use millrace_driver::images::{ImportError, ImportLimits};
use serde_json::{Value, json};
use tar::EntryType::{Block, Char, Directory, Link, Regular, Symlink};

use crate::layout::{Compression, Item, Layout, compress, tar_of};
use crate::{PASSWD, Place};

/// Links are allowed, and mean the image's own files, whatever they say.
pub(crate) fn links_never_lead_out() {
    let place = Place::new();
    let outside = place.directory.path().display().to_string();
    let climb = format!("{}{outside}", "../".repeat(20));
    let items: &[Item<'_>] = &[
        ("absolute", Symlink, &outside),
        ("absolute/planted", Regular, "evil"),
        ("climbing", Symlink, &climb),
        ("climbing/canary", Regular, "evil"),
        ("root", Symlink, "/"),
        ("root/planted", Regular, "evil"),
    ];
    // A directory that the links mean is not in the archive: writing through them fails, or makes it inside.
    match place.import(&place.source(&compress(&tar_of(items), Compression::Gzip))) {
        Ok(image) => {
            let root = place.layer(&image, 0);
            assert_eq!(fs::read(root.join("planted")).unwrap(), b"evil");
            place.store().remove(&image.record.digest).unwrap();
        }
        Err(error) => assert!(matches!(error, ImportError::Refused(_)), "{error:?}"),
    }
    place.assert_empty("links");
    let host_s = format!("{outside}/canary");
    let items: &[Item<'_>] = &[("copy", Link, &host_s)];
    let limits = ImportLimits::default();
    place.refuse(
        "a hard link to a file of the host",
        &place.source(&compress(&tar_of(items), Compression::Gzip)),
        &limits,
        "copy",
    );
    let items: &[Item<'_>] = &[("etc/passwd", Symlink, "/etc/shadow"), ("home", Symlink, &outside)];
    let image = place.import(&place.source(&compress(&tar_of(items), Compression::Gzip))).unwrap();
    assert_eq!(image.record.user.uid, 1000, "the host's files are not read as the image's");
}

pub(crate) fn hostile_entries_are_refused() {
    let place = Place::new();
    let cases: [(&str, Item<'_>, &str); 6] = [
        ("a path that climbs", ("../canary", Regular, "evil"), "leaves the root"),
        ("a path that climbs later", ("a/../../canary", Regular, "evil"), "leaves the root"),
        ("a hard link that climbs", ("evil", Link, "../../../etc/shadow"), "leaves the root"),
        ("a file over the root", ("./", Regular, "x"), "root"),
        ("a whiteout that climbs", (".wh...", Regular, ""), "whiteout"),
        ("a kind that nobody knows", ("x", tar::EntryType::new(b'M'), ""), "unknown kind"),
    ];
    for (what, item, words) in cases {
        let rootfs = compress(&tar_of(&[("before", Regular, "x"), item]), Compression::Zstd);
        place.refuse(what, &place.source(&rootfs), &ImportLimits::default(), words);
        let layout = Layout::new(&[&[PASSWD], &[item]], Compression::Gzip);
        place.refuse(what, &place.source(&layout.archive()), &ImportLimits::default(), words);
    }
    let devices = [PASSWD, ("sda", Block, ""), ("etc/mem", Char, "")];
    let image = place.import(&place.source(&compress(&tar_of(&devices), Compression::Zstd))).unwrap();
    let root = place.layer(&image, 0);
    assert!(!root.join("sda").exists() && !root.join("etc/mem").exists(), "devices are left out");
    place.store().remove(&image.record.digest).unwrap();
    let mut owner = tar::Header::new_ustar();
    owner.set_path("x").unwrap();
    owner.set_uid(70_000);
    owner.set_size(0);
    owner.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&owner, &b""[..]).unwrap();
    let bytes = compress(&builder.into_inner().unwrap(), Compression::Gzip);
    place.refuse("an owner beyond the ids", &place.source(&bytes), &ImportLimits::default(), "65,536 ids");
    let bytes = compress(&tar_of(&[PASSWD]), Compression::Gzip);
    place.refuse("half of it", &place.source(&bytes[..bytes.len() / 2]), &ImportLimits::default(), "");
    place.refuse("no archive", &place.source(b"#!/bin/sh\n"), &ImportLimits::default(), "neither");
}

pub(crate) fn bombs_are_refused() {
    let place = Place::new();
    let limits = |bytes, entries| ImportLimits { bytes, entries, duration: Duration::from_secs(60) };
    // 4 GiB of zeros in one file, well within the bytes that are allowed.
    let mut header = tar::Header::new_ustar();
    header.set_path("zeros").unwrap();
    header.set_size(4 << 30);
    header.set_cksum();
    for gzip in [true, false] {
        let tar = header.as_bytes().as_slice().chain(std::io::repeat(0).take(600 << 20));
        let path = place.path("source");
        let bomb = fs::File::create(&path).unwrap();
        if gzip {
            let mut encoder = flate2::write::GzEncoder::new(bomb, flate2::Compression::fast());
            std::io::copy(&mut tar.take(600 << 20), &mut encoder).unwrap();
            encoder.finish().unwrap();
        } else {
            zstd::stream::copy_encode(tar, bomb, 1).unwrap();
        }
        // gzip -1 makes about 1:220 of zeros: the bytes stop it.
        let (limits, words) = if gzip {
            (limits(1 << 30, 10), "more than 1073741824 bytes")
        } else {
            (ImportLimits::default(), "times longer")
        };
        place.refuse("zeros", &path, &limits, words);
    }
    let names: Vec<String> = (0..20_000).map(|number| format!("d{number}/")).collect();
    let many: Vec<Item<'_>> = names.iter().map(|name| (name.as_str(), Directory, "")).collect();
    let many = compress(&tar_of(&many), Compression::Zstd);
    place.refuse("entries", &place.source(&many), &limits(1 << 30, 10_000), "more than 10000 entries");
    let layout =
        Layout::new(&[&[("a", Regular, "12345678")], &[("b", Regular, "12345678")]], Compression::None);
    place.refuse("layers together", &place.source(&layout.archive()), &limits(15, 10), "more than");
    let slow = ImportLimits { duration: Duration::from_millis(1), ..ImportLimits::default() };
    let long = tar_of(&[("x", Regular, &"x".repeat(50_000_000))]);
    place.refuse("time", &place.source(&compress(&long, Compression::Zstd)), &slow, "took too long");
}

/// A header that says that the next name is two gigabytes long.
pub(crate) fn an_archive_without_end_takes_bounded_memory() {
    let place = Place::new();
    for kind in [b'L', b'x'] {
        let mut header = tar::Header::new_ustar();
        header.set_path("x").unwrap();
        header.set_entry_type(tar::EntryType::new(kind));
        header.set_size(2 << 30);
        header.set_cksum();
        let path = place.path("source");
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(header.as_bytes()).unwrap();
        file.seek(SeekFrom::Start((2 << 30) + 511)).unwrap();
        file.write_all(&[0]).unwrap();
        place.refuse("a long name", &path, &ImportLimits::default(), "too much memory");
        // This process itself has read the headers, too.
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(peak < 700 << 10, "{peak} KiB");
    }
}

pub(crate) fn documents_that_lie_are_refused() {
    type Change = fn(&mut Layout);
    let cases: [(&str, Change, &str); 12] = [
        ("another architecture", |l| l.config["architecture"] = json!("s390x"), "it is for s390x"),
        ("an unknown layer", |l| l.layers[1]["mediaType"] = json!("application/x-squashfs"), "has the type"),
        (
            "a layer that is elsewhere",
            |l| l.layers[0]["mediaType"] = json!("application/vnd.oci.image.layer.nondistributable.v1.tar"),
            "has the type",
        ),
        (
            "an unknown configuration",
            |l| l.config_type = "application/vnd.cncf.helm.config.v1+json".into(),
            "configuration has the type",
        ),
        ("an unknown manifest", |l| l.manifest_type = "text/plain".into(), "manifest has the type"),
        (
            "a layer that is missing",
            |l| {
                let digest = l.digest_of(1);
                l.blobs.remove(&digest);
            },
            "missing",
        ),
        ("a layer of another size", |l| l.layers[1]["size"] = json!(7), "bytes long, not 7"),
        (
            "a layer of another content",
            |l| {
                let digest = l.digest_of(1);
                let length = l.blobs[&digest].len();
                l.blobs.insert(
                    digest,
                    compress(&tar_of(&[("evil", Regular, "x")]), Compression::None)[..length].to_vec(),
                );
            },
            "is not what its digest says",
        ),
        (
            "another diff id",
            |l| l.config["rootfs"]["diff_ids"][0] = json!(format!("sha256:{}", "0".repeat(64))),
            "does not unpack to",
        ),
        (
            "a digest that is a path",
            |l| l.layers[0]["digest"] = json!("sha256:../../../../canary"),
            "not a SHA-256 digest",
        ),
        (
            "one layer too few",
            |l| {
                l.layers.pop();
            },
            "disagree",
        ),
        ("NUL", |l| l.config["config"] = json!({"Env": ["A=b\0c"]}), "NUL"),
    ];
    for (what, change, words) in cases {
        let place = Place::new();
        let mut layout = Layout::new(&[&[PASSWD], &[("b", Regular, "x")]], Compression::None);
        change(&mut layout);
        place.refuse(what, &place.source(&layout.archive()), &ImportLimits::default(), words);
        layout.write_directory(&place.path("layout"));
        place.refuse(what, &place.path("layout"), &ImportLimits::default(), words);
    }
}

pub(crate) fn documents_without_end_are_refused() {
    let place = Place::new();
    let mut layout = Layout::new(&[&[PASSWD]], Compression::None);
    layout.config["config"] = json!({"Labels": {"x": "y".repeat(5 << 20)}});
    place.refuse(
        "a long configuration",
        &place.source(&layout.archive()),
        &ImportLimits::default(),
        "longer than",
    );
    let mut deep = Value::Null;
    for _ in 0..200 {
        deep = json!([deep]);
    }
    let mut layout = Layout::new(&[&[PASSWD]], Compression::None);
    layout.config["config"] = json!({"Labels": deep});
    place.refuse(
        "a deep configuration",
        &place.source(&layout.archive()),
        &ImportLimits::default(),
        "configuration",
    );
    let mut layout = Layout::new(&[&[PASSWD]], Compression::None);
    layout.layers = vec![layout.layers[0].clone(); 500];
    place.refuse("500 layers", &place.source(&layout.archive()), &ImportLimits::default(), "500 layers");
}

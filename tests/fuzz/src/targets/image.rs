//! Images of strangers: desktop entries, users, OCI layouts and archives.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use millrace_driver::fuzzing;
use millrace_driver::images::{ImageStore, ImportError, ImportLimits};

/// The first line is the file's name.
pub(super) fn desktop_entry(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (name, text) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(application) = millrace_model::desktop_entry::parse(name, text) {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        assert!((1..=100).contains(&application.name.len()) && application.name.chars().all(plain));
        assert!((1..=100).contains(&application.display_name.chars().count()));
        assert!(!application.display_name.contains(char::is_control));
        assert!(!application.argv.is_empty());
        assert!(application.argv.iter().map(String::len).sum::<usize>() <= text.len());
    }
}

/// Three parts, split by lines of `--`: User, passwd, group.
pub(super) fn user(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut parts = text.split("\n--\n");
    let mut part = || parts.next().unwrap_or_default();
    let (user, passwd, group) = (part(), part(), part());
    if let Ok(found) = fuzzing::image_user(user, passwd, group) {
        for id in [found.uid, found.gid].iter().chain(&found.groups) {
            assert!(*id < 65_536 && *id != 900, "{found:?}");
        }
        assert!(found.home.starts_with('/') && !found.home.split('/').any(|part| part == ".."), "{found:?}");
        assert!(found.groups.len() <= 32);
    }
}

/// A store of the input's own: each import must leave it as it was, or with a whole image.
struct Ground {
    directory: tempfile::TempDir,
    store: ImageStore,
}

fn ground() -> Ground {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = ImageStore::open(directory.path().join("images")).expect("an image store");
    Ground { directory, store }
}

fn import(ground: &Ground, source: &Path) {
    let limits = ImportLimits { bytes: 1 << 20, entries: 64, duration: Duration::from_secs(20) };
    match ground.store.import(source, &limits) {
        Ok(imported) => {
            assert_eq!(ground.store.get(&imported.record.digest).ok().as_ref(), Some(&imported.record));
            for layer in ground.store.lower_directories(&imported.record) {
                assert!(layer.is_dir(), "{} is missing", layer.display());
            }
            ground.store.remove(&imported.record.digest).expect("nobody uses it");
        }
        Err(ImportError::Refused(message) | ImportError::OverLimit(message)) => {
            assert!(message.len() <= 8192);
        }
        Err(ImportError::Io { source, .. }) if source.kind() == std::io::ErrorKind::InvalidData => {}
        Err(error) => panic!("{error:?}"),
    }
    for name in ["tmp", "layers", "images"] {
        let left = fs::read_dir(ground.directory.path().join("images").join(name)).expect("a directory");
        let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
        assert!(left.is_empty(), "{name} holds {left:?}");
    }
}

/// Files of an OCI layout in one text: lines `@ path`, each followed by the file's content. `DIGEST(path)` and `SIZE(path)` stand for those of
/// another file, so that a fuzzer need not find a SHA-256.
pub(super) fn layout(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let ground = ground();
    let source = ground.directory.path().join("layout");
    fs::create_dir_all(source.join("blobs/sha256")).expect("a directory");
    let mut known = Vec::new();
    for file in text.split("\n@ ").map(|file| file.strip_prefix("@ ").unwrap_or(file)) {
        let (name, content) = file.split_once('\n').unwrap_or((file, ""));
        let content = known.iter().fold(
            content.to_owned(),
            |content, (name, digest, size): &(String, String, usize)| {
                content
                    .replace(&format!("DIGEST({name})"), digest)
                    .replace(&format!("SIZE({name})"), &size.to_string())
            },
        );
        if content.len() > 1 << 20 {
            return;
        }
        let digest = sha256(content.as_bytes());
        // Only names of a layout: everything else is not looked at.
        let path = match name {
            "oci-layout" | "index.json" => source.join(name),
            _ => source.join("blobs/sha256").join(&digest),
        };
        fs::write(path, &content).expect("a file");
        known.push((name.to_owned(), digest, content.len()));
    }
    import(&ground, &source);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// A tar archive, whole or made of the input's pieces, unpacked as the server does it: by a child process that has locked itself in. Needs root;
/// what the archive may do is judged by what is left around it.
pub(super) fn archive(input: &[u8]) {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let ground = ground();
    let outside = ground.directory.path().join("outside");
    fs::write(&outside, "untouched").expect("a file");
    let source = ground.directory.path().join("archive");
    let content = match input.split_first() {
        Some((0, bytes)) => bytes.to_vec(),
        Some((_, plan)) => planned(plan),
        None => Vec::new(),
    };
    fs::write(&source, content).expect("a file");
    import(&ground, &source);
    assert_eq!(fs::read_to_string(&outside).ok().as_deref(), Some("untouched"));
}

/// An archive with right checksums out of lines `TYPE MODE SIZE path target`, so that what is fuzzed is what comes after the checksum.
fn planned(plan: &[u8]) -> Vec<u8> {
    let mut archive = Vec::new();
    for line in plan.split(|byte| *byte == b'\n').take(100) {
        let mut fields = line.splitn(5, |byte| *byte == b' ');
        let mut field = || fields.next().unwrap_or_default();
        let (kind, mode, size, path, target) = (field(), field(), field(), field(), field());
        let mut header = tar::Header::new_gnu();
        let bytes = header.as_mut_bytes();
        bytes[..path.len().min(100)].copy_from_slice(&path[..path.len().min(100)]);
        bytes[157..157 + target.len().min(100)].copy_from_slice(&target[..target.len().min(100)]);
        bytes[156] = kind.first().copied().unwrap_or(b'0');
        let number =
            |field: &[u8]| std::str::from_utf8(field).ok().and_then(|text| u64::from_str_radix(text, 8).ok());
        let size = number(size).unwrap_or(0).min(8192);
        header.set_mode(number(mode).unwrap_or(0o644) as u32);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(size);
        header.set_cksum();
        archive.extend_from_slice(header.as_bytes());
        let padded = usize::try_from(size).unwrap_or(0).next_multiple_of(512);
        archive.resize(archive.len() + padded, b'x');
    }
    archive.write_all(&[0; 1024]).expect("memory");
    archive
}

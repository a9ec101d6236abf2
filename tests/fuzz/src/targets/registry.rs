//! Registries of strangers: references, what they ask for, and what they tell of images.

use millrace_registry::{Reference, Version, fuzzing};

/// Three parts, split by lines of `--`: a reference, a challenge, a manifest with its media type in the line before it.
pub(super) fn registry(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let mut parts = text.splitn(3, "\n--\n");
    let mut part = || parts.next().unwrap_or_default();
    let (reference, header, document) = (part(), part(), part());
    if let Ok(found) = reference.parse::<Reference>() {
        // What is written is the same image again.
        assert_eq!(found.to_string().parse::<Reference>().as_ref(), Ok(&found));
        assert!(found.repository().len() <= 255 && !found.repository().contains(".."));
        assert!(!found.registry().contains(['/', '@', '?', '#']));
        assert!(found.suggested_name().len() <= 100);
        if let Version::Digest(digest) = found.version() {
            assert_eq!(digest.len(), "sha256:".len() + 64);
        }
    }
    // Only that it comes to an end, without a panic.
    let _ = fuzzing::challenge(header);
    let (served_as, document) = document.split_once('\n').unwrap_or(("", document));
    if let Ok(blobs) = fuzzing::manifest(document.as_bytes(), served_as) {
        assert!((1..=121).contains(&blobs.len()) && blobs.iter().all(|hex| hex.len() == 64));
    }
}

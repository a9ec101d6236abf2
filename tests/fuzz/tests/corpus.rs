//! Every target takes its checked-in inputs, and each of them cut and changed a little: what a fuzzer once found stays found, and a target that
//! is broken shows without a fuzzer.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::fs;
use std::path::Path;

use millrace_fuzz::TARGETS;

/// A checked-in input is an example, not a collection.
const LONGEST_EXAMPLE: usize = 4096;

// One test for all: memory is counted for the whole process.
#[test]
fn every_target_takes_its_corpus() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in TARGETS {
        let directory = corpus.join(target.name);
        let mut names: Vec<_> = fs::read_dir(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        assert!(!names.is_empty(), "{} is empty", directory.display());
        for name in names {
            let input = fs::read(&name).unwrap();
            assert!(input.len() <= LONGEST_EXAMPLE, "{} is large for an example", name.display());
            println!("{}", name.display());
            for changed in changes(&input) {
                target.check(&changed);
            }
        }
    }
    // Their names change with their contents, so that no file of the corpus can hold them, but a fuzzer finds them.
    let gateway = TARGETS.iter().find(|target| target.name == "gateway-request").unwrap();
    let mut served = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/assets")).unwrap() {
        let name = entry.unwrap().file_name();
        gateway.check(format!("GET /assets/{}", name.to_str().unwrap()).as_bytes());
        served += 1;
    }
    assert!(served > 0, "the page has no files");
    let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    for entry in fs::read_dir(&corpus).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(known.contains(&name.to_str().unwrap()), "corpus/{name:?} belongs to no target");
    }
}

/// The input itself, the first 32 ends at which it could break off, and 32 bytes of it changed: always the same ones.
fn changes(input: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![input.to_vec()];
    let step = (input.len() / 32).max(1);
    for at in (0..input.len()).step_by(step) {
        all.push(input[..at].to_vec());
        let mut changed = input.to_vec();
        changed[at] = changed[at].wrapping_mul(5).wrapping_add(113);
        all.push(changed);
    }
    all
}

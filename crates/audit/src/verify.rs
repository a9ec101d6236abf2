//! Checking the trail.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::chain::{self, ChainKey};
use crate::files::{self, Head, LONGEST_LINE};

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// How many lines were looked at.
    pub lines: u64,
    /// How many files.
    pub files: usize,
    /// The sequence number of the first line that there is: above 1, older files have been rotated away.
    pub first: u64,
    /// Bytes of half a line at the very end: one that is being written, or that a crash cut short. Nobody was told that it is recorded.
    pub unfinished: usize,
    /// The first thing that is wrong; nothing after it can be told.
    pub problem: Option<Problem>,
}

/// Where the chain breaks, and how.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {what}", file.display())]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// From 1; 0 if the file as a whole is meant.
    pub line: u64,
    /// How.
    pub what: String,
}

/// Checks every line of a trail. A server may be writing it at the same time.
///
/// # Errors
/// The files cannot be read.
pub fn verify(directory: &Path, key: &ChainKey) -> io::Result<Report> {
    // First the head: what is written meanwhile is beyond it.
    let head = Head::read(directory, key)?;
    let anchor = files::read_anchor(directory, key)?.unwrap_or_default();
    let names = files::list(directory)?;
    let mut report = Report { lines: 0, files: names.len(), first: 0, unfinished: 0, problem: None };
    let mut known = anchor;
    let mut at_head = None;
    let mut line = Vec::new();
    for name in &names {
        let path = files::path(directory, name);
        let mut number = 0;
        let problem = |line, what: &str| Some(Problem { file: path.clone(), line, what: what.to_owned() });
        let mut lines = BufReader::with_capacity(256 * 1024, File::open(&path)?);
        loop {
            line.clear();
            // No more of what is no line of ours than would be one.
            if lines.by_ref().take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line)? == 0 {
                break;
            }
            if !line.ends_with(b"\n") && line.len() <= LONGEST_LINE && Some(name) == names.last() {
                report.unfinished = line.len();
                break;
            }
            number += 1;
            let whole = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok());
            let read = whole.and_then(chain::read);
            let Some((event, link)) = read else {
                report.problem = problem(number, "this is no whole line of an audit trail");
                return Ok(report);
            };
            if link.sequence <= anchor.sequence && report.first == 0 {
                // Rotated away already, but for the file itself.
                continue;
            }
            if key.next(&known, event) != link {
                let missing = link.sequence > known.sequence + 1;
                let altered = "this line, or the one before it, was altered, put in or moved";
                report.problem =
                    problem(number, if missing { "lines before this one are missing" } else { altered });
                return Ok(report);
            }
            report.first = if report.first == 0 { link.sequence } else { report.first };
            report.lines += 1;
            if head.is_some_and(|head| head.sequence == link.sequence) {
                at_head = Some(link);
            }
            known = link;
        }
    }
    if head.is_none() && report.lines > 0 {
        let what = "the note of how far the trail had come is missing".to_owned();
        report.problem = Some(Problem { file: directory.join("head"), line: 0, what });
    }
    let last = || names.last().map_or_else(|| directory.to_owned(), |name| files::path(directory, name));
    if let Some(head) = head.filter(|head| head.sequence > anchor.sequence && at_head != Some(*head)) {
        let what = format!("the trail had come to line {} once, which is not there any more", head.sequence);
        report.problem = Some(Problem { file: last(), line: 0, what });
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::verify;
    use crate::{ChainKey, Limits, Trail};

    const LIMITS: Limits = Limits { file_bytes: 2000, files: 100 };

    fn key() -> ChainKey {
        ChainKey::new(&[1; 32])
    }

    /// Thirty events on two days, in several files.
    async fn written(limits: Limits) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for day in ["2026-11-24", "2026-11-25"] {
            // Another process each day.
            let trail = Trail::open(directory.path(), key(), limits).unwrap();
            for number in 0..15 {
                trail
                    .record(
                        day,
                        format!("{{\"number\":{number},\"text\":\"{}\"}}", "x".repeat(50)),
                        number % 2 == 0,
                    )
                    .await
                    .unwrap();
            }
            trail.close().await;
        }
        directory
    }

    fn lines(path: &std::path::Path) -> Vec<String> {
        fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn a_whole_trail_is_whole() {
        let directory = written(LIMITS).await;
        let report = verify(directory.path(), &key()).unwrap();
        assert_eq!((report.lines, report.first, &report.problem), (30, 1, &None));
        assert!(report.files > 2, "{report:?}");
        assert!(verify(directory.path(), &ChainKey::new(&[2; 32])).is_err());
    }

    #[tokio::test]
    async fn whatever_is_done_to_a_line_is_found() {
        let file = "2026-11-24.jsonl";
        type Damage = fn(&mut Vec<String>);
        let damages: [(&str, Damage); 7] = [
            ("altered", |lines| lines[3] = lines[3].replace("xxx", "yyy")),
            ("removed", |lines| drop(lines.remove(3))),
            ("the first removed", |lines| drop(lines.remove(0))),
            ("the last removed", |lines| drop(lines.pop())),
            ("put in twice", |lines| lines.insert(3, lines[3].clone())),
            ("moved", |lines| lines.swap(2, 3)),
            ("made up", |lines| {
                lines[2] = "{\"event\":{},\"chain\":{\"sequence\":3,\"digest\":\"00\"}}".to_owned();
            }),
        ];
        for (what, damage) in damages {
            let directory = written(LIMITS).await;
            let path = directory.path().join(file);
            let mut all = lines(&path);
            damage(&mut all);
            fs::write(&path, all.join("\n") + "\n").unwrap();
            let report = verify(directory.path(), &key()).unwrap();
            assert!(report.problem.is_some(), "{what}: {report:?}");
        }
    }

    #[tokio::test]
    async fn lines_cut_off_the_end_and_whole_files_are_missed() {
        let directory = written(LIMITS).await;
        let last = crate::files::list(directory.path()).unwrap().pop().unwrap();
        let path = crate::files::path(directory.path(), &last);
        let mut all = lines(&path);
        all.pop();
        fs::write(&path, all.join("\n") + "\n").unwrap();
        assert!(verify(directory.path(), &key()).unwrap().problem.is_some());
        // Nor is it covered up by what is written later.
        for _ in 0..2 {
            let trail = Trail::open(directory.path(), key(), LIMITS).unwrap();
            trail.record("2026-11-25", "{}".to_owned(), true).await.unwrap();
            trail.close().await;
        }
        assert!(verify(directory.path(), &key()).unwrap().problem.is_some());
        let directory = written(LIMITS).await;
        fs::remove_file(directory.path().join("2026-11-24.1.jsonl")).unwrap();
        assert!(verify(directory.path(), &key()).unwrap().problem.is_some());
    }

    #[tokio::test]
    async fn old_files_go_and_half_a_line_is_mended() {
        let directory = written(Limits { file_bytes: 1000, files: 3 }).await;
        let report = verify(directory.path(), &key()).unwrap();
        assert!(report.problem.is_none() && report.files == 3 && report.first > 1, "{report:?}");
        let last = crate::files::list(directory.path()).unwrap().pop().unwrap();
        let path = crate::files::path(directory.path(), &last);
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str("{\"event\":{\"half");
        fs::write(&path, text).unwrap();
        let report = verify(directory.path(), &key()).unwrap();
        assert_eq!((report.unfinished, &report.problem), (15, &None));
        let trail = Trail::open(directory.path(), key(), LIMITS).unwrap();
        trail.record("2026-11-25", "{\"after\":true}".to_owned(), true).await.unwrap();
        trail.close().await;
        assert_eq!(verify(directory.path(), &key()).unwrap().problem, None);
    }

    #[tokio::test]
    async fn what_is_no_line_takes_no_memory() {
        let directory = written(LIMITS).await;
        let path = directory.path().join("2026-11-24.jsonl");
        // A gigabyte without a line end, which the disk does not hold.
        fs::File::options().write(true).open(&path).unwrap().set_len(1 << 30).unwrap();
        assert!(verify(directory.path(), &key()).unwrap().problem.is_some());
    }

    #[tokio::test]
    async fn the_head_outlives_a_write_that_was_cut_short() {
        let directory = written(LIMITS).await;
        let head = directory.path().join("head");
        let whole = fs::read(&head).unwrap();
        for slot in [0, 160] {
            let mut torn = whole.clone();
            torn[slot + 5..slot + 40].fill(b'x');
            fs::write(&head, torn).unwrap();
            assert_eq!(verify(directory.path(), &key()).unwrap().problem, None);
        }
        fs::write(&head, "x".repeat(320)).unwrap();
        assert!(verify(directory.path(), &key()).is_err());
        fs::remove_file(&head).unwrap();
        assert!(verify(directory.path(), &key()).unwrap().problem.is_some());
    }

    #[tokio::test]
    async fn a_closed_trail_records_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let trail = Trail::open(directory.path(), key(), LIMITS).unwrap();
        trail.record("2026-11-25", "{}".to_owned(), false).await.unwrap();
        trail.close().await;
        assert_eq!(verify(directory.path(), &key()).unwrap().lines, 1);
        assert!(trail.record("2026-11-25", "{}".to_owned(), true).await.is_err());
        // What was taken ahead of time is given back.
        let blocks = std::os::unix::fs::MetadataExt::blocks(
            &fs::metadata(directory.path().join("2026-11-25.jsonl")).unwrap(),
        );
        assert!(blocks * 512 < 1 << 20, "{blocks}");
    }

    #[tokio::test]
    async fn too_long_events_are_refused() {
        let directory = tempfile::tempdir().unwrap();
        let trail = Trail::open(directory.path(), key(), LIMITS).unwrap();
        assert!(trail.record("2026-11-25", "x".repeat(300_000), false).await.is_err());
        trail.close().await;
    }
}

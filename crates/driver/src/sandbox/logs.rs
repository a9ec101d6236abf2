//! What the containers say, kept within bounds whether or not the server runs.
//!
//! A container's standard output is a named pipe that the container itself holds open for reading and writing. While the server runs it copies
//! the pipe to a file that is cut at a bound; while it does not, at most what the pipe holds is kept and the rest is refused to the writer. No process
//! stands between, nothing grows, and the container never gets SIGPIPE or blocks.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

/// One file of log, in bytes; the one before it is kept too.
const LONGEST_LOG: u64 = 512 * 1024;
/// The lines that an error quotes, and their length together in bytes.
const LINES_QUOTED: usize = 12;
const BYTES_QUOTED: u64 = 4096;

/// Makes the pipe `directory/NAME.pipe`, and opens it as the container's standard output.
pub(crate) fn make_pipe(directory: &Path, name: &str) -> io::Result<File> {
    let path = pipe_path(directory, name);
    match mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    OpenOptions::new().read(true).write(true).custom_flags(OFlags::NONBLOCK.bits() as i32).open(path)
}

/// Copies the pipe to `directory/NAME.log` until the last process that holds it has ended. Must be called while one does.
pub(crate) fn pump(directory: &Path, name: &str) -> io::Result<()> {
    let mut receiver = pipe::OpenOptions::new().open_receiver(pipe_path(directory, name))?;
    let mut log = BoundedLog::open(directory.join(format!("{name}.log")))?;
    tokio::spawn(async move {
        let mut buffer = vec![0; 16 * 1024];
        // Ends when the container is gone; an error of the disk ends the log, not the instance.
        while let Ok(count @ 1..) = receiver.read(&mut buffer).await {
            if let Err(error) = log.write(&buffer[..count]) {
                tracing::warn!(%error, path = %log.path.display(), "an instance's log cannot be written");
                return;
            }
        }
    });
    Ok(())
}

struct BoundedLog {
    path: PathBuf,
    file: File,
    length: u64,
}

impl BoundedLog {
    fn open(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, file, length })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.length + bytes.len() as u64 > LONGEST_LOG {
            fs::rename(&self.path, self.path.with_extension("log.1"))?;
            *self = Self::open(self.path.clone())?;
        }
        self.file.write_all(bytes)?;
        self.length += bytes.len() as u64;
        Ok(())
    }
}

/// The last lines of a container: from its log, and what is still in its pipe.
pub(crate) fn last_lines(directory: &Path, name: &str) -> String {
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(directory.join(format!("{name}.log"))) {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        // A log that cannot be read adds nothing to the error that it would have explained.
        let _ = io::Seek::seek(&mut file, io::SeekFrom::Start(length.saturating_sub(BYTES_QUOTED)));
        let _ = file.take(BYTES_QUOTED).read_to_end(&mut text);
    }
    let pipe = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits() as i32)
        .open(pipe_path(directory, name));
    if let Ok(pipe) = pipe {
        let _ = pipe.take(64 * 1024).read_to_end(&mut text);
    }
    let text = String::from_utf8_lossy(&text);
    let mut lines = VecDeque::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        if lines.len() == LINES_QUOTED {
            lines.pop_front();
        }
        let printable: String = line.chars().filter(|c| !c.is_control()).take(400).collect();
        lines.push_back(printable);
    }
    lines.make_contiguous().join("\n")
}

fn pipe_path(directory: &Path, name: &str) -> PathBuf {
    directory.join(format!("{name}.pipe"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_bounded() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.log");
        let mut log = BoundedLog::open(path.clone()).unwrap();
        for _ in 0..100 {
            log.write(&[b'a'; 16 * 1024]).unwrap();
        }
        assert!(fs::metadata(&path).unwrap().len() <= LONGEST_LOG);
        assert!(fs::metadata(path.with_extension("log.1")).unwrap().len() <= LONGEST_LOG);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[tokio::test]
    async fn what_a_container_says_arrives_and_never_blocks_it() {
        let directory = tempfile::tempdir().unwrap();
        let mut writer = make_pipe(directory.path(), "x").unwrap();
        writer.write_all(b"first\n\nsecond \x07\n").unwrap();
        assert_eq!(last_lines(directory.path(), "x"), "first\nsecond ");
        // Nobody reads: full at last, but not blocked.
        let full = loop {
            if let Err(error) = writer.write(&[b'x'; 4096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), io::ErrorKind::WouldBlock);
        pump(directory.path(), "x").unwrap();
        drop(writer);
        for _ in 0..1000 {
            if fs::metadata(directory.path().join("x.log")).is_ok_and(|log| log.len() >= 4096) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        panic!("the pipe was not copied");
    }
}

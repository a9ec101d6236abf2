//! Writing the trail.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use crate::chain::{self, ChainKey, Link};
use crate::files::{self, Name};

/// Events that wait to be written. Whoever comes when it is full waits too.
const QUEUE: usize = 4096;
/// The most events of one write to the disk.
const BATCH: usize = 1024;
/// The most bytes of an event.
const LONGEST_EVENT: usize = 256 * 1024;

/// Bounds of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A file that has reached this many bytes is followed by another one of the same day.
    pub file_bytes: u64,
    /// How many files are kept: the oldest goes first.
    pub files: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 256 << 20, files: 400 }
    }
}

/// The event was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is too long.
    #[error("the event is longer than {LONGEST_EVENT} bytes")]
    TooLong,
    /// The disk does not take it, or the trail has ended.
    #[error("the audit trail cannot be written")]
    Failed,
}

struct Record {
    day: String,
    event: String,
    /// Told once the event is on the disk.
    done: Option<oneshot::Sender<bool>>,
}

/// A trail that is being written. Ended when it is dropped, or by [`Trail::close`].
#[derive(Debug)]
pub struct Trail {
    queue: mpsc::Sender<Record>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Trail {
    /// Goes on with the trail in a directory, which is made if it is missing. What a crash left of a last line is cut off.
    ///
    /// # Errors
    /// The directory cannot be used, or its last file is not of this trail.
    pub fn open(directory: &Path, key: ChainKey, limits: Limits) -> io::Result<Self> {
        files::make(directory)?;
        let last = files::list(directory)?.pop();
        let link = match &last {
            Some(name) => mend(directory, name)?,
            None => Link::default(),
        };
        // After an empty last file the one before would have to be asked; the head knows it too.
        let head = files::read_note(directory, files::HEAD, &key)?.unwrap_or_default();
        let link = if link.sequence == 0 { head } else { link };
        let (queue, records) = mpsc::channel(QUEUE);
        let mut writer = Writer { directory: directory.to_owned(), key, limits, link, open: None };
        let thread =
            std::thread::Builder::new().name("audit".to_owned()).spawn(move || writer.run(records))?;
        Ok(Self { queue, writer: Mutex::new(Some(thread)) })
    }

    /// Records an event of a day (`2026-11-25`), one JSON object without line ends. With `durable`, it is on the disk afterwards; else it will be,
    /// unless the machine fails first.
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn record(&self, day: &str, event: String, durable: bool) -> Result<(), RecordError> {
        if event.len() > LONGEST_EVENT {
            return Err(RecordError::TooLong);
        }
        let (sender, outcome) = if durable {
            let (sender, outcome) = oneshot::channel();
            (Some(sender), Some(outcome))
        } else {
            (None, None)
        };
        let record = Record { day: day.to_owned(), event, done: sender };
        self.queue.send(record).await.map_err(|_| RecordError::Failed)?;
        match outcome {
            None => Ok(()),
            Some(outcome) => match outcome.await {
                Ok(true) => Ok(()),
                Ok(false) | Err(_) => Err(RecordError::Failed),
            },
        }
    }

    /// Ends the trail, once all that waits is written.
    pub async fn close(self) {
        let Self { queue, writer } = self;
        drop(queue);
        let thread = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        let joined = tokio::task::spawn_blocking(|| thread.map(JoinHandle::join)).await;
        if !matches!(joined, Ok(None | Some(Ok(())))) {
            tracing::error!("the writer of the audit trail ended badly");
        }
    }
}

/// Cuts off half a line at the end of a file, and returns the link of the last whole one.
fn mend(directory: &Path, name: &Name) -> io::Result<Link> {
    let path = files::path(directory, name);
    let bytes = std::fs::read(&path)?;
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if whole < bytes.len() {
        tracing::warn!(file = %path.display(), bytes = bytes.len() - whole, "half a line at the end of the audit trail is cut off");
        let file = File::options().write(true).open(&path)?;
        file.set_len(whole as u64)?;
        file.sync_all()?;
    }
    let wrong = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("{}: the last line is none of an audit trail", path.display()),
        )
    };
    let Some(end) = whole.checked_sub(1) else { return Ok(Link::default()) };
    let begin = bytes[..end].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = std::str::from_utf8(&bytes[begin..end]).map_err(|_| wrong())?;
    chain::read(line).map(|(_, link)| link).ok_or_else(wrong)
}

struct Writer {
    directory: PathBuf,
    key: ChainKey,
    limits: Limits,
    link: Link,
    open: Option<Open>,
}

struct Open {
    name: Name,
    file: File,
    bytes: u64,
}

impl Writer {
    fn run(&mut self, mut records: mpsc::Receiver<Record>) {
        let mut batch = Vec::with_capacity(BATCH);
        while records.blocking_recv_many(&mut batch, BATCH) > 0 {
            let durable = batch.iter().any(|record| record.done.is_some());
            let before = self.link;
            let written = self.write(&batch, durable);
            if let Err(error) = &written {
                tracing::error!(%error, "the audit trail cannot be written");
                // Whatever the disk took of it: the chain goes on from the last line that is whole, after the file was looked at again.
                self.link = before;
                self.open = None;
            }
            for done in batch.drain(..).filter_map(|record| record.done) {
                // One that does not wait any more misses nothing.
                let _ = done.send(written.is_ok());
            }
        }
        if let Some(open) = &self.open
            && let Err(error) = open.file.sync_data()
        {
            tracing::error!(%error, "the end of the audit trail may be lost");
        }
    }

    fn write(&mut self, batch: &[Record], durable: bool) -> io::Result<()> {
        let mut rest = batch;
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|record| record.day == first.day).count();
            let (now, later) = rest.split_at(same);
            rest = later;
            self.turn_to(&first.day)?;
            let mut bytes = Vec::new();
            let mut link = self.link;
            for record in now {
                link = self.key.next(&link, &record.event);
                chain::write(&record.event, &link, &mut bytes);
            }
            let Some(open) = &mut self.open else { continue };
            open.file.write_all(&bytes)?;
            open.bytes += bytes.len() as u64;
            self.link = link;
            if durable {
                open.file.sync_data()?;
            }
        }
        files::write_note(&self.directory, files::HEAD, &self.link, &self.key)
    }

    /// Opens the file for a day, and forgets the oldest ones.
    fn turn_to(&mut self, day: &str) -> io::Result<()> {
        if let Some(open) = &self.open {
            // A clock that is set back does not reopen what was closed: the order of files is the order of lines.
            if open.name.day.as_str() >= day && open.bytes < self.limits.file_bytes {
                return Ok(());
            }
            open.file.sync_data()?;
        }
        let last = files::list(&self.directory)?.pop();
        let fresh = Name { day: day.to_owned(), part: 0 };
        let mut name = last.clone().map_or(fresh.clone(), |last| last.max(fresh));
        if last.as_ref() == Some(&name) {
            self.link =
                mend(&self.directory, &name).map(|link| if link.sequence == 0 { self.link } else { link })?;
            if std::fs::metadata(files::path(&self.directory, &name))?.len() >= self.limits.file_bytes {
                name.part += 1;
            }
        }
        let file = files::append(&self.directory, &name)?;
        let bytes = file.metadata()?.len();
        self.open = Some(Open { name, file, bytes });
        let names = files::list(&self.directory)?;
        for old in names.iter().take(names.len().saturating_sub(self.limits.files)) {
            // First the note: after a crash in between, lines before it are no longer asked for.
            let gone = mend(&self.directory, old)?;
            if gone.sequence > 0 {
                files::write_note(&self.directory, files::ANCHOR, &gone, &self.key)?;
            }
            std::fs::remove_file(files::path(&self.directory, old))?;
        }
        Ok(())
    }
}

//! The trail as those hold it who record events.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::chain::ChainKey;
use crate::writer::{Record, Request, Writer};

/// Events that wait to be written. Whoever comes when it is full waits too.
const QUEUE: usize = 4096;
/// The most bytes of an event.
pub(crate) const LONGEST_EVENT: usize = 256 * 1024;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// It is too long.
    #[error("the event is longer than {LONGEST_EVENT} bytes")]
    TooLong,
    /// The disk is full but for what is kept for events of changes that were under way.
    #[error("the disk of the audit trail is full")]
    Full,
    /// The disk does not take it, or the trail has ended.
    #[error("the audit trail cannot be written")]
    Failed,
}

/// A trail that is being written. Ended by [`Trail::close`].
#[derive(Debug)]
pub struct Trail {
    queue: mpsc::Sender<Request>,
    room: Arc<AtomicBool>,
    urgent: Arc<Notify>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl Trail {
    /// Goes on with the trail in a directory, which is made if it is missing. What a crash left of a last line is cut off.
    ///
    /// # Errors
    /// The directory cannot be used, or its last file is not of this trail.
    pub fn open(directory: &Path, key: ChainKey, limits: Limits) -> io::Result<Self> {
        let room = Arc::new(AtomicBool::new(true));
        let urgent = Arc::new(Notify::new());
        let mut writer = Writer::open(directory, key, limits, room.clone(), urgent.clone())?;
        let (queue, requests) = mpsc::channel(QUEUE);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let run = move || runtime.block_on(writer.run(requests));
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(run)?;
        Ok(Self { queue, room, urgent, writer: Mutex::new(Some(thread)) })
    }

    /// Whether there is room for more than the events of changes that are under way. Where there is none, nothing should be changed.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.room.load(Ordering::Relaxed)
    }

    /// Records an event of a day (`2026-11-25`), one JSON object without line ends. With `durable`, it is on the disk afterwards, and goes into the
    /// room that is kept on a full disk; else it will be on the disk within a second, unless the server is killed or the machine fails first.
    ///
    /// # Errors
    /// [`RecordError`].
    pub async fn record(&self, day: &str, event: String, durable: bool) -> Result<(), RecordError> {
        if event.len() > LONGEST_EVENT {
            return Err(RecordError::TooLong);
        }
        if !durable && !self.has_room() {
            return Err(RecordError::Full);
        }
        let (sender, outcome) = if durable {
            let (sender, outcome) = oneshot::channel();
            (Some(sender), Some(outcome))
        } else {
            (None, None)
        };
        let record = Record { day: day.to_owned(), event, done: sender };
        self.queue.send(Request::Write(record)).await.map_err(|_| RecordError::Failed)?;
        let Some(outcome) = outcome else { return Ok(()) };
        self.urgent.notify_one();
        match outcome.await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(RecordError::Failed),
        }
    }

    /// Ends the trail, once all that waits is on the disk. What comes later is refused.
    pub async fn close(&self) {
        // The writer may have ended already.
        let _ = self.queue.send(Request::Close).await;
        self.urgent.notify_one();
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        let joined = tokio::task::spawn_blocking(|| thread.map(JoinHandle::join)).await;
        if !matches!(joined, Ok(None | Some(Ok(())))) {
            tracing::error!("the writer of the audit trail ended badly");
        }
    }
}

//! The one thread that writes the trail.
//!
//! ```text
//! queue ──as many as wait, or as come within a moment──> chain ──> write ──> if any is durable: fdatasync, head ──> those who wait are told
//!                                          └──> else: fdatasync and head within a second
//! ```
//!
//! Behind the end of the file some room is taken from the disk ahead of time, so that the event of a change that is under way when the disk becomes
//! full can still be written. When no more can be taken, [`Trail::has_room`] says so, and nothing is changed any more until there is room again.
//!
//! [`Trail::has_room`]: crate::Trail::has_room

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::chain::{self, ChainKey, Link};
use crate::files::{self, Head, Name};
use crate::trail::Limits;

/// The most events of one write to the disk.
const BATCH: usize = 1024;
/// How long events that nobody waits for may be only in the system's memory.
const SETTLE_WITHIN: Duration = Duration::from_millis(500);
/// How long events that nobody waits for are gathered before they are written.
const GATHER: Duration = Duration::from_millis(5);
/// The least room in bytes that is kept behind the end of the file: 4,096 events of changes have this together.
const LEAST_ROOM: u64 = 8 << 20;
/// The room in bytes that is taken at once.
const ROOM: u64 = 16 << 20;

pub(crate) enum Request {
    Write(Record),
    /// Whatever comes later is refused.
    Close,
}

impl Request {
    /// Whether somebody waits for it.
    fn is_urgent(&self) -> bool {
        match self {
            Self::Write(record) => record.done.is_some(),
            Self::Close => true,
        }
    }
}

pub(crate) struct Record {
    pub(crate) day: String,
    pub(crate) event: String,
    /// Told once the event is on the disk.
    pub(crate) done: Option<oneshot::Sender<bool>>,
}

pub(crate) struct Writer {
    directory: PathBuf,
    key: ChainKey,
    limits: Limits,
    link: Link,
    head: Head,
    open: Option<Open>,
    /// Since when something is written that is not known to be on the disk.
    unsettled: Option<Instant>,
    room: Arc<AtomicBool>,
    /// Told when something comes that is urgent.
    urgent: Arc<Notify>,
}

struct Open {
    name: Name,
    file: File,
    bytes: u64,
    /// Up to where the disk has given room.
    room_until: u64,
}

impl Writer {
    pub(crate) fn open(
        directory: &Path,
        key: ChainKey,
        limits: Limits,
        room: Arc<AtomicBool>,
        urgent: Arc<Notify>,
    ) -> io::Result<Self> {
        files::make(directory)?;
        let link = Head::read(directory, &key)?.unwrap_or_default();
        let head = Head::open(directory)?;
        let directory = directory.to_owned();
        let mut writer =
            Self { directory, key, limits, link, head, open: None, unsettled: None, room, urgent };
        if let Some(last) = files::list(&writer.directory)?.pop() {
            writer.open = Some(writer.go_on(last)?);
        }
        // So that there always is a head.
        writer.sync()?;
        Ok(writer)
    }

    pub(crate) async fn run(&mut self, mut requests: mpsc::Receiver<Request>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut records = Vec::with_capacity(BATCH);
        loop {
            let due = self.unsettled.map(|since| SETTLE_WITHIN.saturating_sub(since.elapsed()));
            // On a full disk: whether there is room again.
            let due = due.or_else(|| (!self.room.load(Ordering::Relaxed)).then_some(SETTLE_WITHIN));
            let more = requests.recv_many(&mut batch, BATCH);
            let received = match due {
                Some(due) => tokio::time::timeout(due, more).await.ok(),
                None => Some(more.await),
            };
            if received == Some(0) {
                break;
            }
            if !batch.iter().any(Request::is_urgent) {
                // Nobody waits: what comes within a moment is written together, and wakes nobody meanwhile.
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    () = self.urgent.notified() => {}
                }
                while batch.len() < BATCH
                    && let Ok(more) = requests.try_recv()
                {
                    batch.push(more);
                }
            }
            for request in batch.drain(..) {
                match request {
                    Request::Write(record) => records.push(record),
                    Request::Close => requests.close(),
                }
            }
            self.write_all(&mut records);
            if self.unsettled.is_some_and(|since| since.elapsed() >= SETTLE_WITHIN) {
                self.settle();
            }
            self.keep_room();
        }
        self.settle();
        self.give_room_back();
    }

    fn write_all(&mut self, records: &mut Vec<Record>) {
        let before = self.link;
        let durable = records.iter().any(|record| record.done.is_some());
        let written = self.write(records).and_then(|()| if durable { self.sync() } else { Ok(()) });
        if let Err(error) = &written {
            tracing::error!(%error, events = records.len(), "the audit trail cannot be written");
            self.lost(before);
        }
        for done in records.drain(..).filter_map(|record| record.done) {
            // One that does not wait any more misses nothing.
            let _ = done.send(written.is_ok());
        }
    }

    /// Whatever the disk took: the chain goes on from the last line that is whole, after the file was looked at again.
    fn lost(&mut self, before: Link) {
        self.link = before;
        self.open = None;
        self.unsettled = None;
        self.room.store(false, Ordering::Relaxed);
    }

    fn settle(&mut self) {
        if self.unsettled.is_none() {
            return;
        }
        let link = self.link;
        if let Err(error) = self.sync() {
            tracing::error!(%error, "the end of the audit trail may be lost");
            self.lost(link);
        }
    }

    fn write(&mut self, batch: &[Record]) -> io::Result<()> {
        let mut rest = batch;
        let mut bytes = Vec::new();
        while let Some(first) = rest.first() {
            let same = rest.iter().take_while(|record| record.day == first.day).count();
            let (now, later) = rest.split_at(same);
            rest = later;
            self.turn_to(&first.day)?;
            let mut link = self.link;
            bytes.clear();
            for record in now {
                link = self.key.next(&link, &record.event);
                chain::write(&record.event, &link, &mut bytes);
            }
            let Some(open) = &mut self.open else { continue };
            open.file.write_all(&bytes)?;
            open.bytes += bytes.len() as u64;
            self.link = link;
            self.unsettled.get_or_insert_with(Instant::now);
        }
        Ok(())
    }

    /// What was written is on the disk afterwards, and the head says so.
    fn sync(&mut self) -> io::Result<()> {
        if let Some(open) = &self.open {
            open.file.sync_data()?;
        }
        self.unsettled = None;
        self.head.write(&self.link, &self.key)
    }

    /// Opens the file for a day.
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
        if last.as_ref() == Some(&name)
            && std::fs::metadata(files::path(&self.directory, &name))?.len() >= self.limits.file_bytes
        {
            // Should this be after a failure, the chain goes on behind what is whole of the full file.
            let found = self.mend(&name)?;
            self.advance(found);
            name.part += 1;
        }
        match self.go_on(name) {
            Ok(open) => {
                self.give_room_back();
                self.open = Some(open);
                self.forget_old_files()
            }
            // On a full disk, the room behind the file that there is holds what is under way.
            Err(error) if self.open.is_some() => {
                self.tell_room(Err(error));
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Opens a file behind its last whole line, with room behind that.
    fn go_on(&mut self, name: Name) -> io::Result<Open> {
        let link = if files::path(&self.directory, &name).exists() { self.mend(&name)? } else { None };
        let file = files::append(&self.directory, &name)?;
        let bytes = file.metadata()?.len();
        let mut open = Open { name, file, bytes, room_until: bytes };
        match open.take_room() {
            // Better than none at all: what is read can be answered, and what is there can be gone on with.
            Err(error) if self.open.is_none() => self.tell_room(Err(error)),
            taken => taken?,
        }
        self.advance(link);
        Ok(open)
    }

    /// Goes on behind what a file has. Where it has less than is known to have been there, the gap stays to be seen: the next line names the one that
    /// is missing.
    fn advance(&mut self, found: Option<Link>) {
        match found {
            Some(link) if link.sequence >= self.link.sequence => self.link = link,
            Some(_) => tracing::error!("lines are missing at the end of the audit trail"),
            None => {}
        }
    }

    /// Cuts off half a line at the end of a file, and returns the link of the last whole one.
    fn mend(&self, name: &Name) -> io::Result<Option<Link>> {
        let path = files::path(&self.directory, name);
        let tail = files::tail(&path)?;
        if tail.whole < tail.length {
            let bytes = tail.length - tail.whole;
            tracing::warn!(file = %path.display(), bytes, "half a line at the end of the audit trail is cut off");
            let file = File::options().write(true).open(&path)?;
            file.set_len(tail.whole)?;
            file.sync_all()?;
        }
        Ok(tail.link)
    }

    fn forget_old_files(&self) -> io::Result<()> {
        let names = files::list(&self.directory)?;
        for old in names.iter().take(names.len().saturating_sub(self.limits.files)) {
            // First the note: after a crash in between, lines before it are no longer asked for.
            let path = files::path(&self.directory, old);
            if let Some(gone) = files::tail(&path)?.link {
                files::write_anchor(&self.directory, &gone, &self.key)?;
            }
            std::fs::remove_file(path)?;
        }
        Ok(())
    }

    /// Takes more room where it runs short, and says whether there is some.
    fn keep_room(&mut self) {
        if self.open.is_none() && !self.room.load(Ordering::Relaxed) {
            // It was lost: perhaps there is room again.
            let last = files::list(&self.directory).map(|mut names| names.pop());
            self.open = match last.and_then(|last| last.map(|last| self.go_on(last)).transpose()) {
                Ok(open) => open,
                Err(error) => return self.tell_room(Err(error)),
            };
        }
        let room = match &mut self.open {
            Some(open) if open.room_until < open.bytes + LEAST_ROOM => open.take_room(),
            _ => Ok(()),
        };
        self.tell_room(room);
    }

    fn tell_room(&self, room: io::Result<()>) {
        let had = self.room.swap(room.is_ok(), Ordering::Relaxed);
        match room {
            Err(error) if had => {
                tracing::error!(%error, "the audit trail has no room: nothing is changed until it has");
            }
            Ok(()) if !had => tracing::info!("the audit trail has room again"),
            _ => {}
        }
    }

    /// What was taken ahead of time and not needed.
    fn give_room_back(&self) {
        if let Some(open) = &self.open
            && let Err(error) = open.file.set_len(open.bytes)
        {
            tracing::warn!(%error, "room that the audit trail took ahead of time is not given back");
        }
    }
}

impl Open {
    /// Takes room from the disk behind the end of the file. Where its filesystem cannot give any, there must be some now.
    fn take_room(&mut self) -> io::Result<()> {
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.bytes, ROOM) {
            Ok(()) => {}
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                let disk = rustix::fs::fstatvfs(&self.file)?;
                if disk.f_bavail.saturating_mul(disk.f_frsize) < ROOM {
                    return Err(Errno::NOSPC.into());
                }
            }
            Err(error) => return Err(error.into()),
        }
        self.room_until = self.bytes + ROOM;
        Ok(())
    }
}

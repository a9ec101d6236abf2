//! The one connection that writes, and the group commit over it.
//!
//! ```text
//! writer 1 ──savepoint, statements, release──┐
//! writer 2 ─────────savepoint, statements, release──┐          one after the other, within one transaction
//!                                       flusher ────────COMMIT──> both are told: it is on the disk
//! ```
//!
//! What makes a write slow is that the disk is waited for, and one wait does for all that were written before it. So a write is a savepoint
//! in a transaction that it shares with those that came at the same time; whoever finished one asks the flusher to commit, and waits. The
//! flusher queues for the connection like any writer, behind those that are waiting already, and so commits for all of them. A write that
//! gives up is rolled back to its savepoint, and the others do not notice.
//!
//! INVARIANT: a writer is told that its write is durable only after the COMMIT that holds it succeeded. A write that others can see before
//! that does not exist: readers have connections of their own, and see what is committed.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Weak};
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Executor};
use tokio::sync::{Mutex, OwnedMutexGuard, mpsc, oneshot};

use crate::error::StoreError;

/// How long a write waits for those before it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// What a writer gets to know of its COMMIT.
type Outcome = Result<(), sqlx::Error>;

/// The connection, and what is open on it.
#[derive(Debug)]
struct Lane {
    /// None once the store is closed.
    connection: Option<SqliteConnection>,
    /// A transaction is open.
    open: bool,
    /// A savepoint was left behind by a write that gave up.
    abandoned: bool,
    /// Those who wait for the COMMIT.
    waiting: Vec<oneshot::Sender<Outcome>>,
}

/// The one that writes. Cheap to share.
#[derive(Debug)]
pub(crate) struct Writer {
    lane: Arc<Mutex<Lane>>,
    /// Asks the flusher. A request that is waiting already does for all.
    flush: mpsc::Sender<()>,
}

/// A write: all of it becomes durable with [`WriteTx::commit`], or none of it ever was.
#[derive(Debug)]
pub(crate) struct WriteTx {
    /// Some until the end of the write.
    lane: Option<OwnedMutexGuard<Lane>>,
    flush: mpsc::Sender<()>,
}

impl Writer {
    /// Writes on the connection, which nobody else may use. Must be called within a tokio runtime.
    pub(crate) fn new(connection: SqliteConnection) -> Arc<Self> {
        let lane = Lane { connection: Some(connection), open: false, abandoned: false, waiting: Vec::new() };
        let (flush, requests) = mpsc::channel(1);
        let writer = Arc::new(Self { lane: Arc::new(Mutex::new(lane)), flush });
        tokio::spawn(flusher(Arc::downgrade(&writer), requests));
        writer
    }

    /// Begins a write, once those before it have ended theirs.
    pub(crate) async fn begin(&self) -> Result<WriteTx, StoreError> {
        let lane = tokio::time::timeout(QUEUE_TIMEOUT, self.lane.clone().lock_owned()).await;
        let mut lane = lane.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let flush = self.flush.clone();
        // In a task of its own: if the caller gives up meanwhile, the finished write is dropped and rolled back. Otherwise the connection would be
        // in a state that the lane does not know.
        let begun = tokio::spawn(async move {
            lane.tidy().await;
            let begun = lane.begin().await;
            let write = WriteTx { lane: Some(lane), flush };
            begun.map(|()| write)
        });
        Ok(begun.await.map_err(|_| failed())??)
    }

    /// Ends the connection, once what is written is durable.
    pub(crate) async fn close(&self) {
        let mut lane = self.lane.lock().await;
        lane.flush().await;
        if let Some(connection) = lane.connection.take()
            && let Err(error) = connection.close().await
        {
            // Everything that anybody was told of is on the disk: nothing is lost.
            drop(error);
        }
    }
}

/// Commits when it is asked to, until the writer is gone.
async fn flusher(writer: Weak<Writer>, mut requests: mpsc::Receiver<()>) {
    while requests.recv().await.is_some() {
        let Some(lane) = writer.upgrade().map(|writer| writer.lane.clone()) else { return };
        lane.lock().await.flush().await;
    }
}

impl Lane {
    async fn begin(&mut self) -> Outcome {
        let connection = self.connection.as_mut().ok_or_else(closed)?;
        let begin = if self.open { "SAVEPOINT write" } else { "BEGIN IMMEDIATE; SAVEPOINT write" };
        // Whatever becomes of this future: the next one looks.
        self.abandoned = true;
        let begun = connection.execute(sqlx::raw_sql(begin)).await.map(drop);
        self.open |= begun.is_ok();
        begun
    }

    /// Takes back what a write left that gave up. If the database rolled back by itself (a full disk, say), the whole transaction failed.
    async fn tidy(&mut self) {
        if !std::mem::take(&mut self.abandoned) {
            return;
        }
        let Some(connection) = self.connection.as_mut() else { return };
        let undone = connection.execute(sqlx::raw_sql("ROLLBACK TO write; RELEASE write")).await;
        if undone.is_err() {
            self.fail().await;
        }
    }

    /// Makes durable what is open, and tells those who wait.
    async fn flush(&mut self) {
        self.tidy().await;
        if !std::mem::take(&mut self.open) {
            return;
        }
        let Some(connection) = self.connection.as_mut() else { return };
        match connection.execute(sqlx::raw_sql("COMMIT")).await {
            Ok(_) => {
                for waiting in self.waiting.drain(..) {
                    // One that does not wait any more misses nothing.
                    let _ = waiting.send(Ok(()));
                }
            }
            Err(error) => {
                let mut error = Some(error);
                for waiting in self.waiting.drain(..) {
                    // The error itself can be told once; the others get to know that there was one.
                    let _ = waiting.send(Err(error.take().unwrap_or_else(failed)));
                }
                self.fail().await;
            }
        }
    }

    /// Nothing that was written since BEGIN is there any more.
    async fn fail(&mut self) {
        self.open = false;
        self.abandoned = false;
        for waiting in self.waiting.drain(..) {
            let _ = waiting.send(Err(failed()));
        }
        if let Some(connection) = self.connection.as_mut() {
            // It says that there is no transaction where the database has ended it by itself.
            let _ = connection.execute(sqlx::raw_sql("ROLLBACK")).await;
        }
    }
}

impl WriteTx {
    /// Waits until the write is on the disk.
    ///
    /// # Errors
    /// It is not, and nothing of it was written.
    pub(crate) async fn commit(self) -> Outcome {
        // In a task of its own: a savepoint that is released behind the lane's back would be taken for one that was left behind.
        let released = tokio::spawn(self.release()).await;
        let outcome = released.map_err(|_| failed())??;
        outcome.await.unwrap_or_else(|_| Err(closed()))
    }

    /// Joins the transaction. What is returned tells of its COMMIT.
    async fn release(mut self) -> Result<oneshot::Receiver<Outcome>, sqlx::Error> {
        let Some(mut lane) = self.lane.take() else { return Err(closed()) };
        let connection = lane.connection.as_mut().ok_or_else(closed)?;
        let released = connection.execute(sqlx::raw_sql("RELEASE write")).await;
        if let Err(error) = released {
            drop(lane);
            self.ask();
            return Err(error);
        }
        lane.abandoned = false;
        let (sender, outcome) = oneshot::channel();
        lane.waiting.push(sender);
        drop(lane);
        self.ask();
        Ok(outcome)
    }

    fn ask(&self) {
        // Full: the flusher is asked already. Closed: the writer is gone, and with it the connection.
        let _ = self.flush.try_send(());
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if self.lane.take().is_some() {
            self.ask();
        }
    }
}

impl Deref for WriteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        // `begin` has seen the connection, and only `close`, which needs the lane that is held here, takes it away.
        self.lane.as_ref().and_then(|lane| lane.connection.as_ref()).expect("a write holds the connection")
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.lane.as_mut().and_then(|lane| lane.connection.as_mut()).expect("a write holds the connection")
    }
}

fn closed() -> sqlx::Error {
    sqlx::Error::PoolClosed
}

fn failed() -> sqlx::Error {
    sqlx::Error::Protocol("the transaction that this write was part of failed".to_owned())
}

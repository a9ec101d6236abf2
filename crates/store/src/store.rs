//! Opening and closing the database, and its transactions.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Sqlite, Transaction};

use crate::error::StoreError;
use crate::readers::{Reader, Readers};
use crate::writer::{WriteTx, Writer};

/// How long a statement waits for another process that holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a read waits for those before it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// Memory of the connection that writes, in KiB (negative: that is how SQLite takes them): the upper pages of all trees of a large installation.
const WRITER_CACHE: &str = "-32768";
/// Likewise, of each that reads.
const READER_CACHE: &str = "-8192";
/// After so many pages of 4 KiB the log is written back: 16 MiB. Each time the disk is waited for twice more, and with many resources the default
/// of 4 MiB is full after a few commits.
const CHECKPOINT_PAGES: &str = "4000";
/// How many reads run at once.
const READERS: u32 = 4;

/// A transaction, for reading or for writing.
#[derive(Debug)]
pub(crate) enum Tx {
    /// For a single statement, which is a transaction by itself.
    Glance(Reader),
    Read(Transaction<'static, Sqlite>),
    Write(WriteTx),
}

impl Tx {
    /// Ends the transaction; after a write, once it is on the disk.
    ///
    /// # Errors
    /// It is not, and nothing of it was written.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Glance(_) => Ok(()),
            Self::Read(tx) => tx.commit().await,
            Self::Write(tx) => tx.commit().await,
        }
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Glance(connection) => connection,
            Self::Read(tx) => tx,
            Self::Write(tx) => tx,
        }
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Glance(connection) => connection,
            Self::Read(tx) => tx,
            Self::Write(tx) => tx,
        }
    }
}

/// The database. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Arc<Writer>,
    readers: SqlitePool,
    glances: Arc<Readers>,
}

impl Store {
    /// Opens the database at `path`, makes it if there is none, and brings its tables to this version.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be opened, is of a later version, or is held by another process.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            // The process has no directory for temporary files where it gave up what it does not need: a savepoint that touches more than a few
            // pages, or a long sort, would fail for the want of one.
            .pragma("temp_store", "memory");
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES);
        let mut connection = writing.connect().await?;
        sqlx::migrate!().run(&mut connection).await.map_err(StoreError::Migration)?;
        let writer = Writer::new(connection);
        let reading = options.read_only(true).pragma("cache_size", READER_CACHE);
        let glances = Readers::open(&reading, READERS, QUEUE_TIMEOUT).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(QUEUE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            // The connections are to a file: none can have gone away.
            .test_before_acquire(false)
            .connect_with(reading)
            .await?;
        Ok(Self { writer, readers, glances })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] if it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM stacks LIMIT 1").execute(&mut *self.glance().await?).await?;
        Ok(())
    }

    /// Ends all connections, once what they do is done.
    pub async fn close(&self) {
        self.readers.close().await;
        self.glances.close().await;
        self.writer.close().await;
    }

    /// A transaction that holds the database for writing from its first moment. Its COMMIT is shared with those that write at the same time.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        Ok(Tx::Write(self.writer.begin().await?))
    }

    /// For one statement that reads. Several would each see a state of its own.
    pub(crate) async fn glance(&self) -> Result<Tx, StoreError> {
        Ok(Tx::Glance(self.glances.acquire().await?))
    }

    /// A transaction that sees one state of the database throughout.
    pub(crate) async fn read(&self) -> Result<Tx, StoreError> {
        Ok(Tx::Read(self.readers.begin().await?))
    }
}

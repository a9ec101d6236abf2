//! Opening and closing the database, and its transactions.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use crate::error::StoreError;

/// How long a statement waits for another process that holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a write waits for those before it.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many reads run at once.
const READERS: u32 = 4;

pub(crate) type Tx = Transaction<'static, Sqlite>;

/// The database. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Store {
    /// Opens the database at `path`, makes it if there is none, and brings its tables to this version.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be opened, is of a later version, or is held by another process.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let options =
            SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).foreign_keys(true);
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(QUEUE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(writing)
            .await?;
        sqlx::migrate!().run(&writer).await.map_err(StoreError::Migration)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(QUEUE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self { writer, readers })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError`] if it does not.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM stacks LIMIT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Ends all connections, once what they do is done.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// A transaction that holds the database for writing from its first moment.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A transaction that sees one state of the database throughout.
    pub(crate) async fn read(&self) -> Result<Tx, StoreError> {
        Ok(self.readers.begin().await?)
    }
}

//! Connections for single statements that read.
//!
//! sqlx's own pool asks a connection for a sign of life whenever it is given back, in a task of its own: that takes longer than reading a row. A
//! connection to a file does not go away.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::StoreError;

/// A few connections, each of which one statement uses at a time. Cheap to share.
#[derive(Debug)]
pub(crate) struct Readers {
    /// As many permits as there are idle connections.
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<SqliteConnection>>,
    timeout: Duration,
}

/// A connection in use. It goes back where it came from.
#[derive(Debug)]
pub(crate) struct Reader {
    /// Some until it goes back.
    connection: Option<SqliteConnection>,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    /// Opens `count` connections; whoever finds none idle waits for `timeout` at most.
    pub(crate) async fn open(
        options: &SqliteConnectOptions,
        count: u32,
        timeout: Duration,
    ) -> Result<Arc<Self>, StoreError> {
        let mut idle = Vec::new();
        for _ in 0..count {
            idle.push(options.connect().await?);
        }
        let permits = Arc::new(Semaphore::new(idle.len()));
        Ok(Arc::new(Self { permits, idle: Mutex::new(idle), timeout }))
    }

    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Reader, StoreError> {
        let permit = tokio::time::timeout(self.timeout, self.permits.clone().acquire_owned()).await;
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = self.lock().pop().ok_or(sqlx::Error::PoolClosed)?;
        Ok(Reader { connection: Some(connection), readers: self.clone(), _permit: permit })
    }

    /// Ends the connections that are idle now; those in use end when they are given back.
    pub(crate) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.lock());
        for connection in idle {
            if let Err(error) = connection.close().await {
                // It only read: nothing is lost.
                drop(error);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        // Each change is one push or pop: the list is whole after a panic too.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Before the permit. Once the readers are closed, the connection ends here.
        if !self.readers.permits.is_closed()
            && let Some(connection) = self.connection.take()
        {
            self.readers.lock().push(connection);
        }
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.connection.as_ref().expect("it is there until it goes back")
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection.as_mut().expect("it is there until it goes back")
    }
}

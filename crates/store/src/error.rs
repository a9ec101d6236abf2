//! What can go wrong with any use of the store, and with the kinds of writes that several resources share.

/// The database did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else holds the database for longer than the bound.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// The disk is full.
    #[error("the disk of the database is full")]
    Full(#[source] sqlx::Error),
    /// Anything else that the database says.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("the database could not be brought to this version")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// Something that was written cannot be read.
    #[error("a stored {what} cannot be read")]
    Corrupt {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // The primary result codes of SQLite are the low byte of the extended ones.
        let primary = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<u32>().ok())
            .map(|code| code & 0xff);
        match primary {
            Some(5 | 6) => Self::Busy(error),
            Some(13) => Self::Full(error),
            _ if matches!(error, sqlx::Error::PoolTimedOut) => Self::Busy(error),
            _ => Self::Database(error),
        }
    }
}

impl StoreError {
    pub(crate) fn corrupt(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { what, source: source.into() }
    }
}

/// Why a resource was not created. Nothing of it was written then, nor its tags.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name is taken.
    #[error("there is one of that name")]
    AlreadyExists,
    /// The account has as many as it may.
    #[error("there are as many as may be")]
    LimitReached,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<E> {
    /// There is none of that name.
    #[error("there is none of that name")]
    NotFound,
    /// The model refused.
    #[error("refused")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<E> From<sqlx::Error> for ChangeError<E> {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<sqlx::Error> for CreateError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

//! Exports of images.

use millrace_model::export::ExportTask;
use millrace_model::image::ImageState;
use millrace_model::{Image, Name, Scope};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::store::{Store, Tx};
use crate::{images, row};

/// Why an export was not begun.
#[derive(Debug, thiserror::Error)]
pub enum CreateExportError {
    /// There is no such image.
    #[error("there is no such image")]
    NotFound,
    /// It is not to be used.
    #[error("the image is not available")]
    NotAvailable(ImageState),
    /// As many exports run as may.
    #[error("as many exports run as may")]
    LimitReached,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CreateExportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// How many exports there may be in a scope.
#[derive(Clone, Copy, Debug)]
pub struct ExportLimits {
    /// That are not over.
    pub running: u32,
    /// That are over and remembered; the oldest are forgotten.
    pub remembered: u32,
}

impl Store {
    /// Writes a new task for an available image, which cannot be deleted until the task is over.
    ///
    /// # Errors
    /// [`CreateExportError`]; nothing is written then.
    pub async fn create_export_task(
        &self,
        scope: &Scope,
        image: &Name,
        limits: ExportLimits,
        task: impl FnOnce(Image) -> ExportTask + Send,
    ) -> Result<ExportTask, CreateExportError> {
        let mut tx = self.write().await?;
        let image = images::find(&mut tx, scope, image).await?.ok_or(CreateExportError::NotFound)?;
        if image.state != ImageState::Available {
            return Err(CreateExportError::NotAvailable(image.state));
        }
        let running: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM export_tasks WHERE account = ? AND region = ? AND running = 1",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_one(&mut *tx)
        .await?;
        if running >= i64::from(limits.running) {
            return Err(CreateExportError::LimitReached);
        }
        let task = task(image);
        write(&mut tx, scope, &task).await?;
        sqlx::query(
            "DELETE FROM export_tasks WHERE account = ?1 AND region = ?2 AND running = 0 AND id NOT IN \
             (SELECT id FROM export_tasks WHERE account = ?1 AND region = ?2 AND running = 0 ORDER BY created_at DESC, id LIMIT ?3)",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(i64::from(limits.remembered))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(task)
    }

    /// A task.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export_task(&self, scope: &Scope, id: &str) -> Result<Option<ExportTask>, StoreError> {
        find(&mut self.glance().await?, scope, id).await
    }

    /// All tasks of a scope, the newest first: no more than [`ExportLimits`] allow.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn export_tasks(&self, scope: &Scope) -> Result<Vec<ExportTask>, StoreError> {
        let rows = sqlx::query(
            "SELECT task FROM export_tasks WHERE account = ? AND region = ? ORDER BY created_at DESC, id",
        )
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .fetch_all(&mut *self.glance().await?)
        .await?;
        rows.iter().map(task).collect()
    }

    /// The tasks of all scopes that are not over, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn running_exports(&self) -> Result<Vec<(Scope, ExportTask)>, StoreError> {
        let rows = sqlx::query("SELECT * FROM export_tasks WHERE running = 1 ORDER BY created_at, id")
            .fetch_all(&mut *self.glance().await?)
            .await?;
        rows.iter().map(|found| Ok((row::scope(found)?, task(found)?))).collect()
    }

    /// Changes a task, and returns what became of it; none if there is no such task.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is changed then.
    pub async fn change_export_task(
        &self,
        scope: &Scope,
        id: &str,
        change: impl FnOnce(&ExportTask) -> ExportTask + Send,
    ) -> Result<Option<ExportTask>, StoreError> {
        let mut tx = self.write().await?;
        let Some(found) = find(&mut tx, scope, id).await? else { return Ok(None) };
        let changed = change(&found);
        write(&mut tx, scope, &changed).await?;
        tx.commit().await?;
        Ok(Some(changed))
    }
}

/// The export of an image that is not over; the first by id if there are several.
pub(crate) async fn running_of(
    tx: &mut Tx,
    scope: &Scope,
    image: &Name,
) -> Result<Option<String>, StoreError> {
    let found = sqlx::query_scalar(
        "SELECT id FROM export_tasks WHERE account = ? AND region = ? AND image = ? AND running = 1 ORDER BY id LIMIT 1",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(image.as_str())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found)
}

async fn find(tx: &mut Tx, scope: &Scope, id: &str) -> Result<Option<ExportTask>, StoreError> {
    sqlx::query("SELECT task FROM export_tasks WHERE account = ? AND region = ? AND id = ?")
        .bind(scope.account.as_str())
        .bind(scope.region.as_str())
        .bind(id)
        .fetch_optional(&mut **tx)
        .await?
        .as_ref()
        .map(task)
        .transpose()
}

async fn write(tx: &mut Tx, scope: &Scope, task: &ExportTask) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO export_tasks (account, region, id, created_at, image, running, task) VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT DO UPDATE SET running = excluded.running, task = excluded.task",
    )
    .bind(scope.account.as_str())
    .bind(scope.region.as_str())
    .bind(&task.id)
    .bind(task.created_at.0)
    .bind(task.image.as_str())
    .bind(task.is_running())
    .bind(row::to_json("export task", task)?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn task(found: &SqliteRow) -> Result<ExportTask, StoreError> {
    row::from_json("export task", found.try_get("task")?)
}

//! How many resources of a kind there are, without counting them. Triggers keep the numbers.

use millrace_model::Scope;

use crate::ResourceKind;
use crate::error::StoreError;
use crate::store::Tx;

/// How many resources of the kind the scope has.
pub(crate) async fn of(tx: &mut Tx, scope: &Scope, kind: ResourceKind) -> Result<u64, StoreError> {
    let count: Option<i64> =
        sqlx::query_scalar("SELECT count FROM resource_counts WHERE account = ? AND region = ? AND kind = ?")
            .bind(scope.account.as_str())
            .bind(scope.region.as_str())
            .bind(kind.as_str())
            .fetch_optional(&mut **tx)
            .await?;
    u64::try_from(count.unwrap_or(0)).map_err(|error| StoreError::corrupt("count", error))
}

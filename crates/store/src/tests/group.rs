//! Writes that share a COMMIT: each is whole and durable, or was never there.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{NOW, name, open, scope, stack, tags};
use crate::{CreateError, ResourceKind, Store};

#[tokio::test]
async fn writes_at_the_same_time_are_each_durable_or_refused() {
    let temporary = open().await;
    let store = &temporary.store;
    // Every name twice: one of the two is told that it is taken.
    let writes = (0..200).map(async |number| {
        let stack = stack(&format!("s{}", number / 2));
        store.create_stack(&scope(), &stack, &tags(10), 1000).await
    });
    let results = join_all(writes).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 100);
    let taken = results.iter().filter(|result| matches!(result, Err(CreateError::AlreadyExists))).count();
    assert_eq!(taken, 100);
    store.close().await;
    let store = Store::open(&temporary.directory.path().join("millrace.db")).await.unwrap();
    for number in 0..100 {
        let found = store.tags(&scope(), ResourceKind::Stack, &name(&format!("s{number}"))).await.unwrap();
        assert_eq!(found, Some(tags(10)));
    }
}

#[tokio::test]
async fn a_write_that_fails_takes_no_other_with_it() {
    let temporary = open().await;
    let store = &temporary.store;
    let mut tx = store.write().await.unwrap();
    let trigger =
        "CREATE TRIGGER fail BEFORE INSERT ON tags WHEN NEW.key = 'k5' BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::query(trigger).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let writes = (0..90).map(async |number| {
        let with = if number % 3 == 0 { tags(6) } else { tags(3) };
        store.create_stack(&scope(), &stack(&format!("s{number}")), &with, 1000).await
    });
    for (number, result) in join_all(writes).await.into_iter().enumerate() {
        assert_eq!(result.is_ok(), number % 3 != 0, "{number}: {result:?}");
        let found = store.stack(&scope(), &name(&format!("s{number}"))).await.unwrap();
        assert_eq!(found.is_some(), number % 3 != 0, "{number}");
    }
}

#[tokio::test]
async fn a_write_that_is_dropped_leaves_nothing_and_holds_nobody_up() {
    let temporary = open().await;
    let store = Arc::new(temporary.store.clone());
    let mut tx = store.write().await.unwrap();
    sqlx::query("INSERT INTO stacks VALUES ('1', 'r', 'half', 0, '')").execute(&mut *tx).await.unwrap();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.create_stack(&scope(), &stack("s"), &tags(1), 10).await }
    });
    tokio::task::yield_now().await;
    drop(tx);
    waiting.await.unwrap().unwrap();
    let mut tx = store.read().await.unwrap();
    let names: Vec<String> = sqlx::query_scalar("SELECT name FROM stacks").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(names, ["s"]);
    let counts: Vec<i64> =
        sqlx::query_scalar("SELECT count FROM resource_counts").fetch_all(&mut *tx).await.unwrap();
    assert_eq!(counts, [1]);
}

#[tokio::test]
async fn what_is_not_committed_is_not_read_and_limits_count_it() {
    let temporary = open().await;
    let store = &temporary.store;
    let results =
        join_all((0..20).map(async |number| {
            store.create_stack(&scope(), &stack(&format!("s{number}")), &tags(0), 5).await
        }))
        .await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 5);
    assert!(results.iter().any(|result| matches!(result, Err(CreateError::LimitReached))));
    let mut tx = store.write().await.unwrap();
    sqlx::query("UPDATE stacks SET created_at = ?").bind(NOW.0 + 1).execute(&mut *tx).await.unwrap();
    let seen = store.stacks(&scope(), None, 10).await.unwrap();
    assert!(seen.items.iter().all(|stack| stack.created_at == NOW));
    tx.commit().await.unwrap();
    let seen = store.stacks(&scope(), None, 10).await.unwrap();
    assert!(seen.items.len() == 5 && seen.items.iter().all(|stack| stack.created_at.0 == NOW.0 + 1));
}

/// A process that gave up what it does not need has no directory for one: SQLite's own choice, a file once a savepoint has touched more than 64 KiB of pages, would
/// fail there.
#[tokio::test]
async fn no_connection_wants_a_temporary_file() {
    const IN_MEMORY: i64 = 2;
    let temporary = open().await;
    let asked = "PRAGMA temp_store";
    let mut write = temporary.store.write().await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut *write).await.unwrap(), IN_MEMORY);
    drop(write);
    let mut read = temporary.store.read().await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut *read).await.unwrap(), IN_MEMORY);
    drop(read);
    let mut glance = temporary.store.glance().await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(asked).fetch_one(&mut *glance).await.unwrap(), IN_MEMORY);
}

/// Writes that are given up at any moment, among others that wait: those are durable or refused, and none of them fails for the sake of one that was
/// given up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_are_given_up_spoil_no_others() {
    let temporary = open().await;
    let store = &temporary.store;
    let writes = (0..400_u64).map(async |number| {
        let (name, with, scope) = (format!("s{number}"), tags(3), scope());
        let stack = stack(&name);
        let write = store.create_stack(&scope, &stack, &with, 1000);
        if number % 2 == 0 {
            // From 0 to 2 ms: before its turn, in it, and after it.
            let patience = std::time::Duration::from_micros(number * 37 % 2000);
            drop(tokio::time::timeout(patience, write).await);
            return None;
        }
        let result = write.await;
        Some((name, result))
    });
    for (name, result) in join_all(writes).await.into_iter().flatten() {
        result.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for number in 0..400 {
        let found = store.tags(&scope(), ResourceKind::Stack, &name(&format!("s{number}"))).await.unwrap();
        assert!(if number % 2 == 0 {
            found.is_none_or(|found| found == tags(3))
        } else {
            found == Some(tags(3))
        });
    }
}

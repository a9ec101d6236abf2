//! Work that is found in the store and done in the background: exports, imports, the end of deleted images.
//!
//! None of it has an input: it looks for what is to be done at its start (an earlier process may have left some), when it is woken, and again after a while
//! as long as something is left.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::control::Control;

/// Between two looks while something is left that could not be done.
const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(5);

/// Does what can be done; whether nothing is left.
pub(crate) type Pass = for<'a> fn(&'a Control) -> Pin<Box<dyn Future<Output = bool> + Send + 'a>>;

/// Passes until `stop`. What is broken off by that is found unfinished by the next process.
pub(crate) async fn run(control: Arc<Control>, wake: Arc<Notify>, pass: Pass, stop: CancellationToken) {
    // The control must be able to end while this waits.
    let shared = Arc::downgrade(&control);
    drop(control);
    loop {
        let Some(control) = shared.upgrade() else { break };
        let all_done = tokio::select! {
            () = stop.cancelled() => break,
            all_done = pass(&control) => all_done,
        };
        drop(control);
        let again = async {
            if all_done { std::future::pending().await } else { tokio::time::sleep(LOOK_AGAIN_AFTER).await }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = wake.notified() => {}
            () = again => {}
        }
    }
}

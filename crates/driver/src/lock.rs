//! A lock on a file that says: this directory is mine as long as I live.

use std::fs::File;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};

/// How long a lock is waited for. A process that is being started shares its parent's files until it executes its program: who restarts a server
/// that was killed at such a moment finds the lock held for an instant longer.
const WAIT: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Locks the file for this process alone, until it is closed; `false` if somebody else has it and keeps it for two seconds. Blocks.
///
/// # Errors
/// What the system says; that somebody else has the lock is none.
pub fn exclusively(file: &File) -> io::Result<bool> {
    let deadline = Instant::now() + WAIT;
    loop {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(true),
            Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => thread::sleep(LOOK_EVERY),
            Err(rustix::io::Errno::WOULDBLOCK) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{File, LOOK_EVERY, exclusively, thread};

    #[test]
    fn a_lock_is_waited_for_a_little() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let held = File::create(&path).unwrap();
        assert!(exclusively(&held).unwrap());
        assert!(!exclusively(&File::open(&path).unwrap()).unwrap(), "somebody keeps it");
        let leaving = thread::spawn(move || {
            thread::sleep(LOOK_EVERY * 3);
            drop(held);
        });
        assert!(exclusively(&File::open(&path).unwrap()).unwrap(), "somebody is about to go");
        leaving.join().unwrap();
    }
}

//! What applications write goes to the container's log, up to a bound; what is over it is read and forgotten, so that no application waits.

use std::io::{PipeReader, PipeWriter, Read, Write, pipe, stderr};
use std::thread;

/// Most bytes that the applications of an instance write to its log.
const MAX_LOG_BYTES: usize = 256 * 1024;

/// The writing end of a pipe to the log, to be given to applications.
pub(crate) struct Output {
    writer: PipeWriter,
}

impl Output {
    /// Starts the thread that reads the pipe.
    pub(crate) fn start() -> std::io::Result<Self> {
        let (reader, writer) = pipe()?;
        thread::Builder::new().name("output".into()).spawn(move || copy(reader))?;
        Ok(Self { writer })
    }

    /// Another handle of the writing end.
    pub(crate) fn writer(&self) -> std::io::Result<PipeWriter> {
        self.writer.try_clone()
    }
}

fn copy(mut reader: PipeReader) {
    let mut left = MAX_LOG_BYTES;
    let mut buffer = [0; 4096];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => {
                let shown = count.min(left);
                // A log that cannot be written is no reason to stop the applications.
                let _ = stderr().write_all(&buffer[..shown]);
                if shown > 0 && shown == left {
                    log("the applications' output has reached its bound; the rest is dropped");
                }
                left -= shown;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                log(&format!("reading applications' output: {error}"));
                return;
            }
        }
    }
}

/// Writes a line to the container's log.
pub(crate) fn log(message: &str) {
    // There is nowhere else to say that it cannot be written.
    let _ = writeln!(stderr(), "millrace-launcher: {message}");
}

//! `image-assistant`: what an administrator, or a script, says in an image builder to make an image of it.
//!
//! It looks at what only it can see (whether programs and pictures are there, which applications are installed), and leaves the rest to the server,
//! which it reaches by a socket that only image builders have. It prints one line of JSON with `status` and `message`.
//!
//! Its exit status is 0 when it was done, 1 when it was refused, 2 for arguments that it does not know, 3 when no server answers.

mod arguments;
mod files;
mod left_out;
mod packages;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use millrace_stream::assistant::{AssistantReply, AssistantRequest, MAX_LINE_BYTES, UpdateReport};

use arguments::Invocation;

const SOCKET: &str = "/run/millrace/builder/assistant.sock";
/// The server answers within moments, unless it is being restarted.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const CONNECT_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// How long a report is repeated that nobody takes.
const REPORT_WITHIN: Duration = Duration::from_secs(600);
const REPORT_AGAIN_AFTER: Duration = Duration::from_secs(1);
const WRONG_ARGUMENTS: u8 = 2;
const NO_SERVER: u8 = 3;

fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned()).collect();
    let reply = match arguments::parse(&arguments) {
        Ok(Invocation::Help) => return print(arguments::HELP, 0),
        Ok(Invocation::UpdatePackages { only_looks }) => report(&packages::update(only_looks)),
        Ok(Invocation::ListLeftOut) => {
            return match left_out::look() {
                Ok(kinds) => print(&serde_json::to_string(&kinds).unwrap_or_default(), 0),
                Err(message) => {
                    eprintln!("{message}");
                    ExitCode::FAILURE
                }
            };
        }
        Ok(Invocation::Ask { request, lists_installed }) => carry_out(&request, lists_installed),
        Err(message) => AssistantReply { status: WRONG_ARGUMENTS, ..AssistantReply::refused(message) },
    };
    let line = serde_json::to_string(&reply).unwrap_or_default();
    print(&line, reply.status)
}

fn carry_out(request: &AssistantRequest, lists_installed: bool) -> AssistantReply {
    if let Err(message) = files::check(request) {
        return AssistantReply::refused(message);
    }
    match ask(request) {
        Ok(reply) if lists_installed && reply.status == 0 => {
            AssistantReply { installed: Some(files::installed()), ..reply }
        }
        Ok(reply) if is_dry_run(request) && reply.status == 0 => match left_out::find() {
            Ok(kinds) => AssistantReply { left_out: Some(kinds), ..reply },
            Err(message) => AssistantReply::refused(message),
        },
        Ok(reply) => reply,
        Err(message) => AssistantReply { status: NO_SERVER, ..AssistantReply::refused(message) },
    }
}

fn is_dry_run(request: &AssistantRequest) -> bool {
    matches!(request, AssistantRequest::CreateImage(image) if image.dry_run)
}

/// Tells the server, which may be restarting at the moment.
fn report(report: &UpdateReport) -> AssistantReply {
    let began = Instant::now();
    let request = AssistantRequest::ReportUpdate(report.clone());
    loop {
        match ask(&request) {
            Ok(reply) => return reply,
            Err(message) if began.elapsed() >= REPORT_WITHIN => {
                return AssistantReply { status: NO_SERVER, ..AssistantReply::refused(message) };
            }
            Err(_) => std::thread::sleep(REPORT_AGAIN_AFTER),
        }
    }
}

fn ask(request: &AssistantRequest) -> Result<AssistantReply, String> {
    let failed = |error: std::io::Error| format!("The server does not answer at {SOCKET}: {error}");
    let mut line = serde_json::to_vec(request).map_err(|error| error.to_string())?;
    line.push(b'\n');
    let mut stream = connect().map_err(failed)?;
    stream.set_read_timeout(Some(ANSWER_WITHIN)).map_err(failed)?;
    stream.set_write_timeout(Some(ANSWER_WITHIN)).map_err(failed)?;
    stream.write_all(&line).map_err(failed)?;
    let mut answer = Vec::new();
    BufReader::new(stream.take(MAX_LINE_BYTES as u64)).read_until(b'\n', &mut answer).map_err(failed)?;
    serde_json::from_slice(&answer).map_err(|error| format!("The server's answer cannot be read: {error}"))
}

/// A server that has just been started listens within moments.
fn connect() -> std::io::Result<UnixStream> {
    let began = Instant::now();
    loop {
        match UnixStream::connect(SOCKET) {
            Ok(stream) => return Ok(stream),
            Err(error) if began.elapsed() >= CONNECT_WITHIN => return Err(error),
            Err(_) => std::thread::sleep(CONNECT_AGAIN_AFTER),
        }
    }
}

fn print(text: &str, status: u8) -> ExitCode {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => ExitCode::from(status),
        // Nobody reads the message; the status still tells.
        Err(_) => ExitCode::from(status.max(1)),
    }
}

//! The launcher: first process of the app container. It starts the applications that the agent asks for, as the user that it is itself,
//! tells what became of them, and reaps whatever else ends there.
//!
//! It is a static program without dependencies, since it runs in any image. Three threads: one reads the agent's commands, one waits for
//! children, one passes on what applications write. When the agent's connection ends, so do all applications and the launcher.
//!
//! In an image builder it is started as root of the pod, and goes to a user namespace below first ([`administrator`]).
//!
//! `millrace-launcher [--socket PATH | --administrator=UID:GID:GROUPS]`

mod administrator;
mod output;
mod session;
mod table;

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use millrace_stream::PROTOCOL_VERSION;
use millrace_stream::framing::Deframer;
use millrace_stream::launch::{LauncherCommand, LauncherReport, MAX_LAUNCH_BYTES};

use output::Output;
use table::Table;

const SOCKET: &str = "/run/millrace/pod/launcher.sock";
/// How long the agent may take to listen: it does so within milliseconds unless the host is busy starting many instances.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_RETRY: Duration = Duration::from_millis(5);
/// An agent that does not read for so long is stuck, and the instance with it.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::log(&error);
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let socket = match arguments()? {
        Invocation::Serve { socket, administrator } => {
            if let Some(user) = administrator {
                administrator::become_administrator(&user)?;
            }
            socket
        }
        Invocation::MapIds(launcher) => return administrator::map_ids(&launcher),
    };
    // As first process of a PID namespace orphans come here anyway; by hand and in tests, because of this.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))
        .map_err(|error| format!("cannot adopt orphans: {error}"))?;
    let stream = connect(&socket)?;
    let writer = stream.try_clone().map_err(|error| format!("cannot share the agent's socket: {error}"))?;
    writer
        .set_write_timeout(Some(WRITE_TIMEOUT))
        .map_err(|error| format!("cannot bound writes to the agent: {error}"))?;
    let output = Output::start().map_err(|error| format!("cannot take applications' output: {error}"))?;
    let table = Arc::new(Table::new(writer, output));
    table.report(&LauncherReport::Hello { version: PROTOCOL_VERSION })?;
    let reaper = Arc::clone(&table);
    thread::Builder::new()
        .name("reaper".into())
        .spawn(move || reaper.reap())
        .map_err(|error| format!("cannot start a thread: {error}"))?;
    let result = serve(stream, &table);
    table.kill_all();
    result
}

/// What the command line asks for.
enum Invocation {
    Serve { socket: PathBuf, administrator: Option<administrator::User> },
    MapIds(String),
}

fn arguments() -> Result<Invocation, String> {
    let usage = || "usage: millrace-launcher [--socket PATH | --administrator=UID:GID:GROUPS]".to_owned();
    let serve = |socket: PathBuf, administrator| Ok(Invocation::Serve { socket, administrator });
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => serve(SOCKET.into(), None),
        [flag, path] if flag == "--socket" => serve(path.into(), None),
        [flag, launcher] if flag == administrator::MAP_IDS => {
            Ok(Invocation::MapIds(launcher.to_str().ok_or_else(usage)?.to_owned()))
        }
        [argument] => {
            let user = argument.to_str().and_then(|text| text.strip_prefix("--administrator="));
            serve(SOCKET.into(), Some(user.ok_or_else(usage)?.parse()?))
        }
        _ => Err(usage()),
    }
}

/// The agent's container may be started after this one, so its socket may still be to come.
fn connect(socket: &PathBuf) -> Result<UnixStream, String> {
    let start = Instant::now();
    loop {
        match UnixStream::connect(socket) {
            Ok(stream) => return Ok(stream),
            Err(error) if start.elapsed() >= CONNECT_TIMEOUT => {
                return Err(format!("no agent at {} after 30 s: {error}", socket.display()));
            }
            Err(_) => thread::sleep(CONNECT_RETRY),
        }
    }
}

/// Carries out commands until the agent is gone.
fn serve(mut stream: UnixStream, table: &Table) -> Result<(), String> {
    let mut deframer = Deframer::new(MAX_LAUNCH_BYTES);
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match stream.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("reading from the agent: {error}")),
        };
        deframer.push(&buffer[..count]);
        loop {
            let message = deframer.next().map_err(|error| format!("from the agent: {error}"))?;
            let Some(message) = message else { break };
            match LauncherCommand::decode(message).map_err(|error| format!("from the agent: {error}"))? {
                LauncherCommand::Start(start) => table.start(&start)?,
                LauncherCommand::End { id } => table.end(id),
            }
        }
    }
}

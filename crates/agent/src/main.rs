//! `millrace-agent`: the program of the display container.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use millrace_agent::log::log;
use millrace_agent::{Agent, Options};

/// Shows an instance's screen to a viewer: runs the X server and the window manager, and serves the agent's socket.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The screen's largest size, with which it starts; it then follows the viewer's page.
    #[arg(long, env = "MILLRACE_SCREEN", default_value = "2560x1440", value_parser = Options::parse_screen)]
    screen: (u16, u16),
    /// The X server's display, such as :0; any that is free if it is not given.
    #[arg(long, env = "DISPLAY")]
    display: Option<String>,
    /// Holds `secret` and gets `agent.sock`.
    #[arg(long, default_value = "/run/millrace/agent")]
    agent_directory: PathBuf,
    /// Gets `launcher.sock`.
    #[arg(long, default_value = "/run/millrace/pod")]
    pod_directory: PathBuf,
    /// Where the screen's pixels are kept: memory that other containers do not see.
    #[arg(long, default_value = "/dev/shm")]
    framebuffer_directory: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let options = Options {
        display: arguments.display,
        width: arguments.screen.0,
        height: arguments.screen.1,
        agent_directory: arguments.agent_directory,
        pod_directory: arguments.pod_directory,
        framebuffer_directory: arguments.framebuffer_directory,
    };
    match Agent::start(&options).and_then(Agent::run) {
        Ok(never) => match never {},
        Err(error) => {
            log(format_args!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

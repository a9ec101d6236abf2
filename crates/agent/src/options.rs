//! What an agent is told at its start.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// What an agent is told at its start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The X server's display, such as `:0`; none: any that is free.
    pub display: Option<String>,
    /// The screen's width at the start in pixels, and its largest.
    pub width: u16,
    /// The screen's height at the start in pixels, and its largest.
    pub height: u16,
    /// Holds `secret`, and `agent.sock` once the agent listens. Others must not reach it.
    pub agent_directory: PathBuf,
    /// Shared with the app container; holds `launcher.sock`.
    pub pod_directory: PathBuf,
    /// Where the screen's pixels are kept, in a directory of their own; should be memory, not a disk.
    pub framebuffer_directory: PathBuf,
}

impl Options {
    /// Reads a size such as `1920x1080`.
    ///
    /// # Errors
    /// If it is not one, or larger than the protocol or smaller than a window can be.
    pub fn parse_screen(text: &str) -> Result<(u16, u16)> {
        let (width, height) = text.split_once('x').context("a size is written as WIDTHxHEIGHT")?;
        let (width, height) = (width.parse().context("its width")?, height.parse().context("its height")?);
        let range = 64..=millrace_stream::wire::MAX_SCREEN_PIXELS;
        ensure!(range.contains(&width) && range.contains(&height), "a side has 64 to 16384 pixels");
        Ok((width, height))
    }
}

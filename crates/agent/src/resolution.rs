//! The screen's size, by RandR.
//!
//! Xvfb has one output and one CRTC. It cannot grow beyond the size at which it was started, so it is started at the largest and shrunk; the
//! rows of its framebuffer stay as long as they were.

use anyhow::{Context, Result, ensure};
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::randr::{self, ConnectionExt as _, ModeFlag, ModeInfo, NotifyMask, Rotation, SetConfig};
use x11rb::protocol::xproto::{self, AtomEnum, ConnectionExt as _, PropMode};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{CURRENT_TIME, NONE};

/// What X11 programs take for one device pixel for each of theirs.
const BASE_DPI: u32 = 96;
/// Scales outside this range (in per cent) are not followed: texts would be too small to read, or windows too large for the screen.
pub(crate) const SCALE_PERCENT: std::ops::RangeInclusive<u16> = 100..=400;

/// The X server's one output, and the mode that it shows.
pub(crate) struct Resolution {
    root: xproto::Window,
    output: randr::Output,
    crtc: randr::Crtc,
    /// The mode in use; the X server's own until the first change.
    mode: randr::Mode,
    /// How many modes were made: each has a name of its own.
    made: u32,
}

impl Resolution {
    /// Asks for the output, and to be told when the screen's size changes.
    pub(crate) fn query(connection: &RustConnection, root: xproto::Window) -> Result<Self> {
        connection
            .extension_information(randr::X11_EXTENSION_NAME)?
            .context("the X server lacks the extension RANDR")?;
        connection.randr_query_version(1, 3)?.reply()?;
        let resources = connection.randr_get_screen_resources_current(root)?.reply()?;
        let output = *resources.outputs.first().context("the X server has no output")?;
        let crtc = *resources.crtcs.first().context("the X server has no CRTC")?;
        let mode = connection.randr_get_crtc_info(crtc, CURRENT_TIME)?.reply()?.mode;
        connection.randr_select_input(root, NotifyMask::SCREEN_CHANGE)?;
        Ok(Self { root, output, crtc, mode, made: 0 })
    }

    /// The screen's size now.
    pub(crate) fn size(&self, connection: &RustConnection) -> Result<(u16, u16)> {
        let geometry = connection.get_geometry(self.root)?.reply()?;
        Ok((geometry.width, geometry.height))
    }

    /// Changes the screen's size, which must not be larger than at the X server's start. `scale_percent` tells how large things should be
    /// drawn: programs that start later read it.
    ///
    /// An error need not mean that the X server is gone; the screen may have kept its size. [`Resolution::size`] tells.
    pub(crate) fn set(
        &mut self,
        connection: &RustConnection,
        (width, height): (u16, u16),
        scale_percent: u16,
    ) -> Result<()> {
        let dpi =
            BASE_DPI * u32::from(scale_percent.clamp(*SCALE_PERCENT.start(), *SCALE_PERCENT.end())) / 100;
        let resources = format!("Xft.dpi:\t{dpi}\n");
        let (root, property) = (self.root, AtomEnum::RESOURCE_MANAGER);
        connection.change_property8(
            PropMode::REPLACE,
            root,
            property,
            AtomEnum::STRING,
            resources.as_bytes(),
        )?;
        if self.size(connection)? == (width, height) {
            return Ok(());
        }
        self.made += 1;
        let name = format!("millrace-{}", self.made);
        let mode = connection.randr_create_mode(root, mode_info(width, height, &name)?, name.as_bytes())?;
        let mode = mode.reply().context("making a mode")?.mode;
        // Nobody is to see the screen without a CRTC in between.
        connection.grab_server()?;
        let changed = self.change(connection, mode, (width, height), dpi);
        if changed.is_err() {
            self.configure(connection, self.mode, &[self.output])?;
        }
        connection.ungrab_server()?;
        let unused = if changed.is_ok() { std::mem::replace(&mut self.mode, mode) } else { mode };
        // The X server's own mode stays.
        if self.made > 1 || changed.is_err() {
            connection.randr_delete_output_mode(self.output, unused)?;
            connection.randr_destroy_mode(unused)?;
        }
        changed
    }

    fn change(
        &self,
        connection: &RustConnection,
        mode: randr::Mode,
        (width, height): (u16, u16),
        dpi: u32,
    ) -> Result<()> {
        connection.randr_add_output_mode(self.output, mode)?.check().context("adding a mode")?;
        self.configure(connection, NONE, &[])?;
        let millimetres = |pixels: u16| u32::from(pixels) * 254 / (10 * dpi);
        let (width_mm, height_mm) = (millimetres(width).max(1), millimetres(height).max(1));
        let sized = connection.randr_set_screen_size(self.root, width, height, width_mm, height_mm)?.check();
        sized.context("setting the screen's size")?;
        self.configure(connection, mode, &[self.output])
    }

    fn configure(
        &self,
        connection: &RustConnection,
        mode: randr::Mode,
        outputs: &[randr::Output],
    ) -> Result<()> {
        let (now, rotation) = (CURRENT_TIME, Rotation::ROTATE0);
        let reply =
            connection.randr_set_crtc_config(self.crtc, now, now, 0, 0, mode, rotation, outputs)?.reply();
        let status = reply.context("configuring the CRTC")?.status;
        ensure!(status == SetConfig::SUCCESS, "the X server does not take the mode: {status:?}");
        Ok(())
    }
}

/// A mode without borders, at 60 pictures a second.
fn mode_info(width: u16, height: u16, name: &str) -> Result<ModeInfo> {
    Ok(ModeInfo {
        id: 0,
        width,
        height,
        dot_clock: (u32::from(width) * u32::from(height)).saturating_mul(60),
        hsync_start: width,
        hsync_end: width,
        htotal: width,
        hskew: 0,
        vsync_start: height,
        vsync_end: height,
        vtotal: height,
        name_len: u16::try_from(name.len())?,
        mode_flags: ModeFlag::from(0_u32),
    })
}

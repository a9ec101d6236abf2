//! The window: puts pictures on the screen through shared memory, as toolkits and players do.

use std::os::fd::{AsFd, OwnedFd};

use anyhow::{Context, Result, ensure};
use rustix::fs::MemfdFlags;
use x11rb::connection::{Connection, RequestConnection as _};
use x11rb::protocol::shm::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    AtomEnum, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, Gcontext, ImageFormat, PropMode,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// Pictures that the X server may still be reading.
const BUFFERS: usize = 2;
/// `USPosition` and `PWinGravity`, and the gravity that makes a position that of the picture and not of the frame round it (ICCCM, 4.1.2.3).
const POSITION_AND_GRAVITY: u32 = 1 | 1 << 9;
const STATIC_GRAVITY: u32 = 10;

/// A window as large as the screen, or a smaller one on it.
pub(crate) struct Window<'c> {
    connection: &'c RustConnection,
    window: u32,
    context: Gcontext,
    depth: u8,
    width: u16,
    height: u16,
    buffers: Vec<Buffer>,
    next: usize,
    bytes: Vec<u8>,
}

/// Memory that the X server reads pictures from.
struct Buffer {
    segment: shm::Seg,
    memory: OwnedFd,
    /// The X server has not said yet that it is done with it.
    is_read: bool,
}

impl<'c> Window<'c> {
    /// Opens it. `small`: place and size, where it does not get the whole screen.
    pub(crate) fn open(
        connection: &'c RustConnection,
        screen: usize,
        small: Option<(i16, i16, u16, u16)>,
    ) -> Result<Self> {
        connection
            .extension_information(shm::X11_EXTENSION_NAME)?
            .context("the X server lacks the extension MIT-SHM")?;
        let root = &connection.setup().roots[screen];
        let (x, y, width, height) = small.unwrap_or((0, 0, root.width_in_pixels, root.height_in_pixels));
        let (window, context) = (connection.generate_id()?, connection.generate_id()?);
        let events = EventMask::KEY_PRESS | EventMask::EXPOSURE;
        let values = CreateWindowAux::new().background_pixel(0x30_3030).event_mask(events);
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(
            root.root_depth,
            window,
            root.root,
            x,
            y,
            width,
            height,
            0,
            class,
            0,
            &values,
        )?;
        connection.create_gc(context, window, &CreateGCAux::new().graphics_exposures(0))?;
        let mut opened = Self {
            connection,
            window,
            context,
            depth: root.root_depth,
            width,
            height,
            buffers: Vec::new(),
            next: 0,
            bytes: Vec::new(),
        };
        opened.describe(small)?;
        for _ in 0..BUFFERS {
            let buffer = opened.buffer()?;
            opened.buffers.push(buffer);
        }
        connection.map_window(window)?;
        connection.flush()?;
        Ok(opened)
    }

    /// Tells the window manager what it is.
    fn describe(&self, small: Option<(i16, i16, u16, u16)>) -> Result<()> {
        let Self { connection, window, .. } = *self;
        let atom = |name: &[u8]| -> Result<u32> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
        let (property, value) = if small.is_some() {
            (atom(b"_NET_WM_WINDOW_TYPE")?, atom(b"_NET_WM_WINDOW_TYPE_DIALOG")?)
        } else {
            (atom(b"_NET_WM_STATE")?, atom(b"_NET_WM_STATE_FULLSCREEN")?)
        };
        connection.change_property32(PropMode::REPLACE, window, property, AtomEnum::ATOM, &[value])?;
        if let Some((x, y, width, height)) = small {
            let mut hints = [0_u32; 18];
            hints[..5].copy_from_slice(&[
                POSITION_AND_GRAVITY,
                u32::try_from(x)?,
                u32::try_from(y)?,
                width.into(),
                height.into(),
            ]);
            hints[17] = STATIC_GRAVITY;
            let (name, kind) = (AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS);
            connection.change_property32(PropMode::REPLACE, window, name, kind, &hints)?;
        }
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        connection.change_property8(PropMode::REPLACE, window, name, kind, b"Millrace benchmark")?;
        Ok(())
    }

    fn buffer(&self) -> Result<Buffer> {
        let memory = rustix::fs::memfd_create("picture", MemfdFlags::CLOEXEC).context("making memory")?;
        rustix::fs::ftruncate(&memory, u64::from(self.width) * u64::from(self.height) * 4)?;
        let segment = self.connection.generate_id()?;
        let theirs = memory.as_fd().try_clone_to_owned()?;
        self.connection.shm_attach_fd(segment, theirs, true)?.check().context("sharing memory")?;
        Ok(Buffer { segment, memory, is_read: false })
    }

    /// The window's size.
    pub(crate) const fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Whether [`Window::show`] may be called.
    pub(crate) fn is_free(&self) -> bool {
        !self.buffers[self.next].is_read
    }

    /// Shows a picture of the window's size.
    pub(crate) fn show(&mut self, pixels: &[u32]) -> Result<()> {
        ensure!(self.is_free(), "the X server still reads the picture before");
        let buffer = &mut self.buffers[self.next];
        self.bytes.resize(pixels.len() * 4, 0);
        for (bytes, pixel) in self.bytes.as_chunks_mut::<4>().0.iter_mut().zip(pixels) {
            *bytes = pixel.to_le_bytes();
        }
        let (bytes, mut at) = (&self.bytes, 0);
        while at < bytes.len() {
            at += rustix::io::pwrite(&buffer.memory, &bytes[at..], at as u64).context("writing a picture")?;
        }
        let (width, height) = (self.width, self.height);
        let format = u8::from(ImageFormat::Z_PIXMAP);
        self.connection.shm_put_image(
            self.window,
            self.context,
            width,
            height,
            0,
            0,
            width,
            height,
            0,
            0,
            self.depth,
            format,
            true,
            buffer.segment,
            0,
        )?;
        buffer.is_read = true;
        self.next = (self.next + 1) % BUFFERS;
        Ok(())
    }

    /// The X server has read this picture.
    pub(crate) fn read(&mut self, segment: shm::Seg) {
        for buffer in self.buffers.iter_mut().filter(|buffer| buffer.segment == segment) {
            buffer.is_read = false;
        }
    }
}

//! The X connection: what is damaged, what the pointer looks like, and the user's input.

use std::os::fd::{AsFd, BorrowedFd};

use anyhow::{Context, Result};
use millrace_stream::input::Injection;
use millrace_stream::message::{MAX_CURSOR_PIXELS, WindowAction, WindowState};
use x11rb::NONE;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::ReplyError;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{self, ConnectionExt as _, ReportLevel};
use x11rb::protocol::xfixes::{self, ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xproto::{
    self, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask,
    Rectangle, WindowClass,
};
use x11rb::protocol::xtest::{self, ConnectionExt as _};
use x11rb::rust_connection::RustConnection;

use crate::log::log;
use crate::resolution::Resolution;
use crate::windows::{Ping, PropertyChange, Windows};

/// What is seen where no window is.
const BACKGROUND: u32 = 0x2b_2f36;

/// Something that the X server told.
#[derive(Debug)]
pub(crate) enum Told {
    /// The screen changed.
    Damage {
        /// Where.
        area: Rectangle,
        /// The last request of ours that it had handled.
        mark: u64,
    },
    /// The answer to [`Screen::sync`] with this mark.
    Synced {
        /// The mark.
        mark: u64,
    },
    /// The pointer has another shape.
    Cursor,
    /// The window manager serves.
    WindowManager,
    /// The screen's size may have changed.
    Resized,
    /// Windows came or went.
    Windows,
    /// The application that is typed into has come to all that was injected before [`Screen::ping`].
    CameToInput(Ping),
}

/// The pointer's shape.
pub(crate) struct CursorImage {
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) hotspot_x: u16,
    pub(crate) hotspot_y: u16,
    /// Not premultiplied.
    pub(crate) rgba: Vec<u8>,
}

/// The agent's share of the X server.
pub(crate) struct Screen {
    connection: RustConnection,
    root: xproto::Window,
    /// Never shown: events that are sent to it come back to the agent.
    mailbox: xproto::Window,
    damage: damage::Damage,
    request_frame_extents: xproto::Atom,
    frame_extents: xproto::Atom,
    openbox_control: xproto::Atom,
    resolution: Resolution,
    windows: Windows,
}

impl Screen {
    /// Connects and asks for damage, cursors and the window manager.
    pub(crate) fn connect(display: &str) -> Result<Self> {
        let (connection, number) = x11rb::connect(Some(display)).context("connecting to the X server")?;
        for extension in [damage::X11_EXTENSION_NAME, xfixes::X11_EXTENSION_NAME, xtest::X11_EXTENSION_NAME] {
            connection
                .extension_information(extension)?
                .with_context(|| format!("the X server lacks the extension {extension}"))?;
        }
        connection.damage_query_version(1, 1)?.reply()?;
        connection.xfixes_query_version(5, 0)?.reply()?;
        connection.xtest_get_version(2, 2)?.reply()?;
        let root = connection.setup().roots[number].root;
        let request_frame_extents = connection.intern_atom(false, b"_NET_REQUEST_FRAME_EXTENTS")?;
        let frame_extents = connection.intern_atom(false, b"_NET_FRAME_EXTENTS")?;
        let openbox_control = connection.intern_atom(false, b"_OB_CONTROL")?;
        let (mailbox, damage) = (connection.generate_id()?, connection.generate_id()?);
        let class = WindowClass::INPUT_ONLY;
        let properties = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.create_window(0, mailbox, root, 0, 0, 1, 1, 0, class, 0, &properties)?;
        let attributes = ChangeWindowAttributesAux::new().background_pixel(BACKGROUND);
        connection.change_window_attributes(root, &attributes)?;
        connection.clear_area(false, root, 0, 0, 0, 0)?;
        // An area that is damaged is told once, until the damage is taken away: however busy the screen, there are few events.
        connection.damage_create(damage, root, ReportLevel::DELTA_RECTANGLES)?;
        connection.xfixes_select_cursor_input(root, CursorNotifyMask::DISPLAY_CURSOR)?;
        let resolution = Resolution::query(&connection, root)?;
        let windows = Windows::watch(&connection, root)?;
        // The viewer draws the pointer; the X server would paint it into the framebuffer.
        connection.xfixes_hide_cursor(root)?.check().context("hiding the cursor")?;
        let (request_frame_extents, frame_extents) =
            (request_frame_extents.reply()?.atom, frame_extents.reply()?.atom);
        let openbox_control = openbox_control.reply()?.atom;
        Ok(Self {
            connection,
            root,
            mailbox,
            damage,
            request_frame_extents,
            frame_extents,
            openbox_control,
            resolution,
            windows,
        })
    }

    /// The connection, for requests whose answers are no events.
    pub(crate) const fn connection(&self) -> &RustConnection {
        &self.connection
    }

    /// The connection, to be waited for. Only when [`Screen::next`] has nothing left.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.connection.stream().as_fd()
    }

    /// What the X server told next, if it told something.
    pub(crate) fn next(&mut self) -> Result<Option<Told>> {
        while let Some((event, mark)) =
            self.connection.poll_for_event_with_sequence().context("the X server is gone")?
        {
            match event {
                Event::DamageNotify(notify) => return Ok(Some(Told::Damage { area: notify.area, mark })),
                Event::ClientMessage(message) if message.window == self.mailbox => {
                    return Ok(Some(Told::Synced { mark }));
                }
                Event::ClientMessage(message) => {
                    if let Some(ping) = self.windows.pong(&self.connection, &message)? {
                        return Ok(Some(Told::CameToInput(ping)));
                    }
                }
                Event::XfixesCursorNotify(_) => return Ok(Some(Told::Cursor)),
                Event::RandrScreenChangeNotify(_) => return Ok(Some(Told::Resized)),
                Event::PropertyNotify(notify) if notify.atom == self.frame_extents => {
                    return Ok(Some(Told::WindowManager));
                }
                Event::PropertyNotify(notify) => match self.windows.property_changed(&notify) {
                    PropertyChange::List => return Ok(Some(Told::Windows)),
                    PropertyChange::Noted | PropertyChange::Other => {}
                },
                Event::Error(error) => log(format_args!("the X server refused a request: {error:?}")),
                _ => {}
            }
        }
        Ok(None)
    }

    /// The screen's size now.
    pub(crate) fn size(&self) -> Result<(u16, u16)> {
        self.resolution.size(&self.connection).context("the X server is gone")
    }

    /// Gives the screen to new windows that are made for it.
    pub(crate) fn arrange_windows(&mut self) -> Result<()> {
        self.windows.serve(&self.connection).context("looking at the windows")
    }

    /// When there is news of the windows (server time, µs).
    pub(crate) const fn windows_due(&self) -> Option<u64> {
        self.windows.due()
    }

    /// Reads the news of the windows.
    pub(crate) fn refresh_windows(&mut self) -> Result<()> {
        self.windows.refresh(&self.connection).context("looking at the windows")
    }

    /// The windows as the viewer is told them; `application_of` knows the applications by their processes.
    pub(crate) fn windows(&self, application_of: impl Fn(u32) -> u32) -> Vec<WindowState> {
        self.windows.told(application_of)
    }

    /// Does what the user wants with a window.
    pub(crate) fn act_on_window(&self, window: u32, action: WindowAction) -> Result<()> {
        self.windows.act(&self.connection, window, action).context("the X server is gone")?;
        self.flush()
    }

    /// Whether the window manager has a window.
    pub(crate) fn has_windows(&self) -> bool {
        self.windows.any()
    }

    /// Another number whenever another window is typed into.
    pub(crate) const fn typed_into(&self) -> u64 {
        self.windows.activations()
    }

    /// Asks the application that is typed into to say when it has come to all that was injected so far: [`Told::CameToInput`]. Nothing if it is none
    /// that says so.
    pub(crate) fn ping(&mut self) -> Result<Option<Ping>> {
        let ping = self.windows.ping(&self.connection).context("asking the active window")?;
        self.flush()?;
        Ok(ping)
    }

    /// Asks for another size of the screen; [`Screen::size`] tells what came of it.
    pub(crate) fn resize(&mut self, size: (u16, u16), scale_percent: u16) {
        if let Err(error) = self.resolution.set(&self.connection, size, scale_percent) {
            log(format_args!("the screen cannot become {} × {}: {error:#}", size.0, size.1));
        }
    }

    /// Asks the window manager something that it answers from its main loop: [`Told::WindowManager`]. To be repeated until then: what comes
    /// while it starts is lost, or lies in openbox's queue until another event comes (a window that is mapped then would not appear).
    pub(crate) fn ask_window_manager(&self) -> Result<()> {
        let message = ClientMessageEvent::new(32, self.mailbox, self.request_frame_extents, [0_u32; 5]);
        self.tell_window_manager(message)
    }

    /// Has the window manager read its configuration again.
    pub(crate) fn reconfigure_window_manager(&self) -> Result<()> {
        const RECONFIGURE: u32 = 1;
        let data = [RECONFIGURE, 0, 0, 0, 0];
        self.tell_window_manager(ClientMessageEvent::new(32, self.root, self.openbox_control, data))
    }

    fn tell_window_manager(&self, message: ClientMessageEvent) -> Result<()> {
        let listeners = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, self.root, listeners, message)?;
        self.flush()
    }

    /// Takes the damage away, so that what is damaged from here on is told anew, and asks the X server to say when it has done so.
    /// Gives the mark from which on damage is new.
    pub(crate) fn sync(&self) -> Result<u64> {
        let subtracted = self.connection.damage_subtract(self.damage, NONE, NONE)?.sequence_number();
        let message =
            ClientMessageEvent::new(32, self.mailbox, u32::from(xproto::AtomEnum::NOTICE), [0_u32; 5]);
        self.connection.send_event(false, self.mailbox, EventMask::NO_EVENT, message)?;
        self.connection.flush()?;
        Ok(subtracted)
    }

    /// Injects an input; gives the mark of the request. Call [`Screen::flush`] after the last.
    pub(crate) fn inject(&self, injection: Injection) -> Result<u64> {
        let (kind, detail, x, y) = match injection {
            Injection::Motion { x, y } => (xproto::MOTION_NOTIFY_EVENT, 0, x, y),
            Injection::Button { button, pressed: true } => (xproto::BUTTON_PRESS_EVENT, button, 0, 0),
            Injection::Button { button, pressed: false } => (xproto::BUTTON_RELEASE_EVENT, button, 0, 0),
            Injection::Key { keycode, pressed: true } => (xproto::KEY_PRESS_EVENT, keycode, 0, 0),
            Injection::Key { keycode, pressed: false } => (xproto::KEY_RELEASE_EVENT, keycode, 0, 0),
            // INVARIANT: the typist has made a key of it.
            Injection::Character(_) => anyhow::bail!("a character is not an event"),
        };
        let (x, y) = (i16::try_from(x).unwrap_or(i16::MAX), i16::try_from(y).unwrap_or(i16::MAX));
        let request = self.connection.xtest_fake_input(kind, detail, 0, self.root, x, y, 0)?;
        Ok(request.sequence_number())
    }

    /// Sends what was injected.
    pub(crate) fn flush(&self) -> Result<()> {
        self.connection.flush().context("the X server is gone")
    }

    /// The pointer's shape; none if it has none now.
    pub(crate) fn cursor(&self) -> Result<Option<CursorImage>> {
        let reply = match self.connection.xfixes_get_cursor_image()?.reply() {
            Ok(reply) => reply,
            Err(ReplyError::X11Error(_)) => return Ok(None),
            Err(error) => return Err(error).context("the X server is gone"),
        };
        // What is larger than a viewer takes is cut; such pointers are rare and their point is at the upper left.
        let (width, height) = (reply.width.min(MAX_CURSOR_PIXELS), reply.height.min(MAX_CURSOR_PIXELS));
        let rows = reply.cursor_image.chunks_exact(usize::from(reply.width).max(1)).take(height.into());
        let rgba = rows.flat_map(|row| &row[..width.into()]).flat_map(|pixel| straight(*pixel)).collect();
        let (hotspot_x, hotspot_y) = (reply.xhot.min(width), reply.yhot.min(height));
        Ok(Some(CursorImage { width, height, hotspot_x, hotspot_y, rgba }))
    }
}

/// RGBA, not premultiplied, of a premultiplied ARGB pixel.
fn straight(pixel: u32) -> [u8; 4] {
    let [alpha, red, green, blue] = pixel.to_be_bytes();
    let unmultiply = |value: u8| match u16::from(alpha) {
        0 => 0,
        alpha => u8::try_from((u16::from(value) * 255 + alpha / 2) / alpha).unwrap_or(255),
    };
    [unmultiply(red), unmultiply(green), unmultiply(blue), alpha]
}

#[cfg(test)]
mod tests {
    use super::straight;

    #[test]
    fn colours_are_not_premultiplied() {
        assert_eq!(straight(0), [0, 0, 0, 0]);
        assert_eq!(straight(0xff01_02ff), [1, 2, 255, 255]);
        assert_eq!(straight(0x8080_4000), [255, 128, 0, 128]);
        assert_eq!(straight(0x01ff_ffff), [255, 255, 255, 1]);
    }
}

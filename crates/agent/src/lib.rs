//! The agent: shows an instance's screen to one viewer and hands the viewer's input to the X server.
//!
//! It runs in the display container, starts the X server and the window manager, and then does nothing until something happens: one thread
//! waits on the X connection, the viewer, the launcher and its own children. A change of the screen wakes it, a key press wakes it; an idle
//! screen does not.
//!
//! ```text
//! children      the X server and the window manager
//! screen        the X connection: damage, input, cursor        framebuffer   the X server's pixels, mapped
//! resolution    the screen's size
//! painter       the thread that makes frames
//! picture       pixels in, operations out: what changed, what moved, how each rectangle is written
//! clipboard     texts that are copied and pasted
//! typist        characters that no key makes
//! windows       which there are, who gets the whole screen
//! guests        who has just connected
//! preparation   an application that was started before its user came
//! connection    a socket's bytes in and out                    launcher      the app container's first process
//! agent         the loop round all of them                     viewer        one viewer's share of it
//! ```

mod agent;
mod children;
mod clipboard;
mod clock;
mod connection;
mod framebuffer;
mod guests;
mod launcher;
pub mod log;
mod options;
mod painter;
pub mod picture;
mod preparation;
mod resolution;
mod screen;
mod typist;
mod viewer;
mod window_manager;
mod windows;

pub use agent::Agent;
pub use options::Options;

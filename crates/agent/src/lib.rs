//! The agent: shows an instance's screen to one viewer and hands the viewer's input to the X server.
//!
//! It runs in the display container, starts the X server and the window manager, and then does nothing until something happens: one thread
//! waits on the X connection, the viewer, the launcher and its own children. A change of the screen wakes it, a key press wakes it; an idle
//! screen does not.
//!
//! ```text
//! picture    pixels in, operations out: what changed, what moved, how each rectangle is written
//! ```

pub mod picture;

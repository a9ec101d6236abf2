//! The windows of a session, as a bar of windows shows them, and what can be done to one.

use serde::Serialize;

use crate::wire::{ProtocolError, Reader, TooLong, check, put, put_bytes16};

/// Most windows that are told; an application that opens more has some that no bar shows.
pub const MAX_WINDOWS: usize = 256;
/// Longest title of a window, in bytes; longer ones are cut.
pub const MAX_TITLE_BYTES: usize = 512;

/// A window that a user can switch to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowState {
    /// Names it for as long as it is there.
    pub id: u32,
    /// [`super::StartApplication::id`] of the application whose process made it; 0 if that is not known.
    pub application: u32,
    /// The keys go to it.
    pub active: bool,
    /// It is not shown.
    pub minimised: bool,
    /// What it is called; at most [`MAX_TITLE_BYTES`].
    pub title: String,
}

/// What a user does to a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[repr(u8)]
pub enum WindowAction {
    /// Show it before all others, and give it the keys.
    Activate = 1,
    /// Hide it.
    Minimise = 2,
    /// Ask it to close, as its own button does; its application may ask back.
    Close = 3,
}

impl WindowAction {
    const ALL: [Self; 3] = [Self::Activate, Self::Minimise, Self::Close];

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self, ProtocolError> {
        let number = reader.u8()?;
        let action = Self::ALL.into_iter().find(|action| *action as u8 == number);
        action.ok_or(ProtocolError::OutOfRange("action"))
    }
}

impl WindowState {
    pub(super) fn decode_list(reader: &mut Reader<'_>) -> Result<Vec<Self>, ProtocolError> {
        let count = usize::from(reader.u16()?);
        check(count <= MAX_WINDOWS, "windows")?;
        let mut windows = Vec::new();
        for _ in 0..count {
            let (id, application, flags) = (reader.u32()?, reader.u32()?, reader.u8()?);
            check(flags <= 3, "flags")?;
            let title = reader.str16()?;
            check(title.len() <= MAX_TITLE_BYTES, "title")?;
            let (active, minimised) = (flags & 1 != 0, flags & 2 != 0);
            windows.push(Self { id, application, active, minimised, title: title.to_owned() });
        }
        Ok(windows)
    }

    pub(super) fn encode_list(windows: &[Self], out: &mut Vec<u8>) -> Result<(), TooLong> {
        let count = u16::try_from(windows.len()).map_err(|_| TooLong)?;
        put!(out, count);
        for Self { id, application, active, minimised, title } in windows {
            put!(out, id, application, u8::from(*active) | u8::from(*minimised) << 1);
            put_bytes16(out, title.as_bytes())?;
        }
        Ok(())
    }
}

//! Options of openh264 that the crate round it leaves to its raw interface.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;

use openh264::encoder::Encoder;
use openh264_sys2::{
    ENCODER_OPTION, ENCODER_OPTION_BITRATE, ENCODER_OPTION_MAX_BITRATE, ENCODER_OPTION_TRACE_LEVEL,
    LAYER_NUM, SBitrateInfo, SPATIAL_LAYER_0, SPATIAL_LAYER_ALL, WELS_LOG_QUIET,
};

/// Says nothing on standard error.
///
/// # Errors
/// openh264 refuses.
pub(super) fn be_quiet(encoder: &mut Encoder) -> io::Result<()> {
    let mut level: c_int = WELS_LOG_QUIET;
    // SAFETY: this option is an int, which lives until the call returns; no parameter that the crate relies on is changed.
    let refused =
        unsafe { encoder.raw_api().set_option(ENCODER_OPTION_TRACE_LEVEL, (&raw mut level).cast()) };
    done(refused)
}

/// Sets the rate, in bits a second, for the pictures that follow; at most the highest.
///
/// # Errors
/// openh264 refuses.
pub(super) fn set_bit_rate(encoder: &mut Encoder, bits_per_second: u32) -> io::Result<()> {
    set_rate(encoder, ENCODER_OPTION_BITRATE, SPATIAL_LAYER_ALL, bits_per_second)
}

/// Sets the highest rate that may be set, in bits a second; that of the first picture, without this. At least the present rate.
///
/// # Errors
/// openh264 refuses.
pub(super) fn set_most_bit_rate(encoder: &mut Encoder, bits_per_second: u32) -> io::Result<()> {
    // For all layers together it would be noted, and not used.
    set_rate(encoder, ENCODER_OPTION_MAX_BITRATE, SPATIAL_LAYER_0, bits_per_second)
}

fn set_rate(
    encoder: &mut Encoder,
    option: ENCODER_OPTION,
    layer: LAYER_NUM,
    bits_per_second: u32,
) -> io::Result<()> {
    let rate = c_int::try_from(bits_per_second).unwrap_or(c_int::MAX);
    let mut info = SBitrateInfo { iLayer: layer, iBitrate: rate };
    // SAFETY: either option is such a structure, which lives until the call returns; the crate looks at its rates only when the size changes,
    // which here it never does.
    let refused = unsafe { encoder.raw_api().set_option(option, (&raw mut info).cast()) };
    done(refused)
}

fn done(refused: c_int) -> io::Result<()> {
    if refused == 0 {
        Ok(())
    } else {
        Err(io::Error::other(format!("openh264 refuses an option: {refused}")))
    }
}

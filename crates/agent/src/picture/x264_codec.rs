//! x264, where the agent was built with the feature of that name. It takes half of openh264's time, and is under the GPL: so is an agent with it.
//!
//! The interface is that of `src/x264/shim.c`, which keeps x264's own large structures, whose layout differs from version to version, to C.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::ptr::{self, NonNull};
use std::slice;

use super::video::{NOMINAL_RATE, Planes, QP};

#[repr(C)]
struct Encoder {
    _opaque: [u8; 0],
}

unsafe extern "C" {
    fn millrace_x264_open(
        width: c_int,
        height: c_int,
        rate: c_int,
        kilobits_per_second: c_int,
        least_qp: c_int,
        most_qp: c_int,
    ) -> *mut Encoder;
    fn millrace_x264_set_rate(encoder: *mut Encoder, kilobits_per_second: c_int) -> c_int;
    fn millrace_x264_encode(
        encoder: *mut Encoder,
        luma: *const u8,
        blue: *const u8,
        red: *const u8,
        data: *mut *const u8,
        factor: *mut f64,
    ) -> c_int;
    fn millrace_x264_close(encoder: *mut Encoder);
}

/// One sequence of pictures of one size.
pub(super) struct Codec {
    /// INVARIANT: open until drop.
    encoder: NonNull<Encoder>,
    width: usize,
    height: usize,
    begins: bool,
    /// Of the last picture.
    quantiser: u32,
}

// SAFETY: an x264 encoder with one thread is tied to no thread; it is used by one at a time, through `&mut`.
unsafe impl Send for Codec {}

impl Codec {
    /// For pictures of this size, whose sides are even, at so many bits a second.
    pub(super) fn new(width: u16, height: u16, bits_per_second: u32) -> io::Result<Self> {
        let rate = c_int::try_from(NOMINAL_RATE).unwrap_or(c_int::MAX);
        // SAFETY: numbers only.
        let encoder = unsafe {
            millrace_x264_open(
                width.into(),
                height.into(),
                rate,
                kilobits(bits_per_second),
                QP.0.into(),
                QP.1.into(),
            )
        };
        let encoder = NonNull::new(encoder).ok_or_else(|| io::Error::other("x264 cannot be opened"))?;
        Ok(Self { encoder, width: width.into(), height: height.into(), begins: true, quantiser: 0 })
    }

    /// Another rate, in bits a second, for the pictures that follow.
    pub(super) fn set_bit_rate(&mut self, bits_per_second: u32) -> io::Result<()> {
        // SAFETY: the encoder is open.
        let refused = unsafe { millrace_x264_set_rate(self.encoder.as_ptr(), kilobits(bits_per_second)) };
        if refused == 0 { Ok(()) } else { Err(io::Error::other("x264 refuses a rate")) }
    }

    /// Appends the next picture's access unit; says whether the sequence begins with it.
    pub(super) fn encode(&mut self, planes: &Planes, out: &mut Vec<u8>) -> io::Result<bool> {
        let (luma, chroma) = (self.width * self.height, self.width * self.height / 4);
        assert!(
            planes.luma.len() == luma && planes.blue.len() == chroma && planes.red.len() == chroma,
            "planes of another size"
        );
        let (mut data, mut factor) = (ptr::null(), 0.0);
        // SAFETY: the encoder is open and has this size; each plane has as many bytes as a picture of it, in rows without gaps, and outlives
        // the call, which keeps none of them.
        let size = unsafe {
            millrace_x264_encode(
                self.encoder.as_ptr(),
                planes.luma.as_ptr(),
                planes.blue.as_ptr(),
                planes.red.as_ptr(),
                &raw mut data,
                &raw mut factor,
            )
        };
        let size = usize::try_from(size).ok().filter(|size| *size > 0 && !data.is_null());
        let size = size.ok_or_else(|| io::Error::other("x264 made no picture"))?;
        // A number that is none becomes 0.
        self.quantiser = factor.clamp(0.0, 51.0) as u32;
        // SAFETY: so many bytes are x264's own until the next call, and are copied before it.
        out.extend_from_slice(unsafe { slice::from_raw_parts(data, size) });
        Ok(std::mem::take(&mut self.begins))
    }

    /// How coarsely the last picture was quantised, on average (quantisation parameter of H.264).
    pub(super) const fn quantiser(&self) -> u32 {
        self.quantiser
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: it is open, and nobody has it any more.
        unsafe { millrace_x264_close(self.encoder.as_ptr()) };
    }
}

fn kilobits(bits_per_second: u32) -> c_int {
    c_int::try_from(bits_per_second / 1000).unwrap_or(c_int::MAX).max(1)
}

//! The X server's framebuffer, mapped: pixels are read where the X server paints them, without asking it.
//!
//! Xvfb's `-fbdir` keeps the screen in a file in XWD format (X Window Dump, version 7: big-endian header, colour map, rows).
#![allow(unsafe_code)]

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::ptr;

use anyhow::{Context, Result, ensure};
use millrace_stream::frame::Rect;
use rustix::fs::{FallocateFlags, fallocate};
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::log::log;
use crate::picture::Picture;

/// The header's fields, as four-byte words.
const WORDS: usize = 25;

/// The smallest page of any machine.
const PAGE_BYTES: usize = 4096;

/// A mapped screen of 24-bit colour.
pub(crate) struct Framebuffer {
    /// INVARIANT: a shared mapping of `length` bytes, held until drop.
    mapping: *const u8,
    length: usize,
    /// INVARIANT: `pixels + stride × height` is at most `length`, and `width × 4` at most `stride`.
    pixels: usize,
    stride: usize,
    width: u16,
    height: u16,
    file: File,
}

// SAFETY: the mapping is only read, by copies, from whichever thread; it stays until drop, and moving it moves no memory.
unsafe impl Send for Framebuffer {}
// SAFETY: as above: reading changes nothing of it.
unsafe impl Sync for Framebuffer {}

impl Framebuffer {
    /// Maps the file of an X server that is up.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let file = File::options().read(true).write(true).open(path);
        let file = file.with_context(|| format!("opening {}", path.display()))?;
        let mut header = [0; WORDS * 4];
        file.read_exact_at(&mut header, 0).context("reading the framebuffer's header")?;
        let (words, _) = header.as_chunks::<4>();
        let word = |index: usize| u32::from_be_bytes(words[index]);
        let (version, format, depth) = (word(1), word(2), word(3));
        ensure!((version, format, depth) == (7, 2, 24), "not a dump of a screen of 24-bit colour");
        let (byte_order, bits, masks) = (word(7), word(11), (word(14), word(15), word(16)));
        ensure!((byte_order, bits) == (0, 32), "pixels are not 32 bits, little-endian");
        ensure!(masks == (0xff_0000, 0xff00, 0xff), "pixels are not 0x00RRGGBB");
        let (width, height) = (u16::try_from(word(4))?, u16::try_from(word(5))?);
        let stride = word(12) as usize;
        // The colour map's entries have twelve bytes.
        let pixels = word(0) as usize + word(19) as usize * 12;
        let length = usize::try_from(file.metadata()?.len())?;
        ensure!(stride >= usize::from(width) * 4, "rows are shorter than the screen is wide");
        ensure!(pixels + stride * usize::from(height) <= length, "the framebuffer's file is too short");
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let mapping = unsafe { mmap(ptr::null_mut(), length, ProtFlags::READ, MapFlags::SHARED, &file, 0) };
        let mapping = mapping.context("mapping the framebuffer")?.cast_const().cast();
        Ok(Self { mapping, length, pixels, stride, width, height, file })
    }

    /// Columns that the X server started with; its screen has at most as many.
    pub(crate) const fn width(&self) -> u16 {
        self.width
    }

    /// Rows that the X server started with; its screen has at most as many.
    pub(crate) const fn height(&self) -> u16 {
        self.height
    }

    /// Gives back the memory of the rows and columns beyond a screen of this size. Should it get them again, the X server paints them anew.
    pub(crate) fn forget_outside(&self, width: u16, height: u16) {
        let end = self.pixels + self.stride * usize::from(self.height);
        let below = (self.pixels + self.stride * usize::from(height), end);
        let used = usize::from(width) * 4;
        // Less than a page at the right of a row holds no page of its own.
        let rows = if self.stride - used < PAGE_BYTES { 0 } else { usize::from(height) };
        let right =
            (0..rows).map(|row| self.pixels + row * self.stride).map(|row| (row + used, row + self.stride));
        for (start, end) in right.chain([below]).filter(|(start, end)| start < end) {
            let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            if let Err(error) = fallocate(&self.file, flags, start as u64, (end - start) as u64) {
                // It costs memory and nothing else.
                log(format_args!("giving back the framebuffer's unused memory: {error}"));
                return;
            }
        }
    }

    /// Copies a rectangle of the screen into a picture of the screen's size, which may be smaller than at the X server's start. The X server may paint meanwhile: then the copy holds some old
    /// and some new pixels, and the damage that is reported for the new ones brings the rest.
    pub(crate) fn read(&self, picture: &mut Picture, rect: Rect) {
        assert!(rect.is_within(self.width, self.height), "reading beyond the screen");
        for y in rect.y..rect.y + rect.height {
            let row = picture.row_mut(rect.x, y, rect.width);
            let offset = self.pixels + usize::from(y) * self.stride + usize::from(rect.x) * 4;
            // SAFETY: the rectangle is within the screen, so the row's `width × 4` bytes from `offset` are within the mapping, and `row`
            // has as many. The bytes may change while they are copied, since another process writes them; each is copied once into
            // memory of our own, every value is a valid pixel, and no reference to the mapping is ever made.
            unsafe {
                ptr::copy_nonoverlapping(
                    self.mapping.add(offset),
                    row.as_mut_ptr().cast::<u8>(),
                    row.len() * 4,
                );
            }
            for pixel in row {
                // The X server leaves whatever it likes in the unused byte.
                *pixel = u32::from_le(*pixel) & 0xff_ffff;
            }
        }
    }
}

impl Drop for Framebuffer {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours, and nothing refers to it any more.
        let unmapped = unsafe { munmap(self.mapping.cast_mut().cast(), self.length) };
        debug_assert!(unmapped.is_ok());
    }
}

//! What the window shows.

use anyhow::Result;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConnectionExt as _, CreateGCAux, Gcontext, ImageFormat, Pixmap, Rectangle, Window,
};
use x11rb::rust_connection::RustConnection;

const YELLOW: u32 = 0xeb_e13c;
const BLUE: u32 = 0x19_1e82;
const PAPER: u32 = 0xff_fffe;
const INK: u32 = 0x20_2020;
/// Where the block that flips is: a method shared with other streaming programs' measurements (see the benchmark).
const BLOCK: Rectangle = Rectangle { x: 64, y: 64, width: 256, height: 256 };
/// Height of a line of text in pixels, and width of a character.
const LINE: u16 = 16;
const CHARACTER: u16 = 8;
/// Height of the bands in which the animation is sent, so that a request stays below the X server's limit of 256 KiB.
const BAND: u16 = 16;

/// A window and what was last drawn in it.
pub(crate) struct Canvas<'c> {
    connection: &'c RustConnection,
    window: Window,
    /// The picture is drawn here and copied: the stream sees it change at once, as with any toolkit.
    buffer: Pixmap,
    context: Gcontext,
    depth: u8,
    width: u16,
    height: u16,
    flipped: bool,
    step: u32,
    random: u32,
}

impl<'c> Canvas<'c> {
    pub(crate) fn new(
        connection: &'c RustConnection,
        window: Window,
        depth: u8,
        width: u16,
        height: u16,
    ) -> Result<Self> {
        let (buffer, context) = (connection.generate_id()?, connection.generate_id()?);
        connection.create_pixmap(depth, buffer, window, width, height)?;
        connection.create_gc(context, window, &CreateGCAux::new().graphics_exposures(0))?;
        let canvas = Self {
            connection,
            window,
            buffer,
            context,
            depth,
            width,
            height,
            flipped: false,
            step: 0,
            random: 1,
        };
        canvas.fill(buffer, 0x30_3030, &[Rectangle { x: 0, y: 0, width, height }])?;
        canvas.fill(buffer, YELLOW, &[BLOCK])?;
        Ok(canvas)
    }

    /// Shows the picture as it is.
    pub(crate) fn paint(&self) -> Result<()> {
        let (width, height) = (self.width, self.height);
        self.connection.copy_area(self.buffer, self.window, self.context, 0, 0, 0, 0, width, height)?;
        Ok(())
    }

    /// The block takes its other colour.
    pub(crate) fn flip(&mut self) -> Result<()> {
        self.flipped = !self.flipped;
        let colour = if self.flipped { BLUE } else { YELLOW };
        self.fill(self.buffer, colour, &[BLOCK])?;
        self.fill(self.window, colour, &[BLOCK])
    }

    /// The next picture of the animation: a gradient that moves, with a disc that wanders over it.
    pub(crate) fn animate(&mut self) -> Result<()> {
        self.step = self.step.wrapping_add(1);
        let (width, height) = (u32::from(self.width), u32::from(self.height));
        let centre_x = (f64::from(self.step) / 40.0).sin().mul_add(0.35, 0.5) * f64::from(width);
        let centre_y = (f64::from(self.step) / 31.0).cos().mul_add(0.35, 0.5) * f64::from(height);
        // INVARIANT: within the window, so within i32.
        let (centre_x, centre_y) = (centre_x as i32, centre_y as i32);
        let radius = (height / 6) as i32;
        for top in (0..self.height).step_by(BAND.into()) {
            let rows = BAND.min(self.height - top);
            let mut data = Vec::with_capacity(usize::from(rows) * usize::from(self.width) * 4);
            for y in u32::from(top)..u32::from(top + rows) {
                let across = y as i32 - centre_y;
                for x in 0..width {
                    let along = x as i32 - centre_x;
                    let shade = (x * 255 / width + self.step) & 0xff;
                    let pixel = if along * along + across * across < radius * radius {
                        0xff_a040 ^ (shade << 8)
                    } else {
                        shade << 16 | (y * 255 / height) << 8 | 0x60
                    };
                    data.extend_from_slice(&pixel.to_le_bytes());
                }
            }
            let (format, y) = (ImageFormat::Z_PIXMAP, i16::try_from(top)?);
            let (buffer, context, depth) = (self.buffer, self.context, self.depth);
            self.connection.put_image(format, buffer, context, self.width, rows, 0, y, 0, depth, &data)?;
        }
        self.paint()
    }

    /// The text goes up by a line, and a new one appears at the bottom.
    pub(crate) fn scroll(&mut self) -> Result<()> {
        if self.step == 0 {
            let all = Rectangle { x: 0, y: 0, width: self.width, height: self.height };
            self.fill(self.buffer, PAPER, &[all])?;
            for line in 0..self.height / LINE {
                self.line(line * LINE)?;
            }
        }
        self.step += 1;
        let (width, height) = (self.width, self.height - LINE);
        let (buffer, context, from) = (self.buffer, self.context, i16::try_from(LINE)?);
        self.connection.copy_area(buffer, buffer, context, 0, from, 0, 0, width, height)?;
        self.line(height)?;
        self.paint()
    }

    /// Draws a line of characters: two strokes each, at random places of their box, with spaces between words.
    fn line(&mut self, y: u16) -> Result<()> {
        let y = i16::try_from(y)?;
        let mut strokes = Vec::new();
        for left in (0..self.width.saturating_sub(CHARACTER)).step_by(CHARACTER.into()) {
            self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, d] = self.random.to_be_bytes().map(i16::from);
            if a < 40 {
                continue;
            }
            let x = i16::try_from(left)?;
            strokes.push(Rectangle { x: x + b % 6, y: y + 3, width: 1, height: 10 });
            strokes.push(Rectangle { x: x + 1, y: y + 3 + c % 9, width: 2 + (d % 4) as u16, height: 1 });
        }
        self.fill(self.buffer, PAPER, &[Rectangle { x: 0, y, width: self.width, height: LINE }])?;
        self.fill(self.buffer, INK, &strokes)
    }

    fn fill(&self, drawable: u32, colour: u32, rectangles: &[Rectangle]) -> Result<()> {
        self.connection.change_gc(self.context, &ChangeGCAux::new().foreground(colour))?;
        self.connection.poly_fill_rectangle(drawable, self.context, rectangles)?;
        Ok(())
    }
}

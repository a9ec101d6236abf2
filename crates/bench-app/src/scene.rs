//! What the window shows, as pixels in memory and without an X server: the same step is the same picture, wherever it is computed, so that a
//! benchmark can compare what a viewer sees with what was drawn.

const YELLOW: u32 = 0xeb_e13c;
const BLUE: u32 = 0x19_1e82;
const BACKGROUND: u32 = 0x30_3030;
const PAPER: u32 = 0xff_fffe;
const INK: u32 = 0x20_2020;
/// Place and side of the block that flips: a method shared with other streaming programs' measurements (see the benchmark).
const BLOCK: (usize, usize, usize) = (64, 64, 256);
/// Where [`Scene::Both`] shows its film, and the film's size.
const INSET: (usize, usize, usize, usize) = (560, 300, 640, 360);
/// Height of a line of text in pixels, and width of a character.
const LINE: usize = 16;
const CHARACTER: usize = 8;
/// The step's number, in bits of so many pixels a side in the upper left corner: black is 0, white is 1, the highest bit comes first.
const MARK_BITS: usize = 16;
const MARK_SIDE: usize = 16;
/// Side of the picture that the film's camera moves over; it repeats. A power of two.
const PHOTO: usize = 1024;

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Scene {
    /// A block that flips with each key.
    Block,
    /// A camera that moves over a picture, and discs in front of it.
    Film,
    /// Lines of text that go up, one a step.
    Scroll,
    /// The block, and a film of 640 × 360 beside it.
    Both,
}

/// A picture of a scene: rows from the top, each pixel `0x00RRGGBB`.
pub(crate) struct Painting {
    scene: Scene,
    width: usize,
    height: usize,
    pixels: Vec<u32>,
    photo: Vec<u32>,
    step: u32,
    flipped: bool,
    random: u32,
}

impl Painting {
    /// The scene's first picture.
    pub(crate) fn new(scene: Scene, width: usize, height: usize) -> Self {
        let photo = if matches!(scene, Scene::Film | Scene::Both) { photo() } else { Vec::new() };
        let pixels = vec![if scene == Scene::Scroll { PAPER } else { BACKGROUND }; width * height];
        let mut painting = Self { scene, width, height, pixels, photo, step: 0, flipped: false, random: 1 };
        if scene == Scene::Scroll {
            (0..height / LINE).for_each(|line| painting.line(line * LINE));
        }
        painting.paint();
        painting
    }

    /// The pixels.
    pub(crate) fn pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// How many steps there were.
    pub(crate) const fn step(&self) -> u32 {
        self.step
    }

    /// The next picture.
    pub(crate) fn advance(&mut self) {
        self.step += 1;
        if self.scene == Scene::Scroll {
            // The mark does not scroll along: what is under it comes from the text's own rows, which it hides.
            self.pixels.copy_within(LINE * self.width.., 0);
            self.line((self.height / LINE - 1) * LINE);
        }
        self.paint();
    }

    /// The block takes its other colour.
    pub(crate) fn flip(&mut self) {
        self.flipped = !self.flipped;
        self.paint();
    }

    fn paint(&mut self) {
        match self.scene {
            Scene::Block => self.block(),
            Scene::Film => self.film((0, 0, self.width, self.height)),
            Scene::Scroll => self.mark(0, 0),
            Scene::Both => {
                self.block();
                let (x, y, width, height) = INSET;
                let (width, height) =
                    (width.min(self.width.saturating_sub(x)), height.min(self.height.saturating_sub(y)));
                self.film((x, y, width, height));
            }
        }
    }

    fn block(&mut self) {
        let (x, y, side) = BLOCK;
        let colour = if self.flipped { BLUE } else { YELLOW };
        self.fill((x, y, side, side), colour);
    }

    /// The camera's way is smooth and never the same for long; the discs move each in its own way, and are of the picture's kind too.
    fn film(&mut self, (left, top, width, height): (usize, usize, usize, usize)) {
        if width == 0 || height == 0 {
            return;
        }
        let time = f64::from(self.step);
        let (pan_x, pan_y) =
            ((time / 90.0).sin().mul_add(60.0, 64.0), (time / 70.0).cos().mul_add(40.0, 64.0));
        let (pan_x, pan_y) = (pan_x as usize, pan_y as usize);
        for y in 0..height {
            let row = &self.photo[(y + pan_y) % PHOTO * PHOTO..][..PHOTO];
            let mut target = &mut self.pixels[(top + y) * self.width + left..][..width];
            let mut from = pan_x;
            while !target.is_empty() {
                let run = target.len().min(PHOTO - from);
                let (now, later) = target.split_at_mut(run);
                now.copy_from_slice(&row[from..from + run]);
                (target, from) = (later, 0);
            }
        }
        for disc in 0..3_u32 {
            let phase = time / f64::from(25 + 7 * disc) + f64::from(disc) * 2.0;
            let across = phase.sin().mul_add(0.35, 0.5) * width as f64;
            let down = (phase * 1.3).cos().mul_add(0.35, 0.5) * height as f64;
            let radius = height / (6 + disc as usize);
            self.disc((left, top, width, height), (across as usize, down as usize), radius, disc);
        }
        self.mark(left, top);
    }

    fn disc(
        &mut self,
        (left, top, width, height): (usize, usize, usize, usize),
        (x, y): (usize, usize),
        radius: usize,
        kind: u32,
    ) {
        for row in y.saturating_sub(radius)..(y + radius).min(height) {
            let half = (radius.pow(2) - row.abs_diff(y).pow(2)).isqrt();
            let from = x.saturating_sub(half);
            // It carries its own piece of the picture along.
            let source = (row + radius - y + 512) % PHOTO * PHOTO;
            for column in from..(x + half).min(width) {
                let along = (column + radius - x.min(column + radius) + 200 * kind as usize) % PHOTO;
                let pixel = self.photo[source + along] ^ (0x30_60c0 >> kind);
                self.pixels[(top + row) * self.width + left + column] = pixel;
            }
        }
    }

    /// Draws a line of characters: two strokes each, at random places of their box, with spaces between words.
    fn line(&mut self, y: usize) {
        self.fill((0, y, self.width, LINE), PAPER);
        for left in (0..self.width.saturating_sub(CHARACTER)).step_by(CHARACTER) {
            self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, d] = self.random.to_be_bytes().map(usize::from);
            if a < 40 {
                continue;
            }
            self.fill((left + b % 6, y + 3, 1, 10), INK);
            self.fill((left + 1, y + 3 + c % 9, 2 + d % 4, 1), INK);
        }
    }

    fn mark(&mut self, left: usize, top: usize) {
        for bit in 0..MARK_BITS {
            let is_set = self.step >> (MARK_BITS - 1 - bit) & 1 == 1;
            let place = (left + bit * MARK_SIDE, top, MARK_SIDE, MARK_SIDE);
            self.fill(place, if is_set { 0xff_ffff } else { 0 });
        }
    }

    fn fill(&mut self, (x, y, width, height): (usize, usize, usize, usize), pixel: u32) {
        let (right, bottom) = ((x + width).min(self.width), (y + height).min(self.height));
        for row in y..bottom {
            if x < right {
                self.pixels[row * self.width + x..row * self.width + right].fill(pixel);
            }
        }
    }
}

/// A picture like a photograph: soft shapes of several sizes and colours, with fine detail.
fn photo() -> Vec<u32> {
    let mut pixels = Vec::with_capacity(PHOTO * PHOTO);
    let octaves = [(7, 0.5), (5, 0.28), (3, 0.14), (1, 0.06)];
    for y in 0..PHOTO as u32 {
        for x in 0..PHOTO as u32 {
            let light: f64 = octaves.iter().map(|(size, share)| noise(x, y, *size) * share).sum();
            let tint = noise(x, y, 8);
            let level = |value: f64| value.clamp(0.0, 255.0) as u32;
            let red = level(light.mul_add(0.9, tint * 0.3) - 20.0);
            let blue = level(light.mul_add(0.7, (255.0 - tint) * 0.3));
            pixels.push(red << 16 | level(light) << 8 | blue);
        }
    }
    pixels
}

/// Smooth noise between 0 and 255 that repeats after [`PHOTO`] pixels; `size` is the distance of its independent values as a power of two.
fn noise(x: u32, y: u32, size: u32) -> f64 {
    let mask = (PHOTO as u32 >> size) - 1;
    let (column, row) = (x >> size, y >> size);
    let value = |column: u32, row: u32| {
        let mixed =
            (column & mask).wrapping_mul(0x9e37_79b1) ^ ((row & mask) + size * 977).wrapping_mul(0x85eb_ca6b);
        let mixed = (mixed ^ mixed >> 15).wrapping_mul(0x2c1b_3c6d);
        f64::from((mixed ^ mixed >> 12) & 255)
    };
    let smooth = |place: u32| {
        let share = f64::from(place & ((1 << size) - 1)) / f64::from(1_u32 << size);
        share * share * 2.0_f64.mul_add(-share, 3.0)
    };
    let (across, down) = (smooth(x), smooth(y));
    let mix = |a: f64, b: f64, share: f64| share.mul_add(b - a, a);
    let upper = mix(value(column, row), value(column + 1, row), across);
    mix(upper, mix(value(column, row + 1), value(column + 1, row + 1), across), down)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_the_same_picture_each_time() {
        for scene in [Scene::Film, Scene::Scroll, Scene::Both] {
            let (mut one, mut other) = (Painting::new(scene, 1300, 700), Painting::new(scene, 1300, 700));
            for _ in 0..5 {
                let before = one.pixels().to_vec();
                one.advance();
                other.advance();
                assert!(one.pixels() == other.pixels() && one.pixels() != before, "{scene:?}");
            }
            assert_eq!(one.step(), 5);
        }
    }

    #[test]
    fn the_mark_tells_the_step() {
        let mut painting = Painting::new(Scene::Film, 640, 360);
        for _ in 0..0x105 {
            painting.advance();
        }
        let bits = (0..MARK_BITS).map(|bit| painting.pixels()[8 * 640 + bit * MARK_SIDE + 8]);
        assert_eq!(bits.fold(0, |step, pixel| step << 1 | u32::from(pixel != 0)), 0x105);
    }

    #[test]
    fn small_windows_are_no_error() {
        for scene in [Scene::Block, Scene::Film, Scene::Scroll, Scene::Both] {
            let mut painting = Painting::new(scene, 20, 20);
            painting.flip();
            (0..100).for_each(|_| painting.advance());
        }
    }
}

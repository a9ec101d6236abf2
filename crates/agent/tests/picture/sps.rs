//! What a sequence parameter set of H.264 says (ITU-T H.264, 7.3.2.1.1 and annex E), as far as the tests ask.

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) full_range: bool,
    /// Primaries, transfer, matrix: numbers of tables E-3 to E-5.
    pub(crate) colours: Option<[u32; 3]>,
    pub(crate) max_reordered: Option<u32>,
}

/// The NAL units of a byte stream, without their start codes.
pub(crate) fn units(data: &[u8]) -> Vec<&[u8]> {
    let codes: Vec<usize> =
        (0..data.len().saturating_sub(2)).filter(|at| data[*at..].starts_with(&[0, 0, 1])).collect();
    let ends = codes.iter().skip(1).map(|next| next - usize::from(data[next - 1] == 0)).chain([data.len()]);
    codes.iter().zip(ends).map(|(start, end)| &data[start + 3..end]).collect()
}

/// A NAL unit's kind: 1 and 5 are slices, 7 is a sequence parameter set.
pub(crate) fn kind(unit: &[u8]) -> u8 {
    unit[0] & 0x1f
}

struct Bits {
    bits: Vec<bool>,
    at: usize,
}

impl Bits {
    fn take(&mut self, count: usize) -> u32 {
        let bits = &self.bits[self.at..self.at + count];
        self.at += count;
        bits.iter().fold(0, |value, bit| value << 1 | u32::from(*bit))
    }

    fn flag(&mut self) -> bool {
        self.take(1) == 1
    }

    /// Exp-Golomb.
    fn number(&mut self) -> u32 {
        let zeros = self.bits[self.at..].iter().take_while(|bit| !**bit).count();
        self.at += zeros + 1;
        (1 << zeros) - 1 + self.take(zeros)
    }
}

/// Reads a baseline or main profile's set.
pub(crate) fn parameters(unit: &[u8]) -> Parameters {
    assert_eq!(kind(unit), 7);
    // Bytes that keep start codes out of the data are no data.
    let mut data = Vec::new();
    for (at, byte) in unit.iter().enumerate().skip(1) {
        if !(*byte == 3 && at >= 2 && unit[at - 2..at] == [0, 0]) {
            data.push(*byte);
        }
    }
    let bits = data.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let mut bits = Bits { bits, at: 0 };
    let profile = bits.take(8);
    assert!([66, 77].contains(&profile), "profile {profile}");
    bits.take(16);
    bits.number();
    bits.number();
    let order = bits.number();
    assert!(order == 0 || order == 2, "picture order of type {order}");
    if order == 0 {
        bits.number();
    }
    bits.number();
    bits.flag();
    let (across, down) = (bits.number() + 1, bits.number() + 1);
    assert!(bits.flag(), "fields");
    bits.flag();
    let crop = if bits.flag() { [(); 4].map(|()| bits.number()) } else { [0; 4] };
    let (width, height) = (across * 16 - 2 * (crop[0] + crop[1]), down * 16 - 2 * (crop[2] + crop[3]));
    let mut found = Parameters { width, height, full_range: false, colours: None, max_reordered: None };
    if bits.flag() {
        usability(&mut bits, &mut found);
    }
    found
}

fn usability(bits: &mut Bits, found: &mut Parameters) {
    assert!(!bits.flag(), "an aspect ratio");
    assert!(!bits.flag(), "overscan");
    if bits.flag() {
        bits.take(3);
        found.full_range = bits.flag();
        if bits.flag() {
            found.colours = Some([bits.take(8), bits.take(8), bits.take(8)]);
        }
    }
    assert!(!bits.flag(), "chroma's place");
    // How long a tick is, and how many a second has.
    if bits.flag() {
        bits.take(32);
        bits.take(32);
        bits.flag();
    }
    for what in ["buffering", "buffering", "a picture's structure"] {
        assert!(!bits.flag(), "{what}");
    }
    if bits.flag() {
        bits.flag();
        for _ in 0..4 {
            bits.number();
        }
        found.max_reordered = Some(bits.number());
    }
}

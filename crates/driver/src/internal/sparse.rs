//! Files with holes in archives, in the form that GNU tar calls PAX 1.0: the file's data alone, behind a list of where they belong. Every reader of
//! archives in Go knows it, and so the programs that work on OCI images; the older form of GNU tar (an entry of the kind `S`) some of them refuse.
//!
//! ```text
//! pax header   GNU.sparse.major=1  GNU.sparse.minor=0  GNU.sparse.name=…  GNU.sparse.realsize=…
//! entry        "COUNT\nOFFSET\nLENGTH\n…" up to a whole block of 512 bytes, then the data of each piece
//! ```

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileExt, MetadataExt};

use rustix::fs::SeekFrom;
use rustix::io::Errno;
use tar::{Entry, EntryType, Header};

/// The unit of an archive.
const BLOCK: u64 = 512;
/// Pieces of one file: it takes 16 bytes of memory for each.
const MOST_PIECES: u64 = 1 << 20;
/// A number in the list: 20 digits, and the newline.
const LONGEST_NUMBER: usize = 21;
/// What the names of all keys begin with.
const PREFIX: &str = "GNU.sparse.";

/// A part of a file that is no hole: where it is, and how long.
pub(super) type Piece = (u64, u64);

/// The pieces of a file that has holes; none if it has not, or the file system does not tell.
pub(super) fn pieces(file: &File) -> io::Result<Option<Vec<Piece>>> {
    let metadata = file.metadata()?;
    if metadata.blocks().saturating_mul(BLOCK) >= metadata.len() {
        return Ok(None);
    }
    let seek = |from| match rustix::fs::seek(file, from) {
        Ok(at) => Ok(Some(at)),
        // Nothing but a hole from there on.
        Err(Errno::NXIO) => Ok(None),
        Err(error) => Err(io::Error::from(error)),
    };
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = seek(SeekFrom::Data(at))? {
        let end = seek(SeekFrom::Hole(start))?.unwrap_or(metadata.len());
        found.push((start, end - start));
        at = end;
        if found.len() as u64 >= MOST_PIECES {
            return Ok(None);
        }
    }
    let whole = found.first() == Some(&(0, metadata.len()));
    Ok((!whole).then_some(found))
}

/// What goes into the pax header of a file with holes.
pub(super) fn records(name: &[u8], size: u64) -> Vec<(String, Vec<u8>)> {
    let record = |key: &str, value: Vec<u8>| (format!("{PREFIX}{key}"), value);
    vec![
        record("major", b"1".to_vec()),
        record("minor", b"0".to_vec()),
        record("name", name.to_vec()),
        record("realsize", size.to_string().into_bytes()),
    ]
}

/// Writes the entry itself, behind its pax header.
pub(super) fn write(
    output: &mut impl Write,
    mut header: Header,
    file: &File,
    pieces: &[Piece],
) -> io::Result<()> {
    let mut list = format!("{}\n", pieces.len());
    for (start, length) in pieces {
        list.push_str(&format!("{start}\n{length}\n"));
    }
    let mut list = list.into_bytes();
    list.resize(list.len().next_multiple_of(BLOCK as usize), 0);
    let data: u64 = pieces.iter().map(|(_, length)| length).sum();
    header.set_entry_type(EntryType::Regular);
    // Whoever knows the form takes the name of the pax header.
    header.set_path("GNUSparseFile.0/file")?;
    header.set_size(list.len() as u64 + data);
    header.set_cksum();
    output.write_all(header.as_bytes())?;
    output.write_all(&list)?;
    for &(start, length) in pieces {
        copy(file, start, length, output)?;
    }
    let padding = data.next_multiple_of(BLOCK) - data;
    output.write_all(&[0; BLOCK as usize][..padding as usize])
}

fn copy(file: &File, start: u64, length: u64, output: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 17];
    let mut done = 0;
    while done < length {
        let wanted = buffer.len().min(usize::try_from(length - done).unwrap_or(usize::MAX));
        match file.read_at(&mut buffer[..wanted], start + done)? {
            0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter")),
            count => {
                output.write_all(&buffer[..count])?;
                done += count as u64;
            }
        }
    }
    Ok(())
}

/// What an entry says of a file with holes.
pub(super) struct Sparse {
    pub(super) name: Vec<u8>,
    pub(super) size: u64,
}

/// Whether the entry is one; none if it is not.
///
/// # Errors
/// It is one in a form that is not known.
pub(super) fn of(entry: &mut Entry<'_, impl Read>) -> io::Result<Option<Sparse>> {
    let Some(extensions) = entry.pax_extensions()? else { return Ok(None) };
    let (mut seen, mut version, mut name, mut size) = (false, [None; 2], None, None);
    for extension in extensions {
        let extension = extension?;
        let Ok(Some(key)) = extension.key().map(|key| key.strip_prefix(PREFIX)) else { continue };
        seen = true;
        let number = || std::str::from_utf8(extension.value_bytes()).ok().and_then(|text| text.parse().ok());
        match key {
            "major" => version[0] = number(),
            "minor" => version[1] = number(),
            "name" => name = Some(extension.value_bytes().to_vec()),
            "realsize" => size = number(),
            _ => {}
        }
    }
    match (seen, version, name, size) {
        (false, ..) => Ok(None),
        (true, [Some(1), Some(0)], Some(name), Some(size)) => Ok(Some(Sparse { name, size })),
        _ => Err(refuse(
            "a file with holes is in a form that is not known (known are those of GNU tar and PAX 1.0)",
        )),
    }
}

/// The list at the beginning of the entry: ordered, without overlaps, within `size`.
pub(super) fn read_pieces(entry: &mut impl Read, size: u64) -> io::Result<Vec<Piece>> {
    let mut taken = 0;
    let count = number(entry, &mut taken)?;
    if count > MOST_PIECES {
        return Err(refuse("a file with holes has too many pieces"));
    }
    let (mut found, mut at) = (Vec::new(), 0);
    for _ in 0..count {
        let (start, length) = (number(entry, &mut taken)?, number(entry, &mut taken)?);
        let end = start.checked_add(length).filter(|end| *end <= size && start >= at);
        at = end.ok_or_else(|| refuse("the pieces of a file with holes do not fit together"))?;
        found.push((start, length));
    }
    let mut padding = [0; BLOCK as usize];
    let padded = taken.next_multiple_of(BLOCK) - taken;
    entry.read_exact(&mut padding[..padded as usize])?;
    Ok(found)
}

fn number(entry: &mut impl Read, taken: &mut u64) -> io::Result<u64> {
    let mut text = Vec::with_capacity(LONGEST_NUMBER);
    loop {
        let mut byte = [0];
        entry.read_exact(&mut byte)?;
        *taken += 1;
        match byte[0] {
            b'\n' => break,
            digit if digit.is_ascii_digit() && text.len() < LONGEST_NUMBER => text.push(digit),
            _ => return Err(refuse("the list of a file with holes is not one of numbers")),
        }
    }
    std::str::from_utf8(&text)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| refuse("the list of a file with holes is not one of numbers"))
}

fn refuse(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

//! Writes an OCI archive: a tar of an OCI image layout with one image.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tar::{EntryType, Header};

/// Tar's unit, in bytes.
const BLOCK: u64 = 512;
/// What is read at once of a blob that is streamed, in bytes.
const BUFFER: usize = 1 << 18;

/// A blob of an image, as others speak of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Its SHA-256 in hexadecimal digits.
    pub hex: String,
    /// Its length in bytes.
    pub size: u64,
}

impl Blob {
    /// Of what is in memory.
    #[must_use]
    pub fn of(content: &[u8]) -> Self {
        Self { hex: hex::encode(Sha256::digest(content)), size: content.len() as u64 }
    }

    /// `sha256:…`
    #[must_use]
    pub fn digest(&self) -> String {
        format!("sha256:{}", self.hex)
    }

    /// The descriptor of OCI's image specification.
    #[must_use]
    pub fn descriptor(&self, media_type: &str) -> Value {
        json!({ "mediaType": media_type, "digest": self.digest(), "size": self.size })
    }
}

/// An archive that is being written: blobs first, the index last. The same blobs in the same order give the same bytes.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    output: W,
    written: BTreeSet<String>,
    /// How far the output was written, whatever was taken back since.
    furthest: u64,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    /// Begins an archive at the output's present position.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = Self { output, written: BTreeSet::new(), furthest: 0 };
        writer.small("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        writer.header("blobs/", 0, EntryType::Directory)?;
        writer.header("blobs/sha256/", 0, EntryType::Directory)?;
        Ok(writer)
    }

    /// Whether the blob is in the archive: it need not be written again.
    #[must_use]
    pub fn has(&self, hex: &str) -> bool {
        self.written.contains(hex)
    }

    /// Adds a blob that is in memory.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn blob(&mut self, content: &[u8]) -> io::Result<Blob> {
        let blob = Blob::of(content);
        if self.written.insert(blob.hex.clone()) {
            self.small(&name(&blob.hex), content)?;
        }
        Ok(blob)
    }

    /// Adds a blob of any length, whose name is known at its end only: its header is written last, over the room that was left for it. One that the archive has
    /// is read, and leaves nothing.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn stream(&mut self, reader: &mut impl Read) -> io::Result<Blob> {
        let begin = self.output.stream_position()?;
        self.output.write_all(&[0; BLOCK as usize])?;
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => {
                    hash.update(&buffer[..count]);
                    self.output.write_all(&buffer[..count])?;
                    size += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let blob = Blob { hex: hex::encode(hash.finalize()), size };
        if !self.written.insert(blob.hex.clone()) {
            self.take_back(begin)?;
            return Ok(blob);
        }
        self.pad(size)?;
        let end = self.output.stream_position()?;
        self.output.seek(SeekFrom::Start(begin))?;
        self.header(&name(&blob.hex), size, EntryType::Regular)?;
        self.output.seek(SeekFrom::Start(end))?;
        Ok(blob)
    }

    /// Begins a blob whose name and size are known; so many bytes go to [`ArchiveWriter::write`], then comes [`ArchiveWriter::end_blob`]. Returns where it
    /// begins, for [`ArchiveWriter::take_back`].
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin_blob(&mut self, blob: &Blob) -> io::Result<u64> {
        let position = self.output.stream_position()?;
        self.header(&name(&blob.hex), blob.size, EntryType::Regular)?;
        Ok(position)
    }

    /// More of the blob that was begun.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.output.write_all(content)
    }

    /// The blob that was begun is whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end_blob(&mut self, blob: &Blob) -> io::Result<()> {
        self.written.insert(blob.hex.clone());
        self.pad(blob.size)
    }

    /// Forgets the blob that was begun at `position`: what comes next is written over it.
    ///
    /// # Errors
    /// The output cannot go back.
    pub fn take_back(&mut self, position: u64) -> io::Result<()> {
        self.furthest = self.furthest.max(self.output.stream_position()?);
        self.output.seek(SeekFrom::Start(position)).map(drop)
    }

    /// Writes the index with the descriptor of the manifest, which is among the blobs, and the end.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, manifest: &Value) -> io::Result<W> {
        let index = json!({ "schemaVersion": 2, "manifests": [manifest] });
        self.small("index.json", &serde_json::to_vec(&index)?)?;
        self.output.write_all(&[0; 2 * BLOCK as usize])?;
        // What was taken back at the very end must not lie behind the archive.
        let left = self.furthest.saturating_sub(self.output.stream_position()?);
        io::copy(&mut io::repeat(0).take(left), &mut self.output)?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn small(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let size = content.len() as u64;
        self.header(name, size, EntryType::Regular)?;
        self.output.write_all(content)?;
        self.pad(size)
    }

    fn pad(&mut self, size: u64) -> io::Result<()> {
        let padding = size.next_multiple_of(BLOCK) - size;
        self.output.write_all(&[0; BLOCK as usize][..padding as usize])
    }

    fn header(&mut self, name: &str, size: u64, kind: EntryType) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_path(name)?;
        header.set_entry_type(kind);
        header.set_mode(if kind == EntryType::Directory { 0o755 } else { 0o644 });
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(size);
        header.set_cksum();
        self.output.write_all(header.as_bytes())
    }
}

fn name(hex: &str) -> String {
    format!("blobs/sha256/{hex}")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// The names and contents of an archive's files.
    fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut archive = tar::Archive::new(bytes);
        let files = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (entry.path().unwrap().display().to_string(), content)
        });
        files.filter(|(name, _)| !name.ends_with('/')).collect()
    }

    fn archive() -> ArchiveWriter<Cursor<Vec<u8>>> {
        ArchiveWriter::new(Cursor::new(Vec::new())).unwrap()
    }

    #[test]
    fn a_blob_that_failed_leaves_nothing() {
        let (content, manifest) = ([2; 600], b"{}");
        let write = |fails: bool| {
            let mut archive = archive();
            let blob = Blob::of(&content);
            if fails {
                let position = archive.begin_blob(&blob).unwrap();
                archive.write(&[1; 300]).unwrap();
                archive.take_back(position).unwrap();
            }
            assert!(!archive.has(&blob.hex));
            archive.begin_blob(&blob).unwrap();
            archive.write(&content).unwrap();
            archive.end_blob(&blob).unwrap();
            let manifest = archive.blob(manifest).unwrap();
            assert!(archive.has(&blob.hex) && archive.has(&manifest.hex));
            archive.finish(&manifest.descriptor("t")).unwrap().into_inner()
        };
        let bytes = write(false);
        assert_eq!(bytes, write(true));
        let files = files(&bytes);
        assert_eq!(files[0].0, "oci-layout");
        assert_eq!(files[1], (name(&Blob::of(&content).hex), content.to_vec()));
        assert_eq!(files[2], (name(&Blob::of(manifest).hex), manifest.to_vec()));
        let index: Value = serde_json::from_slice(&files[3].1).unwrap();
        assert_eq!(index["manifests"][0]["digest"], Blob::of(manifest).digest());
    }

    #[test]
    fn a_streamed_blob_gets_its_name_at_its_end_and_is_there_once() {
        let (first, second) = (vec![3; 1000], vec![4; 300_000]);
        let mut archive = archive();
        for content in [&first, &second, &first, &second] {
            assert_eq!(archive.stream(&mut content.as_slice()).unwrap(), Blob::of(content));
        }
        let bytes = archive.finish(&Blob::of(b"").descriptor("t")).unwrap().into_inner();
        let files = files(&bytes);
        let named = |content: &Vec<u8>| (name(&Blob::of(content).hex), content.clone());
        assert_eq!(files[1..3], [named(&first), named(&second)]);
        assert_eq!((files.len(), files[3].0.as_str()), (4, "index.json"));
        // The second one was taken back where the archive ends: nothing of it is left.
        assert_eq!(bytes[bytes.len() - 200_000..], [0; 200_000]);
    }
}

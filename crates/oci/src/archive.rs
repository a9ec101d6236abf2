//! Writes an OCI archive: a tar of an OCI image layout with one image.

use std::io::{self, Seek, SeekFrom, Write};

use serde_json::json;
use tar::{EntryType, Header};

/// Tar's unit, in bytes.
const BLOCK: u64 = 512;

/// An archive that is being written: blobs first, the index last. The same blobs in the same order give the same bytes.
#[derive(Debug)]
pub struct ArchiveWriter<W> {
    output: W,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    /// Begins an archive at the output's present position.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn new(output: W) -> io::Result<Self> {
        let mut writer = Self { output };
        writer.small("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
        Ok(writer)
    }

    /// Adds a blob that is in memory; `hex` is its SHA-256.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn blob(&mut self, hex: &str, content: &[u8]) -> io::Result<()> {
        self.small(&format!("blobs/sha256/{hex}"), content)
    }

    /// Begins a blob of `size` bytes; so many go to [`ArchiveWriter::write`], then comes [`ArchiveWriter::end_blob`]. Returns where it begins, for
    /// [`ArchiveWriter::take_back`].
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin_blob(&mut self, hex: &str, size: u64) -> io::Result<u64> {
        let position = self.output.stream_position()?;
        self.header(&format!("blobs/sha256/{hex}"), size)?;
        Ok(position)
    }

    /// More of the blob that was begun.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.output.write_all(content)
    }

    /// The blob of `size` bytes is whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn end_blob(&mut self, size: u64) -> io::Result<()> {
        let padding = (BLOCK - size % BLOCK) % BLOCK;
        self.output.write_all(&[0; BLOCK as usize][..padding as usize])
    }

    /// Forgets the blob that was begun at `position`: what comes next is written over it.
    ///
    /// # Errors
    /// The output cannot go back.
    pub fn take_back(&mut self, position: u64) -> io::Result<()> {
        self.output.seek(SeekFrom::Start(position)).map(drop)
    }

    /// Writes the index, which names the manifest among the blobs, and the end.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn finish(mut self, manifest_type: &str, hex: &str, size: u64) -> io::Result<W> {
        let index = json!({"schemaVersion": 2, "manifests": [
            {"mediaType": manifest_type, "digest": format!("sha256:{hex}"), "size": size},
        ]});
        let index = serde_json::to_vec(&index)?;
        self.small("index.json", &index)?;
        self.output.write_all(&[0; 2 * BLOCK as usize])?;
        self.output.flush()?;
        Ok(self.output)
    }

    fn small(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let size = content.len() as u64;
        self.header(name, size)?;
        self.output.write_all(content)?;
        self.end_blob(size)
    }

    fn header(&mut self, name: &str, size: u64) -> io::Result<()> {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(size);
        header.set_cksum();
        self.output.write_all(header.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    #[test]
    fn a_blob_that_failed_leaves_nothing() {
        let write = |fails: bool| {
            let mut archive = ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
            if fails {
                let position = archive.begin_blob("a", 600).unwrap();
                archive.write(&[1; 300]).unwrap();
                archive.take_back(position).unwrap();
            }
            archive.begin_blob("a", 600).unwrap();
            archive.write(&[2; 600]).unwrap();
            archive.end_blob(600).unwrap();
            archive.blob("b", b"{}").unwrap();
            archive.finish("t", "b", 2).unwrap().into_inner()
        };
        let bytes = write(false);
        assert_eq!(bytes, write(true));
        let mut names = Vec::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            names.push((entry.path().unwrap().display().to_string(), content.len()));
        }
        let names: Vec<_> = names.iter().map(|(name, size)| (name.as_str(), *size)).collect();
        assert_eq!(names[..3], [("oci-layout", 30), ("blobs/sha256/a", 600), ("blobs/sha256/b", 2)]);
        assert_eq!(names[3].0, "index.json");
    }
}

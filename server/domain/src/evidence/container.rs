//! The zip around the files: a digest over all its bytes in the archive comment, so that even a flipped
//! bit in a header or in unused padding shows, which no reader of the files would notice.
//!
//! This guards against damage, not against a forger (who can recompute it): that is the signature's work.

use std::io::{Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};

const PREFIX: &str = "sha256:";
const DIGEST: usize = 64;
/// Length of the comment.
pub const COMMENT: usize = PREFIX.len() + DIGEST;
/// Length of the end record without its comment.
const END: usize = 22;
const END_MAGIC: [u8; 4] = [0x50, 0x4b, 5, 6];

/// The comment before the digest is known.
pub fn placeholder() -> String {
    format!("{PREFIX}{}", "0".repeat(DIGEST))
}

/// Fills the digest into a finished archive that ends with [`placeholder`].
pub fn close<W: Read + Write + Seek>(out: &mut W) -> std::io::Result<()> {
    let length = out.seek(SeekFrom::End(0))?;
    let hashed = length - DIGEST as u64;
    let digest = digest(out, hashed)?;
    out.seek(SeekFrom::Start(hashed))?;
    out.write_all(digest.as_bytes())?;
    out.seek(SeekFrom::Start(0))?;
    Ok(())
}

/// What the container says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// As it was written, with so many entries.
    Whole(u16),
    /// Packed again by another program: no digest, the files must speak for themselves.
    Repacked(u16),
    /// Bytes were changed or lost.
    Damaged,
}

/// Reads the container's own verdict.
pub fn check<R: Read + Seek>(reader: &mut R) -> std::io::Result<Container> {
    let length = reader.seek(SeekFrom::End(0))?;
    let tail = (END + COMMENT) as u64;
    if length < END as u64 {
        return Ok(Container::Damaged);
    }
    if length >= tail {
        let mut end = vec![0; END + COMMENT];
        reader.seek(SeekFrom::Start(length - tail))?;
        reader.read_exact(&mut end)?;
        let comment_length = usize::from(u16::from_le_bytes([end[20], end[21]]));
        if end.starts_with(&END_MAGIC) && comment_length == COMMENT {
            let entries = u16::from_le_bytes([end[10], end[11]]);
            let expected = format!("{PREFIX}{}", digest(reader, length - DIGEST as u64)?);
            let whole = &end[END..] == expected.as_bytes();
            return Ok(if whole {
                Container::Whole(entries)
            } else {
                Container::Damaged
            });
        }
    }
    let mut end = [0; END];
    reader.seek(SeekFrom::Start(length - END as u64))?;
    reader.read_exact(&mut end)?;
    let plain = end.starts_with(&END_MAGIC) && end[20..] == [0, 0];
    let entries = u16::from_le_bytes([end[10], end[11]]);
    Ok(if plain {
        Container::Repacked(entries)
    } else {
        Container::Damaged
    })
}

fn digest<R: Read + Seek>(reader: &mut R, length: u64) -> std::io::Result<String> {
    reader.seek(SeekFrom::Start(0))?;
    let mut sha = Sha256::new();
    std::io::copy(&mut reader.take(length), &mut sha)?;
    Ok(hex::encode(sha.finalize()))
}

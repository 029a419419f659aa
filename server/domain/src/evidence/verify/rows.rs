//! Lines of a file inside the pack, capped, hashed while they are read; and the count of numbered rows.

use std::io::{BufRead, BufReader, Read};

use sha2::{Digest, Sha256};

use crate::evidence::problem::Problem;

/// Longest line taken (an identity with thousands of permissions stays far below).
const LINE: u64 = 16 << 20;

/// A file of the pack being read line by line.
pub struct Lines<R> {
    reader: BufReader<R>,
    sha: Sha256,
    bytes: u64,
}

impl<R: Read> Lines<R> {
    /// Starts reading.
    pub fn new(reader: R) -> Self {
        Self {
            reader: BufReader::new(reader),
            sha: Sha256::new(),
            bytes: 0,
        }
    }

    /// The next line without its end; `None` at the end of the file.
    pub fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LINE).read_until(b'\n', &mut line)? as u64;
        if read == 0 {
            return Ok(None);
        }
        if read == LINE {
            return Err(std::io::Error::other("a line is too long"));
        }
        self.sha.update(&line);
        self.bytes += read;
        while line.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some(line))
    }

    /// Reads what is left and gives length and SHA-256 (hex) of the whole.
    pub fn digest(mut self) -> std::io::Result<(u64, String)> {
        std::io::copy(&mut self, &mut std::io::sink())?;
        Ok((self.bytes, hex::encode(self.sha.finalize())))
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.reader.read(buffer)?;
        self.sha.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

/// Which numbered rows of a file are there, and in order.
pub struct Numbers {
    path: &'static str,
    rows: u64,
    seen: Vec<u64>,
    next: u64,
    out_of_order: Option<u64>,
    twice: Vec<u64>,
    beyond: u64,
    lines: u64,
}

impl Numbers {
    /// Expects rows 1 to `rows`. `rows` comes from the manifest and is capped by what could be stored.
    pub fn expect(path: &'static str, rows: u64) -> Self {
        let words = usize::try_from(rows.min(1 << 28) / 64 + 1).unwrap_or(1);
        Self {
            path,
            rows,
            seen: vec![0; words],
            next: 1,
            out_of_order: None,
            twice: Vec::new(),
            beyond: 0,
            lines: 0,
        }
    }

    /// Takes the number a line carries; `None` where the line cannot be trusted, then its place counts.
    pub fn take(&mut self, number: Option<u64>) {
        self.lines += 1;
        let number = number.unwrap_or(self.next);
        if number == 0 || number > self.rows {
            self.beyond += 1;
        } else if self.mark(number) {
            self.twice.push(number);
        }
        if number < self.next && self.out_of_order.is_none() {
            self.out_of_order = Some(number);
        }
        self.next = number.saturating_add(1);
    }

    fn mark(&mut self, number: u64) -> bool {
        let Some(word) = usize::try_from(number / 64)
            .ok()
            .and_then(|at| self.seen.get_mut(at))
        else {
            return false;
        };
        let bit = 1 << (number % 64);
        let was = *word & bit != 0;
        *word |= bit;
        was
    }

    fn has(&self, number: u64) -> bool {
        let word = usize::try_from(number / 64)
            .ok()
            .and_then(|at| self.seen.get(at));
        word.is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// Rows that are missing before the last present one, at most twenty.
    pub fn holes(&self) -> Vec<u64> {
        (1..self.last())
            .filter(|n| !self.has(*n))
            .take(20)
            .collect()
    }

    fn last(&self) -> u64 {
        (1..=self.rows).rev().find(|n| self.has(*n)).unwrap_or(0)
    }

    /// Says what is wrong with the numbering; `name` tells whose a missing row was.
    pub fn problems(&self, name: impl Fn(u64) -> Option<String>) -> Vec<Problem> {
        let path = self.path;
        let mut out: Vec<Problem> = self
            .holes()
            .into_iter()
            .map(|row| Problem::RowMissing {
                path,
                row,
                name: name(row),
            })
            .collect();
        let last = self.last();
        if last < self.rows {
            out.push(Problem::TailCut {
                path,
                last,
                rows: self.rows,
            });
        }
        out.extend(
            self.twice
                .iter()
                .take(20)
                .map(|row| Problem::RowTwice { path, row: *row }),
        );
        if self.beyond > 0 {
            out.push(Problem::RowsAdded {
                path,
                found: self.lines,
                rows: self.rows,
            });
        }
        if let Some(row) = self.out_of_order
            && self.twice.is_empty()
        {
            out.push(Problem::Reordered { path, row });
        }
        out
    }
}

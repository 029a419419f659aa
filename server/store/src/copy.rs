//! Rows written in PostgreSQL's own format: COPY, the quickest way in (manual, "COPY", Binary Format).

use chrono::{DateTime, Utc};
use sqlx::postgres::PgCopyIn;
use uuid::Uuid;

use crate::{Conn, Error, Result};

/// Rows from which on COPY is quicker than one INSERT. Its last two messages follow each other without an answer, so that
/// the second waits until the first is acknowledged (up to 40 ms: the driver does not set `TCP_NODELAY`).
pub(crate) const MANY: usize = 250;
/// Bytes gathered before they are sent: memory stays flat however many rows come.
const PART: usize = 256 * 1024;
/// Microseconds from the Unix epoch to PostgreSQL's, 2000-01-01.
const EPOCH: i64 = 946_684_800_000_000;
/// `oid` of the type `text`.
const TEXT: u32 = 25;

/// A COPY under way. Its fields are written row by row, in the order of the statement's columns.
pub(crate) struct Copy<'c> {
    into: PgCopyIn<&'c mut Conn>,
    columns: i16,
    part: Vec<u8>,
}

impl<'c> Copy<'c> {
    /// Opens `COPY table (columns) FROM STDIN`.
    pub(crate) async fn open(conn: &'c mut Conn, table: &str, columns: &[&str]) -> Result<Self> {
        let names = columns.join(", ");
        let statement = format!("COPY {table} ({names}) FROM STDIN (FORMAT binary)");
        let into = conn.copy_in_raw(&statement).await?;
        let mut part = Vec::with_capacity(PART + PART / 4);
        part.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        Ok(Self {
            into,
            columns: i16::try_from(columns.len()).unwrap_or(i16::MAX),
            part,
        })
    }

    /// Begins a row; sends what has gathered.
    pub(crate) async fn row(&mut self) -> Result<()> {
        if self.part.len() >= PART {
            self.into.send(self.part.as_slice()).await?;
            self.part.clear();
        }
        self.part.extend_from_slice(&self.columns.to_be_bytes());
        Ok(())
    }

    /// Ends the COPY.
    pub(crate) async fn finish(mut self) -> Result<()> {
        self.part.extend_from_slice(&(-1_i16).to_be_bytes());
        self.into.send(self.part.as_slice()).await?;
        self.into.finish().await?;
        Ok(())
    }

    /// A field of bytes, as its type is sent: `bytea`, `text`, `json`.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let length = i32::try_from(bytes.len())
            .map_err(|_| Error::Unreadable("a field of more than 2 GiB".to_owned()))?;
        self.part.extend_from_slice(&length.to_be_bytes());
        self.part.extend_from_slice(bytes);
        Ok(())
    }

    /// A `text` or `json` that may be absent.
    pub(crate) fn text(&mut self, text: Option<&str>) -> Result<()> {
        if let Some(text) = text {
            self.bytes(text.as_bytes())
        } else {
            self.null();
            Ok(())
        }
    }

    /// A `uuid`.
    pub(crate) fn uuid(&mut self, id: Uuid) -> Result<()> {
        self.bytes(id.as_bytes())
    }

    /// A `bigint`.
    pub(crate) fn number(&mut self, number: i64) -> Result<()> {
        self.bytes(&number.to_be_bytes())
    }

    /// A `timestamptz`.
    pub(crate) fn time(&mut self, at: DateTime<Utc>) -> Result<()> {
        self.bytes(&(at.timestamp_micros() - EPOCH).to_be_bytes())
    }

    /// A `text[]` of one dimension.
    pub(crate) fn words(&mut self, words: &[String]) -> Result<()> {
        let count = i32::try_from(words.len()).unwrap_or(i32::MAX);
        let mut array = Vec::with_capacity(20 + words.iter().map(|w| w.len() + 4).sum::<usize>());
        // Dimensions, whether any is null, type; then length and first index of the one dimension.
        array.extend_from_slice(&1_i32.to_be_bytes());
        array.extend_from_slice(&0_i32.to_be_bytes());
        array.extend_from_slice(&TEXT.to_be_bytes());
        array.extend_from_slice(&count.to_be_bytes());
        array.extend_from_slice(&1_i32.to_be_bytes());
        for word in words {
            let length = i32::try_from(word.len())
                .map_err(|_| Error::Unreadable("a word of more than 2 GiB".to_owned()))?;
            array.extend_from_slice(&length.to_be_bytes());
            array.extend_from_slice(word.as_bytes());
        }
        self.bytes(&array)
    }

    /// An absent field.
    pub(crate) fn null(&mut self) {
        self.part.extend_from_slice(&(-1_i32).to_be_bytes());
    }
}

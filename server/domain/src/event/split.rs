//! Cutting a delivery into records, whatever shape it came in (`event-formats.md` §11).
//!
//! NDJSON, a JSON array, one object, concatenated objects, and the envelopes `{"Records":[…]}`,
//! `{"records"|"value"|"entries"|"items"|"events":[…]}` and `{"data":{"events":[…]}}`; BOM and CRLF are no matter.
//! Records that are wrapping themselves (Pub/Sub, Firehose, CloudWatch Logs, SNS, a Splunk collector's `event`) are
//! opened. Records are found by matching brackets and parsed one at a time, so memory holds one record beside the bytes
//! (or what one wraps), and a bad one costs itself only.

mod nested;

use std::collections::VecDeque;

use memchr::{memchr_iter, memchr3};

use super::json::{TOO_MANY, Value};
use nested::Budget;

/// Deepest nesting looked into; deeper is refused. Also what keeps recovery from a bad line linear.
const MAX_DEPTH: usize = 120;

/// Levels of wrapping opened: CloudWatch Logs inside Firehose is two. A bound, because a gzip stream can hold itself.
const MAX_WRAPPED: usize = 4;

/// Keys under which an envelope keeps its records.
const ENVELOPES: &[&[u8]] = &[
    b"Records",
    b"records",
    b"value",
    b"entries",
    b"items",
    b"events",
    b"decoratedAuditLogEntries",
    b"receivedMessages",
];

/// Most bytes that wrapped records of one delivery may hold once opened.
const MAX_NESTED: usize = 128 << 20;

/// Most values that what one record wraps may hold: all of it is in memory at once. Ten records' worth.
const MAX_NESTED_VALUES: usize = 2_000_000;

/// Keys that mark an object as a record itself, so that its own list (a hook's `events`) is not taken for an envelope.
const RECORD_MARKS: &[&[u8]] = &[
    b"action",
    b"eventName",
    b"eventID",
    b"@timestamp",
    b"_document_id",
    b"occurred_at",
    b"vendor_id",
];

/// One record and where it stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Record<'a> {
    /// Zero-based place in the delivery, counting bad records too.
    pub index: usize,
    /// One-based line it starts on.
    pub line: usize,
    /// The bytes as received; of one taken out of a wrapping, those of the wrapping.
    pub bytes: &'a [u8],
    /// The text `parsed` was read from, where that is the record's own: a wrapping's is not.
    pub text: Option<&'a str>,
    /// The parsed object, or what is wrong. It borrows from the delivery what it can.
    pub parsed: Result<Value<'a>, String>,
}

/// Cuts a delivery into records. A record longer than `max_record` bytes is refused by itself.
pub fn split(bytes: &[u8], max_record: usize) -> Split<'_> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Split {
        bytes,
        at: 0,
        index: 0,
        line: 1,
        line_at: 0,
        max_record,
        list: None,
        after_item: false,
        refused: false,
        opened: VecDeque::new(),
        budget: Budget {
            bytes: MAX_NESTED,
            values: MAX_NESTED_VALUES,
            record: max_record,
        },
        wrapped: MAX_WRAPPED,
    }
}

/// The records of a delivery, in order.
#[derive(Debug)]
pub struct Split<'a> {
    bytes: &'a [u8],
    at: usize,
    index: usize,
    line: usize,
    /// Byte up to which newlines have been counted into `line`.
    line_at: usize,
    max_record: usize,
    /// Inside a list: where its whole document ends, 0 when it does not.
    list: Option<usize>,
    /// An item was read and no comma since.
    after_item: bool,
    /// The last record was refused.
    refused: bool,
    /// Records taken out of a wrapping one, not yet handed out.
    opened: VecDeque<Record<'a>>,
    /// What wrapped records may still hold.
    budget: Budget,
    /// Levels of wrapping that may still be opened.
    wrapped: usize,
}

impl<'a> Iterator for Split<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(mut record) = self.opened.pop_front() {
                record.index = self.index;
                self.index += 1;
                return Some(record);
            }
            self.at = skip_space(self.bytes, self.at);
            let Some(byte) = self.bytes.get(self.at).copied() else {
                return self.cut_short();
            };
            if let Some(close) = self.list {
                match byte {
                    b',' => {
                        self.after_item = false;
                        self.at += 1;
                    }
                    b']' => {
                        self.list = None;
                        // The rest of the envelope holds nothing of ours.
                        self.at = close.max(self.at + 1);
                    }
                    // A new document after an item without a comma: the list was cut.
                    b'{' | b'[' if self.after_item => {
                        if let Some(record) = self.cut_short() {
                            return Some(record);
                        }
                    }
                    _ => {
                        if let Some(record) = self.value() {
                            return Some(record);
                        }
                    }
                }
                continue;
            }
            match byte {
                b',' => self.at += 1,
                b'[' => self.open_list(self.at + 1),
                b'{' => match envelope(self.bytes, self.at) {
                    Some(list) => self.open_list(list),
                    None => {
                        if let Some(record) = self.value() {
                            return Some(record);
                        }
                    }
                },
                _ => return Some(self.bad_line("not a JSON object")),
            }
        }
    }
}

impl<'a> Split<'a> {
    /// Enters a list whose first item starts at `first`.
    fn open_list(&mut self, first: usize) {
        self.list = Some(skip_value(self.bytes, self.at).unwrap_or(0));
        self.after_item = false;
        self.refused = false;
        self.at = first;
    }

    /// Leaves a list that was never closed, and says so unless its last record already did.
    fn cut_short(&mut self) -> Option<Record<'a>> {
        self.list.take()?;
        (!self.refused).then(|| {
            self.record(
                &[],
                None,
                Err("the list it stands in is cut short".to_owned()),
            )
        })
    }

    /// Takes the value at the cursor; `None` when it wraps records, which then wait their turn.
    fn value(&mut self) -> Option<Record<'a>> {
        let Some(end) = skip_value(self.bytes, self.at) else {
            return Some(self.bad_line(
                "not complete JSON: a bracket, brace or quote is not closed, or it nests too deep",
            ));
        };
        let bytes = &self.bytes[self.at..end];
        let text = std::str::from_utf8(bytes).ok();
        let parsed = if bytes.len() > self.max_record {
            Err(format!(
                "is {} bytes long; at most {} are taken",
                bytes.len(),
                self.max_record
            ))
        } else {
            parse(bytes, text)
        };
        if let Err(reason) = &parsed
            && self.list.is_none()
            && bytes.len() <= self.max_record
            && reason != TOO_MANY
            && bytes.contains(&b'\n')
        {
            // A cut line may have swallowed good ones: start again on the next.
            return Some(self.bad_line(&reason.clone()));
        }
        if self.wrapped == MAX_WRAPPED {
            // What the last one wrapped has been handed out.
            self.budget.values = MAX_NESTED_VALUES;
        }
        if let Ok(value) = &parsed
            && let Some(inner) = nested::open(value, &mut self.budget, self.wrapped)
        {
            // They stand where their wrapping stands; its index is theirs to begin with.
            let place = self.record(bytes, None, Ok(Value::Null));
            self.index = place.index;
            self.opened.extend(inner.into_iter().map(|parsed| Record {
                parsed,
                ..place.clone()
            }));
            self.after_item = true;
            self.at = end;
            return None;
        }
        let record = self.record(bytes, text, parsed);
        self.after_item = true;
        self.at = end;
        Some(record)
    }

    /// Refuses the line at the cursor, with the lines that look like the inside of the same broken value: deeper
    /// indented than it, or closing it.
    fn bad_line(&mut self, reason: &str) -> Record<'a> {
        let start = self.at;
        let mut end = self.line_end(start);
        let bytes = &self.bytes[start..end];
        let margin = self.bytes[..start]
            .iter()
            .rev()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        while matches!(self.bytes[start], b'{' | b'[') && end < self.bytes.len() {
            let line = end + 1;
            let indent = self.bytes[line..]
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            let inside = match self.bytes.get(line + indent) {
                Some(b'}') => true,
                Some(b']') => indent > margin || self.list.is_none(),
                Some(_) => indent > margin,
                None => false,
            };
            if !inside {
                break;
            }
            end = self.line_end(line);
        }
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        let record = self.record(bytes, None, Err(reason.to_owned()));
        self.after_item = false;
        self.at = end;
        record
    }

    fn record(
        &mut self,
        bytes: &'a [u8],
        text: Option<&'a str>,
        parsed: Result<Value<'a>, String>,
    ) -> Record<'a> {
        let behind = &self.bytes[self.line_at..self.at];
        self.line += memchr_iter(b'\n', behind).count();
        self.line_at = self.at;
        self.refused = parsed.is_err();
        let record = Record {
            index: self.index,
            line: self.line,
            bytes,
            text,
            parsed,
        };
        self.index += 1;
        record
    }

    fn line_end(&self, from: usize) -> usize {
        self.bytes[from..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.bytes.len(), |at| from + at)
    }
}

/// `text` is the bytes where they are text: they are checked once, and not again for each string.
fn parse<'a>(bytes: &'a [u8], text: Option<&'a str>) -> Result<Value<'a>, String> {
    let read = match text {
        Some(text) => serde_json::from_str(text),
        // It says where.
        None => serde_json::from_slice(bytes),
    };
    match read {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("not a JSON object".to_owned()),
        // The tree refuses nothing else: the rest is the parser's.
        Err(error) if error.is_data() => Err(TOO_MANY.to_owned()),
        Err(error) => Err(format!("not JSON: {error}")),
    }
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    // A record separator (RFC 7464) counts as white space.
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\r' | b'\n' | 0x1e)) {
        at += 1;
    }
    at
}

/// Finds the end of the value at `at` by matching brackets; `None` when it is not closed or nests too deep.
fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = at;
    loop {
        match *bytes.get(at)? {
            b'"' => at = skip_string(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            _ if depth > 0 => {
                at += 1;
                continue;
            }
            _ => {
                let scalar = bytes[at..].iter().position(|byte| {
                    matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n')
                });
                at = scalar.map_or(bytes.len(), |length| at + length.max(1));
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Finds the byte after a string's closing quote. JSON strings hold no raw newline, so one ends the search.
fn skip_string(bytes: &[u8], quote: usize) -> Option<usize> {
    let mut at = quote + 1;
    loop {
        at += memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => return None,
        }
    }
}

/// Where the first item of the envelope's list stands, when the object at `at` is an envelope.
fn envelope(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut named, mut data) = (false, None);
    for (key, value) in members(bytes, at) {
        // The first name that says what this is decides.
        if !named && RECORD_MARKS.contains(&key) {
            return None;
        }
        if !named && ENVELOPES.contains(&key) {
            named = true;
            if let Some(first) = first_item(bytes, value) {
                return Some(first);
            }
        }
        if key == b"data" {
            data = data.or(Some(value));
        }
    }
    let data = data.filter(|data| bytes.get(*data) == Some(&b'{'))?;
    let (_, events) =
        members(bytes, data).find(|(key, _)| *key == b"events" || RECORD_MARKS.contains(key))?;
    first_item(bytes, events)
}

/// Where the first item of the list at `list` stands, when it is one of objects, or empty.
fn first_item(bytes: &[u8], list: usize) -> Option<usize> {
    if bytes.get(list) != Some(&b'[') {
        return None;
    }
    let first = skip_space(bytes, list + 1);
    matches!(bytes.get(first), Some(b'{' | b']')).then_some(first)
}

/// The top-level members of the object at `object`, each its key as written and where its value stands, up to the first
/// that cannot be read. A value is skipped only when the next is asked for.
fn members(bytes: &[u8], object: usize) -> impl Iterator<Item = (&[u8], usize)> {
    let (mut at, mut value) = (object + 1, None);
    std::iter::from_fn(move || {
        if let Some(value) = value.take() {
            at = skip_value(bytes, value)?;
        }
        loop {
            at = skip_space(bytes, at);
            match bytes.get(at)? {
                b',' => at += 1,
                b'"' => break,
                _ => return None,
            }
        }
        let end = skip_string(bytes, at)?;
        let key = &bytes[at + 1..end - 1];
        at = skip_space(bytes, end);
        if bytes.get(at) != Some(&b':') {
            return None;
        }
        let stands = skip_space(bytes, at + 1);
        value = Some(stands);
        Some((key, stands))
    })
}

#[cfg(test)]
mod tests;

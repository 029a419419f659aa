//! Syslog by RFC 5424, framed by octet counting (RFC 6587 3.4.1): line ends inside a message break nothing.

use std::fmt::Write as _;

use contract::feed::FeedFormat;
use contract::findings::Severity;

use super::Row;

/// Facility 13, log audit.
const FACILITY: u8 = 13;
/// Our private enterprise number stands in for one we do not have: 32473 is the number RFC 5612 keeps for examples.
const ENTERPRISE: u32 = 32473;
/// Bytes that tell a receiver that the message is UTF-8 (RFC 5424 6.4).
const BOM: &str = "\u{feff}";

/// Appends one framed message: `LENGTH SP <PRI>1 TIME HOST APP PROCID MSGID [SD] BOM MSG`.
pub fn frame(row: &Row, format: FeedFormat, host: &str, out: &mut Vec<u8>) {
    let message = message(row, format, host);
    out.extend_from_slice(message.len().to_string().as_bytes());
    out.push(b' ');
    out.extend_from_slice(&message);
}

/// The message without its frame.
pub fn message(row: &Row, format: FeedFormat, host: &str) -> Vec<u8> {
    let (severity, msgid) = match row {
        Row::Event(event) => {
            let failed = event.event.outcome == contract::events::Outcome::Failure;
            (if failed { 4 } else { 6 }, "event")
        }
        Row::Finding(finding) => {
            let severity = match finding.finding.severity {
                Severity::Critical => 2,
                Severity::High => 3,
                Severity::Medium => 4,
                Severity::Low => 5,
            };
            (severity, "finding")
        }
        Row::Entry(_) => (5, "activity"),
        Row::Identity(_) => (6, "inventory"),
    };
    let mut head = String::new();
    // At most six digits of a second (RFC 5424 6.2.3).
    let time = row
        .happened()
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let _ = write!(
        head,
        "<{}>1 {time} {} rollcall - {msgid} [rollcall@{ENTERPRISE} id=\"{}\" pos=\"{}\" format=\"{}\"] {BOM}",
        FACILITY * 8 + severity,
        name(host),
        parameter(&row.id().to_string()),
        row.position(),
        parameter(format.as_str()),
    );
    let mut message = head.into_bytes();
    row.line(format, &mut message);
    message
}

/// A header field: printable ASCII, at most 255 letters; `-` when there is nothing.
fn name(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(char::is_ascii_graphic)
        .take(255)
        .collect();
    if kept.is_empty() {
        "-".to_owned()
    } else {
        kept
    }
}

/// A parameter value of structured data: `"`, `\` and `]` are escaped (RFC 5424 6.3.3).
pub fn parameter(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '"' | '\\' | ']') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

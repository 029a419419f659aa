//! ArcSight's Common Event Format, version 0: `CEF:0|Vendor|Product|Version|Signature|Name|Severity|extension`.
//!
//! Escaping, by the format's guide: in the header `\` and `|`; in values of the extension `\`, `=` and line ends (as
//! `\n` and `\r`). A header cannot hold a line end: it becomes a space. Keys are fixed words and never made of input.

use contract::events::{EventKind, Outcome};
use contract::findings::Severity;

use super::{PlacedEntry, PlacedEvent, PlacedFinding, Row, Snapshot, vendor};
use crate::event::sentence::sentence;

/// Writes a row.
pub fn row(row: &Row) -> String {
    let mut line = match row {
        Row::Event(event) => self::event(event),
        Row::Finding(finding) => self::finding(finding),
        Row::Entry(entry) => self::entry(entry),
        Row::Identity(snapshot) => identity(snapshot),
    };
    line.text("rt", &row.happened().timestamp_millis().to_string());
    line.text("externalId", &row.id().to_string());
    if row.position() > 0 {
        line.number("cn1", "position", row.position());
    }
    line.end()
}

struct Line {
    text: String,
    first: bool,
}

impl Line {
    fn begin(signature: &str, name: &str, severity: u8) -> Self {
        let mut text = format!("CEF:0|Rollcall|Rollcall|{}|", env!("CARGO_PKG_VERSION"));
        header(signature, &mut text);
        text.push('|');
        header(name, &mut text);
        text.push('|');
        text.push_str(&severity.to_string());
        text.push('|');
        Self { text, first: true }
    }

    /// A field; nothing is left out.
    fn text(&mut self, key: &'static str, value: &str) {
        if value.is_empty() {
            return;
        }
        if !std::mem::take(&mut self.first) {
            self.text.push(' ');
        }
        self.text.push_str(key);
        self.text.push('=');
        extension(value, &mut self.text);
    }

    fn some(&mut self, key: &'static str, value: Option<&str>) {
        self.text(key, value.unwrap_or_default());
    }

    /// One of the six custom strings, with its label.
    fn custom(&mut self, keys: (&'static str, &'static str), label: &str, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.text(keys.1, label);
            self.text(keys.0, value);
        }
    }

    fn number(&mut self, key: &'static str, label: &str, value: i64) {
        self.text("cn1Label", label);
        self.text(key, &value.to_string());
    }

    fn end(self) -> String {
        self.text
    }
}

const CS1: (&str, &str) = ("cs1", "cs1Label");
const CS2: (&str, &str) = ("cs2", "cs2Label");
const CS3: (&str, &str) = ("cs3", "cs3Label");
const CS4: (&str, &str) = ("cs4", "cs4Label");
const CS5: (&str, &str) = ("cs5", "cs5Label");
const CS6: (&str, &str) = ("cs6", "cs6Label");

fn header(value: &str, out: &mut String) {
    for letter in value.chars() {
        match letter {
            '\\' | '|' => out.extend(['\\', letter]),
            _ if breaks(letter) => out.push(' '),
            _ => out.push(letter),
        }
    }
}

fn extension(value: &str, out: &mut String) {
    for letter in value.chars() {
        match letter {
            '\\' | '=' => out.extend(['\\', letter]),
            '\r' => out.push_str("\\r"),
            // Other line ends would end the record for a reader that splits on them.
            _ if breaks(letter) => out.push_str("\\n"),
            _ => out.push(letter),
        }
    }
}

/// What some reader takes for the end of a line.
fn breaks(letter: char) -> bool {
    matches!(
        letter,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn event(row: &PlacedEvent) -> Line {
    let event = &row.event;
    let severity = match event.kind {
        EventKind::AuthenticationFailure | EventKind::AuthorizationFailure => 6,
        EventKind::CredentialChange | EventKind::TrustChange | EventKind::PermissionChange => 4,
        _ if event.outcome == Outcome::Failure => 4,
        _ => 2,
    };
    let mut line = Line::begin(event.kind.as_str(), &sentence(event), severity);
    line.text("cat", event.kind.as_str());
    line.text("act", &event.action);
    line.text("outcome", event.outcome.as_str());
    line.some("suser", vendor::actor(row));
    line.some("suid", event.principal.as_deref());
    line.some("duser", event.role.as_deref());
    match event.source_address() {
        Some(address) => line.text("src", &address.to_string()),
        None => line.some("shost", event.source_ip.as_deref()),
    }
    line.some("request", event.target.as_deref());
    line.text("deviceExternalId", &row.source);
    line.custom(
        CS1,
        "identity",
        row.identity.as_ref().map(|(_, name)| name.as_str()),
    );
    line.custom(CS2, "repository", event.repository.as_deref());
    line.custom(CS3, "ref", event.git_ref.as_deref());
    line.custom(CS4, "run", event.run_id.as_deref());
    line.custom(CS5, "environment", event.environment.as_deref());
    line.custom(CS6, "subject", event.subject.as_deref());
    line.text("msg", &sentence(event));
    line
}

fn finding(row: &PlacedFinding) -> Line {
    let finding = &row.finding;
    let severity = match finding.severity {
        Severity::Low => 3,
        Severity::Medium => 6,
        Severity::High => 8,
        Severity::Critical => 10,
    };
    let mut line = Line::begin(&finding.rule, &finding.title, severity);
    line.text("cat", finding.class.as_str());
    line.text("act", row.change.as_str());
    line.text("outcome", finding.state.as_str());
    line.custom(
        CS1,
        "identity",
        finding.identity.as_ref().map(|(_, name)| name.as_str()),
    );
    line.custom(
        CS2,
        "team",
        finding.team.as_ref().map(|team| team.slug.as_str()),
    );
    line.custom(CS3, "finding", Some(&finding.id.to_string()));
    line.custom(CS4, "fix", Some(&finding.fix));
    line.text("msg", &finding.detail);
    line
}

fn entry(row: &PlacedEntry) -> Line {
    let entry = &row.entry;
    let severity = if entry.action.ends_with("refused") {
        6
    } else {
        2
    };
    let mut line = Line::begin(&entry.action, &entry.summary, severity);
    line.text("cat", "activity");
    line.text("act", &entry.action);
    line.text("suser", &entry.actor_name);
    line.text("suid", &entry.actor_id);
    line.text("request", &entry.object_name);
    line.custom(CS1, "object", Some(&entry.object_kind));
    line.custom(CS2, "object_id", Some(&entry.object_id));
    line.custom(CS3, "request_id", Some(&entry.request_id));
    line.text("msg", &entry.summary);
    line
}

fn identity(row: &Snapshot) -> Line {
    let identity = &row.identity;
    let mut line = Line::begin("inventory", &identity.name, 1);
    line.text("cat", "inventory");
    line.text("suser", &identity.name);
    line.custom(
        CS1,
        "team",
        identity.team.as_ref().map(|team| team.slug.as_str()),
    );
    line.custom(CS2, "state", Some(identity.state.as_str()));
    line.custom(CS3, "platform", Some(identity.platform.as_str()));
    line.custom(CS4, "subject", Some(&identity.subject));
    line.text("msg", &identity.purpose);
    line
}

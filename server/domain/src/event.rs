//! Audit events: one record of any vendor, read into one shape.
//!
//! Splitting a delivery, redacting it, normalising each record, naming who acted (selectors) and guessing what an
//! unknown name is (discovery). Pure: the bytes are an argument, nothing is stored and no clock is read. Receiving
//! a delivery belongs in the server's doors, keeping it in `store`.

pub mod chain;
pub mod discovery;
mod form;
pub mod inflate;
mod joins;
pub mod json;
pub mod normalize;
mod read;
pub mod redact;
pub mod retention;
pub mod selectors;
pub mod sentence;
pub mod sighting;
pub mod split;
pub mod story;
pub mod subject;

use chrono::{DateTime, Utc};
use contract::events::{EventFormat, EventKind, IdKind, Outcome};
use contract::identities::Environment;
use serde::Serialize;

pub use joins::{ActorNature, Joins, Runner};

/// The canonical event: what every source is read into. Absent fields are left out when serialised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// What sort of thing happened.
    pub kind: EventKind,
    /// How it ended.
    pub outcome: Outcome,
    /// The vendor's own word for it.
    pub action: String,
    /// When it happened, by the vendor's clock, cut to microseconds (what PostgreSQL keeps).
    #[serde(serialize_with = "read::serialize_time")]
    pub occurred_at: DateTime<Utc>,
    /// Which normaliser read it.
    pub format: EventFormat,
    /// Id to recognise a redelivery by.
    pub vendor_id: String,
    /// Whether the vendor gave the id or it was derived from the record.
    pub id_kind: IdKind,
    /// Who acted, as the vendor names them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Issuer of the subject claim, as a URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Subject claim of the token that was presented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The account or session that acted, as the platform addresses it (an ARN, an account name).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// Role taken or held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Repository, `owner/name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Git ref or branch.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// Commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Pipeline run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Environment as the vendor names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Where it came from, as printed: not always an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_ip: Option<String>,
    /// Facts that join events to identities and to each other; never printed.
    #[serde(skip)]
    pub joins: Joins,
}

impl Event {
    /// Starts an event with the fields every one has; the rest is absent.
    pub fn new(
        format: EventFormat,
        action: String,
        occurred_at: DateTime<Utc>,
        id: (IdKind, String),
    ) -> Self {
        Self {
            kind: EventKind::Other,
            outcome: Outcome::Unknown,
            action,
            occurred_at,
            format,
            vendor_id: id.1,
            id_kind: id.0,
            actor: None,
            issuer: None,
            subject: None,
            principal: None,
            role: None,
            repository: None,
            git_ref: None,
            commit: None,
            run_id: None,
            environment: None,
            target: None,
            source_ip: None,
            joins: Joins::default(),
        }
    }

    /// Whether it is of a kind that changes who may become whom, a key, or a permission.
    pub fn is_change(&self) -> bool {
        matches!(
            self.kind,
            EventKind::TrustChange | EventKind::CredentialChange | EventKind::PermissionChange
        )
    }

    /// Maps the vendor's environment name onto the roll's three; `None` when absent or unlike any of them.
    pub fn mapped_environment(&self) -> Option<Environment> {
        self.environment.as_deref().and_then(map_environment)
    }

    /// The environment as one of the roll's three words: its own, or the one its token was made for.
    pub fn place(&self) -> Option<Environment> {
        self.mapped_environment().or_else(|| {
            let text = self.subject.as_deref()?;
            let issuer = self
                .issuer
                .as_deref()
                .or_else(|| subject::issuer_of(text))?;
            match subject::parse(issuer, text).context {
                subject::Context::Environment(name) => map_environment(&name),
                _ => None,
            }
        })
    }

    /// Whether somebody let a deployment through without the approval it needs: no approval, and no refusal either.
    pub fn goes_round_approval(&self) -> bool {
        self.action == "workflows.bypass_protection_rules"
    }

    /// The address it came from, where the printed text is one (`ip:port` and brackets accepted).
    pub fn source_address(&self) -> Option<std::net::IpAddr> {
        let text = self.source_ip.as_deref()?.trim();
        text.parse().ok().or_else(|| {
            text.parse::<std::net::SocketAddr>()
                .ok()
                .map(|socket| socket.ip())
        })
    }
}

/// Maps an environment name onto the roll's three: by whole words, so `prod-eu` is production and `products` is not.
pub fn map_environment(name: &str) -> Option<Environment> {
    let lower = name.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    // "pre-production" and "non-prod" say what they are not.
    if words
        .windows(2)
        .any(|pair| matches!(pair[0], "pre" | "non" | "not") && is_production(pair[1]))
        || words.iter().any(|word| {
            matches!(
                *word,
                "preprod"
                    | "preproduction"
                    | "nonprod"
                    | "staging"
                    | "stage"
                    | "stg"
                    | "uat"
                    | "qa"
            )
        })
    {
        return Some(Environment::Staging);
    }
    if words.iter().any(|word| is_production(word)) {
        return Some(Environment::Production);
    }
    words
        .iter()
        .any(|word| {
            matches!(
                *word,
                "dev"
                    | "development"
                    | "develop"
                    | "test"
                    | "testing"
                    | "sandbox"
                    | "preview"
                    | "local"
            )
        })
        .then_some(Environment::Development)
}

fn is_production(word: &str) -> bool {
    matches!(word, "production" | "prod" | "prd" | "live")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn environments_map_by_whole_words() {
        for (name, expected) in [
            ("production", Some(Environment::Production)),
            ("prod-eu-1", Some(Environment::Production)),
            ("Production/EU", Some(Environment::Production)),
            ("pre-production", Some(Environment::Staging)),
            ("non-prod", Some(Environment::Staging)),
            ("stg", Some(Environment::Staging)),
            ("dev2", None),
            ("dev", Some(Environment::Development)),
            ("products", None),
            ("github-pages", None),
        ] {
            assert_eq!(map_environment(name), expected, "{name}");
        }
    }

    #[test]
    fn absent_fields_are_left_out_and_ref_has_its_name() {
        let at = DateTime::from_timestamp(1_700_000_000, 120_000_000).expect("valid time");
        let mut event = Event::new(
            EventFormat::Rollcall,
            "deploy".into(),
            at,
            (IdKind::Vendor, "1".into()),
        );
        event.git_ref = Some("refs/heads/main".into());
        let json = serde_json::to_string(&event).expect("serialises");
        assert_eq!(
            json,
            r#"{"kind":"other","outcome":"unknown","action":"deploy","occurred_at":"2023-11-14T22:13:20.120Z","format":"rollcall","vendor_id":"1","id_kind":"vendor","ref":"refs/heads/main"}"#
        );
    }

    #[test]
    fn source_addresses_are_read_where_they_are_addresses() {
        let at = DateTime::from_timestamp(0, 0).expect("valid time");
        let mut event = Event::new(
            EventFormat::Rollcall,
            "a".into(),
            at,
            (IdKind::Vendor, "1".into()),
        );
        for (text, ok) in [
            ("203.0.113.4", true),
            ("[::1]:443", true),
            ("10.0.0.1:5", true),
            ("225.178.039.250", false),
            ("cloudtrail.amazonaws.com", false),
        ] {
            event.source_ip = Some(text.into());
            assert_eq!(event.source_address().is_some(), ok, "{text}");
        }
    }
}

//! What people did with an identity in Rollcall, and which changes in the outside world that explains.

use chrono::{DateTime, Utc};
use contract::events::EventKind;

use crate::identity::ticket::Ticket;

/// One entry of the activity about an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When.
    pub at: DateTime<Utc>,
    /// Verb, `identity.rotated`.
    pub action: String,
    /// The sentence.
    pub words: String,
    /// Fields it changed, each with what stands there now.
    pub changes: Vec<(String, String)>,
}

impl Record {
    /// Whether it is about the same sort of thing as a change of this kind: a rotation explains a new key, and an edited
    /// description explains nothing.
    pub fn explains(&self, kind: EventKind) -> bool {
        match self.action.as_str() {
            // Whether and for how long it may be anything at all.
            "identity.requested"
            | "identity.approved"
            | "identity.adopted"
            | "identity.suspended"
            | "identity.reactivated"
            | "identity.decommissioned"
            | "identity.removed"
            // What a review decided to take away or to lessen, and who carried it out.
            | "task.changed" => true,
            "identity.rotated" | "identity.credential_revoked" => {
                kind == EventKind::CredentialChange
            }
            "identity.edited" => {
                self.sets("ticket") || kind == EventKind::TrustChange && self.sets("selectors")
            }
            _ => false,
        }
    }

    fn sets(&self, field: &str) -> bool {
        let set = |(name, after): &(String, String)| name == field && !after.is_empty();
        self.changes.iter().any(set)
    }

    /// Whether it mentions a ticket.
    pub fn names(&self, ticket: &str) -> bool {
        mentions(&self.words, ticket)
            || self
                .changes
                .iter()
                .any(|(_, after)| mentions(after, ticket))
    }
}

/// The reference to a ticket in what an event carries as one; `None` where nobody could look it up.
pub fn reference(text: &str) -> Option<Ticket> {
    Ticket::parse(text).ok().or_else(|| {
        text.split_whitespace()
            .find_map(|word| Ticket::parse(word.trim_matches(|c: char| !c.is_alphanumeric())).ok())
    })
}

/// Whether two references name one ticket, where one may be the address of the other.
pub fn same_ticket(one: &Ticket, other: &str) -> bool {
    mentions(other, one.as_str())
        || Ticket::parse(other).is_ok_and(|other| mentions(one.as_str(), other.as_str()))
}

/// Whether a text has a reference as a word of its own: `OPS-1` is not in `OPS-12`.
fn mentions(text: &str, reference: &str) -> bool {
    let (text, reference) = (text.to_ascii_lowercase(), reference.to_ascii_lowercase());
    let part = |c: char| c.is_alphanumeric() || c == '-';
    !reference.is_empty()
        && text.match_indices(&reference).any(|(at, found)| {
            !text[..at].ends_with(part) && !text[at + found.len()..].starts_with(part)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(action: &str, field: &str, after: &str) -> Record {
        Record {
            at: DateTime::from_timestamp(1_790_000_000, 0).expect("valid time"),
            action: action.to_owned(),
            words: "Changed shop · deploy".to_owned(),
            changes: vec![(field.to_owned(), after.to_owned())],
        }
    }

    #[test]
    fn a_record_explains_its_own_sort_of_change_only() {
        use EventKind::{CredentialChange, PermissionChange, TrustChange};
        for (action, field, explained) in [
            (
                "identity.approved",
                "state",
                &[TrustChange, CredentialChange, PermissionChange][..],
            ),
            ("identity.rotated", "credential", &[CredentialChange]),
            ("identity.credential_revoked", "reason", &[CredentialChange]),
            ("identity.edited", "selectors", &[TrustChange]),
            (
                "identity.edited",
                "ticket",
                &[TrustChange, CredentialChange, PermissionChange],
            ),
            ("identity.edited", "purpose", &[]),
            ("identity.edited", "reason", &[]),
            ("identity.imported", "ticket", &[]),
            ("identity.credential_kept", "kept", &[]),
            ("identity.trust_test_kept", "test", &[]),
            (
                "task.changed",
                "state",
                &[TrustChange, CredentialChange, PermissionChange],
            ),
        ] {
            let one = record(action, field, "something");
            for kind in [TrustChange, CredentialChange, PermissionChange] {
                assert_eq!(
                    one.explains(kind),
                    explained.contains(&kind),
                    "{action} of {field}, {kind}"
                );
            }
        }
        assert!(!record("identity.edited", "ticket", "").explains(TrustChange));
    }

    #[test]
    fn a_ticket_is_mentioned_as_a_word() {
        let one = record("identity.edited", "reason", "Agreed in OPS-12, see there");
        assert!(one.names("OPS-12") && one.names("ops-12"));
        assert!(!one.names("OPS-1") && !one.names("PS-12") && !one.names(""));
        let ticket = Ticket::parse("OPS-12").expect("a ticket");
        assert!(same_ticket(
            &ticket,
            "https://tracker.example/browse/OPS-12"
        ));
        assert!(!same_ticket(&ticket, "") && !same_ticket(&ticket, "OPS-123"));
        let address = Ticket::parse("https://tracker.example/browse/OPS-12").expect("a ticket");
        assert!(same_ticket(&address, "OPS-12"));
        assert_eq!(reference("(OPS-12) rotate"), Some(ticket));
        // Any word may stand in a tag called ticket.
        assert_eq!(reference("deploy"), None);
    }
}

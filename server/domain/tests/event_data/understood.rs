//! How much of each format was understood: events with a kind, an actor, an outcome and a name to join an identity by.
//!
//! **Unknown** is an event whose kind is `other` although the *vendor's own word* for it says that it is of a sort
//! Rollcall cares about: it runs or deploys, takes or proves a credential, reads a secret, or changes something. What is
//! cared about is said here by the vendors' words (`event-formats.md` §1-§10) and not by the normalisers, so that a
//! normaliser which calls everything `other` is found out. Reads of anything but secrets, what a platform tells of itself
//! (rate limits, pings, heartbeats), the contents of objects, pushes of code, and people who sign in and succeed are not
//! cared about: `other` is their right kind.

use std::collections::BTreeMap;

use contract::events::{EventFormat, EventKind, Outcome};
use domain::event::{ActorNature, Event};

/// What of a format Rollcall cares about.
struct Cares {
    format: EventFormat,
    /// Heads of the vendor's word, in lower case.
    heads: &'static [&'static str],
    /// Ends of it.
    ends: &'static [&'static str],
    /// What is not meant after all, wherever it stands in the word.
    but: &'static [&'static str],
}

/// Verbs that change something, as APIs spell them.
const CHANGES: &[&str] = &[
    "create",
    "insert",
    "put",
    "update",
    "patch",
    "set",
    "delete",
    "remove",
    "add",
    "attach",
    "detach",
    "modify",
    "authorize",
    "revoke",
    "enable",
    "disable",
    "associate",
    "disassociate",
    "register",
];

/// Formats of which enough events are at hand to judge by.
const CARED: &[Cares] = &[
    Cares {
        format: EventFormat::AwsCloudtrail,
        // What is read of secrets and taken of credentials is marked as read-only by AWS: named here.
        heads: &[
            "assumerole",
            "consolelogin",
            "getsessiontoken",
            "getfederationtoken",
            "getsecretvalue",
            "batchgetsecretvalue",
            "getparameter",
            "getpassworddata",
            "decrypt",
            "changepassword",
            "stoplogging",
        ],
        ends: &[],
        // The contents of buckets, and what an agent tells of its own machine.
        but: &[
            "object",
            "instanceinformation",
            "controlchannel",
            "managedinstance",
            "datachannel",
        ],
    },
    Cares {
        format: EventFormat::KubernetesAudit,
        heads: &[
            "get secrets",
            "list secrets",
            "watch secrets",
            "create ",
            "update ",
            "patch ",
            "delete ",
        ],
        ends: &[],
        // Questions that are asked by creating them, and heartbeats.
        but: &["reviews", "leases", "events"],
    },
    Cares {
        format: EventFormat::GcpAudit,
        heads: &[
            "exchangetoken",
            "generateaccesstoken",
            "generateidtoken",
            "signjwt",
            "signblob",
            "accesssecretversion",
        ],
        ends: &["secrets.get", "secrets.list"],
        but: &["storage.objects."],
    },
    Cares {
        format: EventFormat::Entra,
        heads: &["sign-in activity", "invite", "consent", "reset", "change"],
        ends: &[" update"],
        but: &[],
    },
    Cares {
        format: EventFormat::AzureActivity,
        heads: &[],
        ends: &["/write", "/delete", "/action"],
        but: &[],
    },
    Cares {
        format: EventFormat::OktaSystemLog,
        heads: &[
            "user.session.start",
            "user.session.impersonation",
            "user.authentication",
            "app.oauth2",
            "user.account",
            "user.mfa",
            "system.api_token",
            "system.idp",
            "application.lifecycle",
            "application.user_membership",
            "group.",
            "iam.",
            "policy.lifecycle",
            "policy.rule",
            "user.lifecycle",
            "user.credential",
            "zone.",
        ],
        ends: &[],
        but: &["report_suspicious"],
    },
    Cares {
        format: EventFormat::GithubAudit,
        heads: &[
            "workflows.",
            "org.",
            "repo.",
            "hook.",
            "protected_branch.",
            "integration_installation.",
            "environment.",
            "secret_scanning",
            "repository_secret_scanning",
            "business",
            "team.",
            "dependabot_",
            "personal_access_token.",
        ],
        ends: &[],
        but: &[],
    },
    Cares {
        format: EventFormat::GithubWebhook,
        heads: &[
            "workflow_run",
            "workflow_job",
            "deployment",
            "installation",
            "secret_scanning_alert",
            "branch_protection_rule",
            "member",
            "repository_dispatch",
            "workflow_dispatch",
        ],
        ends: &[],
        but: &[],
    },
];

/// Words of signing in: of a person it is cared about only where it fails; what they do then has events of its own.
const SIGN_INS: &[&str] = &[
    "sign-in activity",
    "consolelogin",
    "user.session.start",
    "user.authentication",
];

/// Formats whose samples say who acted, in nine of ten events; the others are cut down, or say it for some events only.
const SAYS_WHO: &[EventFormat] = &[
    EventFormat::AwsCloudtrail,
    EventFormat::Entra,
    EventFormat::GithubAudit,
    EventFormat::OktaSystemLog,
];

/// Formats that say how it ended, in nine of ten events.
const SAYS_HOW: &[EventFormat] = &[
    EventFormat::AwsCloudtrail,
    EventFormat::AzureActivity,
    EventFormat::Entra,
    EventFormat::GcpAudit,
    EventFormat::KubernetesAudit,
];

/// Events of a format below which a share says nothing.
const ENOUGH: usize = 20;

/// Whether the vendor's word is of a sort Rollcall cares about; nothing where too little of the format is at hand.
fn cared(event: &Event) -> bool {
    let Some(cares) = CARED.iter().find(|cares| cares.format == event.format) else {
        return false;
    };
    let word = event.action.to_lowercase();
    // Google and Kubernetes put what is acted on before the verb.
    let verb = match event.format {
        EventFormat::GcpAudit => word.rsplit('.').next().unwrap_or_default(),
        _ => word.as_str(),
    };
    let changes = matches!(
        event.format,
        EventFormat::AwsCloudtrail | EventFormat::GcpAudit | EventFormat::Entra
    ) && CHANGES.iter().any(|head| verb.starts_with(head));
    let named = cares.heads.iter().any(|head| verb.starts_with(head))
        || cares.ends.iter().any(|end| word.ends_with(end));
    let own = SIGN_INS.iter().any(|head| word.starts_with(head))
        && event.outcome != Outcome::Failure
        && event.joins.actor_nature == ActorNature::Person;
    (changes || named) && !own && !cares.but.iter().any(|part| word.contains(part))
}

/// What was understood of one format.
#[derive(Default)]
struct Understood {
    events: usize,
    other: usize,
    actor: usize,
    outcome_unknown: usize,
    subject: usize,
    cared: usize,
    /// The vendors' words of what is cared about and got no kind.
    unknown: BTreeMap<String, usize>,
}

impl Understood {
    fn unknown(&self) -> usize {
        self.unknown.values().sum()
    }
}

/// What was understood, by format.
#[derive(Default)]
pub struct Formats(BTreeMap<EventFormat, Understood>);

impl Formats {
    /// Counts an event.
    pub fn count(&mut self, event: &Event) {
        let one = self.0.entry(event.format).or_default();
        one.events += 1;
        one.other += usize::from(event.kind == EventKind::Other);
        one.actor += usize::from(event.actor.is_some());
        one.outcome_unknown += usize::from(event.outcome == Outcome::Unknown);
        one.subject += usize::from(!event.selectors().is_empty());
        if cared(event) {
            one.cared += 1;
            if event.kind == EventKind::Other {
                *one.unknown.entry(event.action.clone()).or_default() += 1;
            }
        }
    }

    /// The table by format.
    pub fn print(&self) {
        println!(
            "{:<20} {:>7} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8}  without a kind",
            "format", "events", "other", "actor", "outcome?", "subject", "cared", "unknown"
        );
        for (format, one) in &self.0 {
            println!(
                "{:<20} {:>7} {:>7} {:>7} {:>8} {:>8} {:>7} {:>8}  {:?}",
                format.to_string(),
                one.events,
                one.other,
                one.actor,
                one.outcome_unknown,
                one.subject,
                one.cared,
                one.unknown(),
                one.unknown
            );
        }
    }

    /// Of what is cared about less than a tenth is unknown, in each format there is enough of; and less than a tenth of all
    /// events lacks who acted and how it ended, where the format says it.
    pub fn judge(&self) {
        for cares in CARED {
            let format = cares.format;
            let one = &self.0[&format];
            assert!(
                one.cared >= ENOUGH,
                "{format}: only {} are cared about",
                one.cared
            );
            assert!(
                one.unknown() * 10 < one.cared,
                "{format}: {} of {} have no kind: {:?}",
                one.unknown(),
                one.cared,
                one.unknown
            );
        }
        for format in SAYS_WHO {
            let one = &self.0[format];
            let without = one.events - one.actor;
            assert!(
                without * 10 < one.events,
                "{format}: {without} without an actor"
            );
        }
        for format in SAYS_HOW {
            let one = &self.0[format];
            let without = one.outcome_unknown;
            assert!(
                without * 10 < one.events,
                "{format}: {without} without an outcome"
            );
        }
    }
}

#[test]
fn everything_called_other_is_found_out() {
    let hints = domain::event::normalize::Hints::default();
    let record = br#"{"eventVersion":"1.08","eventTime":"2026-11-20T00:00:00Z","eventSource":"iam.amazonaws.com","eventName":"CreateAccessKey","eventID":"1","userIdentity":{"type":"IAMUser","userName":"ci"}}"#;
    let mut event = domain::event::split::split(record, 1 << 20)
        .filter_map(|record| record.parsed.ok())
        .filter_map(|value| domain::event::normalize::accept_with(None, value, &hints).ok())
        .map(|accepted| accepted.event)
        .next()
        .expect("an event");
    assert_eq!(event.kind, EventKind::CredentialChange);
    let mut formats = Formats::default();
    formats.count(&event);
    assert_eq!(formats.0[&event.format].unknown(), 0);
    event.kind = EventKind::Other;
    formats.count(&event);
    assert_eq!(formats.0[&event.format].unknown(), 1);
}

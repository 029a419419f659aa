use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use contract::events::EventKind;
use contract::identities::{CredentialClass, IdentityState, Platform, RotationState};

use super::events::{Record, SOURCES};
use super::*;
use crate::event::normalize;
use crate::event::selectors::{Key, key};
use crate::identity::selector::parse_line;
use crate::identity::{credential, permission, rotation, ticket::Ticket};

fn now() -> DateTime<Utc> {
    "2026-11-21T09:45:00Z".parse().expect("a time")
}

#[test]
fn it_looks_like_a_company() {
    let acme = Organisation::at(now());
    assert_eq!((acme.teams.len(), acme.people.len()), (9, 30));
    let personas = acme.people.iter().filter(|p| p.story.is_some()).count();
    assert_eq!(personas, 4);
    let left = acme.people.iter().filter(|p| p.left_at.is_some()).count();
    assert_eq!(left, 2);
    let live: Vec<&Identity> = acme
        .identities
        .iter()
        .filter(|i| i.state != IdentityState::Removed)
        .collect();
    assert!((140..=152).contains(&live.len()), "{}", live.len());
    let platforms: BTreeSet<Platform> = live.iter().map(|i| i.platform).collect();
    assert_eq!(
        platforms.len(),
        Platform::ALL.len(),
        "every platform occurs"
    );
    let kinds: BTreeSet<_> = live.iter().map(|i| i.kind).collect();
    assert_eq!(kinds.len(), 4, "every kind occurs");
    let classes = live.iter().fold(BTreeMap::new(), |mut counts, i| {
        let class = credential::worst(i.credentials.iter().map(|c| (c.credential_type, c.kept)));
        *counts.entry(class).or_insert(0) += 1;
        counts
    });
    assert!(
        (29..=36).contains(&classes[&CredentialClass::Static]),
        "{classes:?}"
    );
    assert!(
        !classes.contains_key(&CredentialClass::Unknown),
        "{classes:?}"
    );
}

#[test]
fn each_identity_is_whole() {
    let acme = Organisation::at(now());
    let mut names = BTreeSet::new();
    for identity in &acme.identities {
        let name = &identity.name;
        assert!(!identity.selectors.is_empty(), "{name} has no name outside");
        assert!(!identity.permissions.is_empty(), "{name} may do nothing");
        assert!(
            !identity.purpose.is_empty() && !identity.justification.is_empty(),
            "{name}"
        );
        Ticket::parse(&identity.ticket).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_ne!(
            identity.requested_by,
            identity.approved_by.or(identity.backup_owner),
            "{name}"
        );
        for s in &identity.selectors {
            assert!(
                names.insert((s.kind, s.issuer.clone(), s.value.clone())),
                "{name}: {s:?}"
            );
            // Subjects of issuers that name by bare ids are known from events, not from the form.
            if s.kind != contract::identities::SelectorKind::OidcSubject {
                let line = format!("{} {} {}", s.kind, s.issuer, s.value);
                let read = parse_line(&line).unwrap_or_else(|e| panic!("{line}: {e}"));
                assert_eq!(read.value, s.value);
            }
        }
        let mut grants = BTreeSet::new();
        for p in &identity.permissions {
            assert!(
                grants.insert((p.system, &p.action, &p.resource)),
                "{name}: {p:?}"
            );
            let supplier = p.resource == "acme" || p.resource.starts_with("shop.");
            assert!(
                supplier || permission::is_known(p.system, &p.action) || p.system == "okta",
                "{p:?}"
            );
        }
        for t in &identity.trusts {
            let summary = crate::trust::summarise(t.language, &t.document);
            assert!(summary.ring.is_some(), "{name}: {}", t.document);
        }
    }
}

#[test]
fn stories_are_there() {
    let acme = Organisation::at(now());
    let states =
        |identity: &Identity| {
            rotation::worst(identity.credentials.iter().map(|c| {
                rotation::judge(c.credential_type, c.issued_at, c.rotated_at, acme.now).state
            }))
        };
    let live = || {
        acme.identities
            .iter()
            .filter(|i| i.state == IdentityState::Active)
    };
    let overdue = live()
        .filter(|i| states(i) == RotationState::Overdue)
        .count();
    assert!((11..=14).contains(&overdue), "{overdue} overdue rotations");
    let unknown = live()
        .filter(|i| states(i) == RotationState::UnknownAge)
        .count();
    assert!((3..=5).contains(&unknown), "{unknown} of unknown age");
    let gone = |id| {
        acme.people
            .iter()
            .any(|p| Some(p.id) == id && p.left_at.is_some())
    };
    assert_eq!(live().filter(|i| gone(i.owner)).count(), 2, "two orphans");
    assert_eq!(
        live().filter(|i| i.line.has("unreviewed")).count(),
        6,
        "overdue reviews"
    );
    let mut keys: HashMap<&str, BTreeSet<Option<contract::ids::TeamId>>> = HashMap::new();
    for i in live() {
        for c in i
            .credentials
            .iter()
            .filter(|c| c.reference.starts_with("AKIA"))
        {
            keys.entry(&c.reference).or_default().insert(i.team);
        }
    }
    assert_eq!(
        keys.values().filter(|teams| teams.len() > 1).count(),
        1,
        "one shared key"
    );
    assert_eq!(
        acme.identities
            .iter()
            .filter(|i| i.state == IdentityState::Requested)
            .count(),
        2
    );
    let wide = live()
        .flat_map(|i| &i.trusts)
        .filter(|t| t.document.contains("repo:acme/*"));
    assert_eq!(wide.count(), 1, "one trust admits every repository");
}

#[test]
fn the_same_moment_gives_the_same_company() {
    let print = || {
        let acme = Organisation::at(now());
        let events: Vec<Record> = acme.events().take(600).collect();
        format!("{:?}{events:?}", acme.identities)
    };
    assert!(print() == print());
}

#[test]
fn a_year_of_records_is_read_and_finds_its_identities() {
    let acme = Organisation::at(now());
    let registered = keys(&acme);
    let (mut total, mut found, mut last) = (0, 0, None);
    let mut strangers: BTreeMap<String, usize> = BTreeMap::new();
    let mut kinds: BTreeMap<EventKind, usize> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for record in acme.events() {
        assert!(last <= Some(record.at), "oldest first");
        last = Some(record.at);
        let source = SOURCES
            .iter()
            .find(|s| s.slug == record.source)
            .expect("a source");
        let accepted = normalize::accept(Some(source.format), record.body.into())
            .unwrap_or_else(|(reject, raw)| panic!("{reject}: {raw}"));
        let event = accepted.event;
        total += 1;
        *kinds.entry(event.kind).or_default() += 1;
        assert!(
            ids.insert(event.vendor_id.clone()),
            "{} twice",
            event.vendor_id
        );
        let selectors = event.selectors();
        let hit = selectors.iter().find_map(|(kind, issuer, value)| {
            let mine = key(*kind, issuer, value);
            registered
                .get(&mine.name)?
                .iter()
                .find(|(theirs, _)| theirs.same(&mine))
                .map(|(_, name)| *name)
        });
        if let Some(name) = hit {
            found += 1;
            seen.insert(name);
        } else if let Some(discovery) = event.discovery() {
            *strangers.entry(discovery.name).or_default() += 1;
        }
    }
    assert!((36_000..=44_000).contains(&total), "{total} events");
    assert!(
        found * 100 / total > 94,
        "{found} of {total} found their identity"
    );
    assert_eq!(strangers.len(), 6, "{strangers:?}");
    assert!(kinds.len() >= 9, "{kinds:?}");
    let silent: Vec<&str> = acme
        .identities
        .iter()
        .filter(|i| !seen.contains(i.name.as_str()) && i.line.rate > 0)
        .map(|i| i.name.as_str())
        .collect();
    assert_eq!(silent, Vec::<&str>::new(), "never seen");
}

fn keys(acme: &Organisation) -> HashMap<String, Vec<(Key, &str)>> {
    let mut all: HashMap<String, Vec<(Key, &str)>> = HashMap::new();
    for identity in &acme.identities {
        for s in &identity.selectors {
            let key = key(s.kind, &s.issuer, &s.value);
            all.entry(key.name.clone())
                .or_default()
                .push((key, &identity.name));
        }
    }
    all
}

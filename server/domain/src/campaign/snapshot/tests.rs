use proptest::prelude::*;
use uuid::Uuid;

use super::diff::diff;
use super::*;

pub(crate) fn time(day: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_600_000 + day * 86_400, 0).expect("time")
}

pub(crate) fn frozen(n: u128, name: &str) -> FrozenPerson {
    FrozenPerson {
        id: PersonId(Uuid::from_u128(n)),
        name: name.into(),
    }
}

pub(crate) fn permission(n: u128, action: &str, privileged: bool, usage: Usage) -> Permission {
    Permission {
        id: PermissionId(Uuid::from_u128(n)),
        system: "aws".into(),
        action: action.into(),
        resource: "service/prod/ledger-worker".into(),
        environment: Some(Environment::Production),
        privileged,
        sentence: format!("Do {action}"),
        usage,
        last_used_at: (usage == Usage::Used).then(|| time(-3)),
        granted_at: Some(time(-200)),
        changed_by: Some(frozen(9, "Aiko Brandt")),
    }
}

pub(crate) fn credential(
    n: u128,
    credential_type: CredentialType,
    rotation: RotationState,
) -> Credential {
    Credential {
        id: CredentialId(Uuid::from_u128(n)),
        credential_type,
        label: format!("credential {n}"),
        reference: format!("key-{n}"),
        expires_at: None,
        rotated_at: Some(time(-100)),
        last_used_at: Some(time(-3)),
        rotation,
        rotation_due_at: Some(time(-10)),
        created_by: Some(frozen(8, "Mira Kestrel")),
    }
}

/// A healthy, used identity with one federated credential.
pub(crate) fn snapshot() -> Snapshot {
    Snapshot {
        version: VERSION,
        taken_at: time(0),
        identity: IdentityId(Uuid::from_u128(1)),
        name: "ledger-worker · release · production".into(),
        kind: IdentityKind::Pipeline,
        platform: Platform::GithubActions,
        state: IdentityState::Active,
        purpose: "Releases the ledger worker to production.".into(),
        environments: vec![Environment::Production],
        tier: RiskTier::High,
        team: Some("Payments".into()),
        owner: Some(frozen(1, "Jonas Hale")),
        backup_owner: None,
        permissions: vec![permission(1, "ecs:UpdateService", true, Usage::Used)],
        credentials: vec![Credential {
            created_by: None,
            rotated_at: None,
            rotation_due_at: None,
            ..credential(1, CredentialType::OidcFederation, RotationState::NotNeeded)
        }],
        trusts: vec![Trust {
            id: TrustId(Uuid::from_u128(1)),
            language: TrustLanguage::Aws,
            target: "arn:aws:iam::1:role/ledger".into(),
            document: "environment:production".into(),
            admits: "Only production may become it.".into(),
            tightest: None,
        }],
        selectors: vec![Selector {
            kind: SelectorKind::OidcSubject,
            issuer: "https://token.actions.githubusercontent.com".into(),
            value: "repo:acme/ledger-worker:environment:production".into(),
        }],
        created_at: time(-400),
        usage: Use {
            last_used_at: Some(time(-3)),
            daily_events: vec![1; 90],
            covered_days: 90,
        },
        findings: vec![],
        exceptions: vec![],
        risk: 40,
        risk_reasons: vec![],
    }
    .in_order()
}

#[test]
fn exceptions_are_frozen_beside_the_facts_and_older_snapshots_stay_readable() {
    let old = snapshot();
    let text = serde_json::to_string(&old).expect("plain JSON");
    assert!(!text.contains("exceptions"), "as it was frozen before");
    let mut new = old.clone();
    let excepted = |title: &str, days| Exception {
        rule: "static-secret".into(),
        title: title.into(),
        scope: ExceptionScope::Finding,
        reason: "Until the move ends, OPS-1".into(),
        by: Some("Ines Varga".into()),
        until: time(days),
    };
    new.exceptions = vec![excepted("later", 40), excepted("sooner", 20)];
    let new = new.in_order();
    assert_eq!(new.exceptions[0].title, "sooner");
    assert_eq!(new.content_hash(), old.content_hash());
    let text = serde_json::to_string(&new).expect("plain JSON");
    let read: Snapshot = serde_json::from_str(&text).expect("it reads what it writes");
    assert_eq!(read, new);
}

#[test]
fn volatile_use_does_not_change_the_content_hash() {
    let old = snapshot();
    let mut new = old.clone();
    new.usage.last_used_at = Some(time(1));
    new.usage.daily_events.push(7);
    new.risk = 90;
    new.permissions[0].usage = Usage::Unused;
    new.taken_at = time(5);
    assert_eq!(old.content_hash(), new.content_hash());
    assert!(diff(&old, &new).is_empty());
}

#[test]
fn list_order_does_not_change_the_content_hash() {
    let mut a = snapshot();
    a.permissions
        .push(permission(2, "kms:Decrypt", true, Usage::Unused));
    a.environments.push(Environment::Staging);
    let mut b = a.clone();
    b.permissions.reverse();
    b.environments.reverse();
    assert_eq!(a.in_order().content_hash(), b.in_order().content_hash());
}

#[test]
fn changes_are_plain_sentences_with_before_and_after() {
    let old = snapshot();
    let mut new = old.clone();
    let mut decrypt = permission(2, "kms:Decrypt", true, Usage::Unused);
    decrypt.sentence = "Decrypt with the ledger signing key".into();
    new.permissions.push(decrypt);
    new.backup_owner = Some(frozen(8, "Mira Kestrel"));
    new.trusts[0].document = "environment:*".into();
    new.trusts[0].admits = "Any environment may become it.".into();
    let changes = diff(&old, &new.in_order());
    let sentences: Vec<&str> = changes.iter().map(|c| c.sentence.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "It can now decrypt with the ledger signing key.",
            "Who may become it changed: any environment may become it.",
            "The backup owner is now Mira Kestrel.",
        ]
    );
    assert_eq!(changes[1].before.as_deref(), Some("environment:production"));
    assert_eq!(changes[2].before, None);
}

#[test]
fn the_creator_and_the_last_changer_may_not_judge() {
    let mut it = snapshot();
    it.credentials
        .push(credential(2, CredentialType::SigningKey, RotationState::Ok));
    let mut older = permission(3, "logs:Delete", false, Usage::Used);
    older.granted_at = Some(time(-300));
    older.changed_by = Some(frozen(7, "Long Ago"));
    it.permissions.push(older);
    let names: Vec<(Uuid, String)> = it
        .exclusions()
        .into_iter()
        .map(|e| (e.person.0, e.because))
        .collect();
    assert_eq!(
        names,
        [
            (
                Uuid::from_u128(8),
                "created the credential “credential 2”".to_owned()
            ),
            (
                Uuid::from_u128(9),
                "changed its permissions last".to_owned()
            ),
        ]
    );
}

/// Changes one thing about an identity; odd numbers out of range change nothing.
fn mutate(s: &mut Snapshot, which: u8, salt: u8) {
    match which {
        0 => s.purpose = format!("purpose {salt}"),
        1 => s.state = IdentityState::ALL[usize::from(salt) % IdentityState::ALL.len()],
        2 => s.environments = vec![Environment::ALL[usize::from(salt) % 3]],
        3 => s.owner = (salt > 2).then(|| frozen(u128::from(salt), "Somebody")),
        4 => s.backup_owner = (salt > 2).then(|| frozen(u128::from(salt), "Somebody")),
        5 => s.team = (salt > 2).then(|| format!("team {salt}")),
        6 => s.permissions.push(permission(
            u128::from(salt) + 50,
            "s3:PutObject",
            salt > 128,
            Usage::Used,
        )),
        7 => s.permissions.clear(),
        8 => s
            .permissions
            .iter_mut()
            .for_each(|p| p.privileged = !p.privileged),
        9 => s.credentials.push(credential(
            u128::from(salt) + 50,
            CredentialType::ApiKey,
            RotationState::Ok,
        )),
        10 => s
            .credentials
            .iter_mut()
            .for_each(|c| c.rotated_at = Some(time(i64::from(salt)))),
        11 => s
            .credentials
            .iter_mut()
            .for_each(|c| c.reference = format!("ref {salt}")),
        12 => s
            .trusts
            .iter_mut()
            .for_each(|t| t.document = format!("doc {salt}")),
        13 => s.trusts.clear(),
        14 => s
            .selectors
            .iter_mut()
            .for_each(|x| x.value = format!("repo:{salt}")),
        15 => s.tier = RiskTier::ALL[usize::from(salt) % 4],
        16 => s.name = format!("name {salt}"),
        17 => s.kind = IdentityKind::ALL[usize::from(salt) % 4],
        18 => s
            .credentials
            .iter_mut()
            .for_each(|c| c.expires_at = Some(time(i64::from(salt)))),
        19 => s.permissions.iter_mut().for_each(|p| p.environment = None),
        20 => s
            .credentials
            .iter_mut()
            .for_each(|c| c.credential_type = CredentialType::SshKey),
        _ => s.usage.covered_days = u16::from(salt),
    }
}

proptest! {
    #[test]
    fn hashes_differ_exactly_when_the_difference_says_something(
        steps in proptest::collection::vec((0u8..22, any::<u8>()), 0..5)
    ) {
        let old = snapshot();
        let mut new = old.clone();
        for (which, salt) in steps {
            mutate(&mut new, which, salt);
        }
        let new = new.in_order();
        prop_assert_eq!(old.content_hash() == new.content_hash(), diff(&old, &new).is_empty());
        let bytes = serde_json::to_vec(&new).expect("json");
        prop_assert_eq!(serde_json::from_slice::<Snapshot>(&bytes).expect("back"), new);
    }
}

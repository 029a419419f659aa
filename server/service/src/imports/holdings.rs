//! Credentials, permissions and trusts of an import.

use std::collections::HashMap;

use contract::ids::IdentityId;
use contract::imports::{ImportKind, ImportOutcome};
use domain::import::plan::Changes;
use domain::import::record::{Credential, Permission, Trust};
use domain::import::{Place, fields};
use store::Tx;
use store::imports::{holdings as kept, lookup};
use uuid::Uuid;

use super::Run;
use super::tally::Line;
use crate::Result;

/// An identity and its name.
type Whose = (Uuid, String);

/// Whose each row is, and the ids of all of them. What nobody is called is a problem; what two are is a conflict.
async fn owners<T>(
    run: &mut Run<'_>,
    tx: &mut Tx,
    kind: ImportKind,
    rows: &[(Place, T)],
    named: fn(&T) -> &String,
) -> Result<(Vec<Option<Whose>>, Vec<Uuid>)> {
    let mut words: Vec<String> = rows.iter().map(|(_, one)| named(one).clone()).collect();
    words.sort_unstable();
    words.dedup();
    let found = lookup::by_reference(tx, &words).await?;
    let ids: Vec<Uuid> = found.values().flatten().copied().collect();
    let names = store::imports::write::names(tx, &ids).await?;
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    let mut all = Vec::with_capacity(rows.len());
    for (place, one) in rows {
        let word = named(one);
        let shown = fields::cut(word);
        all.push(match found.get(word).map(Vec::as_slice) {
            Some([id]) => Some((*id, name(id))),
            Some([first, second, ..]) => {
                let reason = format!(
                    "“{shown}” names two identities, {} and {}",
                    name(first),
                    name(second)
                );
                run.tally.line(line(
                    place,
                    kind,
                    ImportOutcome::Conflict,
                    shown,
                    None,
                    Vec::new(),
                    reason,
                ));
                None
            }
            _ if run.tally.is_bad(place) => None,
            _ => {
                run.tally.problem(place.problem(
                    "identity",
                    format!("there is no identity “{shown}” in the roll; import identities first"),
                ));
                None
            }
        });
    }
    let ids = all.iter().flatten().map(|(id, _)| *id).collect();
    Ok((all, ids))
}

fn line(
    place: &Place,
    kind: ImportKind,
    outcome: ImportOutcome,
    name: String,
    identity: Option<Uuid>,
    changes: Changes,
    reason: String,
) -> Line<'_> {
    Line {
        place,
        kind,
        outcome,
        name,
        identity: identity.map(IdentityId),
        changes,
        reason,
    }
}

impl Run<'_> {
    /// Tells what a row of a holding does, and notes it in the identity's history unless the import entered it.
    fn told(
        &mut self,
        place: &Place,
        kind: ImportKind,
        new: bool,
        whose: &Whose,
        changes: Changes,
    ) {
        let outcome = match (new, changes.is_empty()) {
            (true, _) => ImportOutcome::Create,
            (false, true) => ImportOutcome::Unchanged,
            (false, false) => ImportOutcome::Update,
        };
        if outcome != ImportOutcome::Unchanged {
            self.touched.insert(whose.0);
            if !self.entered.contains(&whose.0) {
                self.change(whose.0, changes.clone());
            }
        }
        let standing = (!self.entered.contains(&whose.0)).then_some(whose.0);
        self.tally.line(line(
            place,
            kind,
            outcome,
            whose.1.clone(),
            standing,
            changes,
            String::new(),
        ));
    }
}

fn cell(field: &str, before: &str, after: &str) -> Option<(String, String, String)> {
    (before != after).then(|| (field.to_owned(), before.to_owned(), after.to_owned()))
}

fn time(at: Option<chrono::DateTime<chrono::Utc>>) -> String {
    at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string())
        .unwrap_or_default()
}

pub(super) async fn credentials(
    run: &mut Run<'_>,
    tx: &mut Tx,
    all: Vec<(Place, Credential)>,
) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let (whose, ids) = owners(run, tx, ImportKind::Credentials, &all, |one| &one.identity).await?;
    let mut standing: HashMap<Uuid, Vec<kept::Credential>> = HashMap::new();
    for one in kept::credentials(tx, &ids).await? {
        standing.entry(one.identity).or_default().push(one);
    }
    let mut save: HashMap<Uuid, kept::Credential> = HashMap::new();
    for ((place, one), whose) in all.iter().zip(whose) {
        let Some(whose) = whose else { continue };
        let held = standing.entry(whose.0).or_default();
        let at = held.iter().position(|known| is_same(known, one));
        let before = at.map(|at| held[at].clone());
        let next = credential(run, whose.0, before.as_ref(), one);
        let changes = credential_changes(before.as_ref(), &next);
        if before.is_none() || !changes.is_empty() || before.as_ref() != Some(&next) {
            match at {
                Some(at) => held[at] = next.clone(),
                None => held.push(next.clone()),
            }
            save.insert(next.id, next);
        }
        run.told(
            place,
            ImportKind::Credentials,
            before.is_none(),
            &whose,
            changes,
        );
    }
    let save: Vec<kept::Credential> = save.into_values().collect();
    store::imports::holdings::save_credentials(tx, &save, run.op.now).await?;
    Ok(())
}

/// By external id; else by key id or fingerprint; else by type and label, where neither has a reference.
fn is_same(known: &kept::Credential, one: &Credential) -> bool {
    if let (Some(theirs), Some(own)) = (&known.external_id, &one.external_id) {
        return theirs == own;
    }
    let kind = one.credential_type;
    if known.credential_type != kind.as_str() {
        return false;
    }
    match one.reference.as_deref() {
        Some(reference) if !known.reference.is_empty() => known.reference == reference,
        _ => known.label == one.label.as_deref().unwrap_or_else(|| kind.label()),
    }
}

fn credential(
    run: &Run<'_>,
    whose: Uuid,
    before: Option<&kept::Credential>,
    one: &Credential,
) -> kept::Credential {
    let old = before.cloned();
    let kind = one.credential_type;
    kept::Credential {
        id: before.map_or_else(|| run.op.new_id(), |known| known.id),
        identity: whose,
        external_id: one
            .external_id
            .clone()
            .or_else(|| old.as_ref()?.external_id.clone()),
        credential_type: kind.as_str().to_owned(),
        label: one
            .label
            .clone()
            .or_else(|| Some(old.as_ref()?.label.clone()))
            .unwrap_or_else(|| kind.label().to_owned()),
        reference: one
            .reference
            .clone()
            .or_else(|| Some(old.as_ref()?.reference.clone()))
            .unwrap_or_default(),
        issued_at: one
            .issued_at
            .or(old.as_ref().and_then(|known| known.issued_at)),
        expires_at: one
            .expires_at
            .or(old.as_ref().and_then(|known| known.expires_at)),
        rotated_at: one
            .rotated_at
            .max(old.as_ref().and_then(|known| known.rotated_at)),
        last_used_at: one
            .last_used_at
            .max(old.as_ref().and_then(|known| known.last_used_at)),
    }
}

fn credential_changes(before: Option<&kept::Credential>, next: &kept::Credential) -> Changes {
    let shown =
        |one: &kept::Credential| format!("{} {}", one.label, one.reference).trim().to_owned();
    let Some(old) = before else {
        return vec![("credential".to_owned(), String::new(), shown(next))];
    };
    let name = |field: &str| format!("credential {}: {field}", next.label);
    [
        cell(&name("type"), &old.credential_type, &next.credential_type),
        cell(&name("label"), &old.label, &next.label),
        cell(&name("reference"), &old.reference, &next.reference),
        cell(&name("issued"), &time(old.issued_at), &time(next.issued_at)),
        cell(
            &name("expires"),
            &time(old.expires_at),
            &time(next.expires_at),
        ),
        cell(
            &name("rotated"),
            &time(old.rotated_at),
            &time(next.rotated_at),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) async fn permissions(
    run: &mut Run<'_>,
    tx: &mut Tx,
    all: Vec<(Place, Permission)>,
) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let (whose, ids) = owners(run, tx, ImportKind::Permissions, &all, |one| &one.identity).await?;
    let key = |one: &kept::Permission| {
        (
            one.identity,
            one.system.clone(),
            one.action.clone(),
            one.resource.clone(),
        )
    };
    let mut standing: HashMap<_, kept::Permission> = kept::permissions(tx, &ids)
        .await?
        .into_iter()
        .map(|one| (key(&one), one))
        .collect();
    let mut save: HashMap<Uuid, kept::Permission> = HashMap::new();
    for ((place, one), whose) in all.iter().zip(whose) {
        let Some(whose) = whose else { continue };
        let mut next = permission(run, whose.0, one);
        let before = standing.get(&key(&next)).cloned();
        if let Some(old) = &before {
            next.id = old.id;
            next.environment = next.environment.or_else(|| old.environment.clone());
            next.granted_at = next.granted_at.or(old.granted_at);
            next.last_used_at = next.last_used_at.max(old.last_used_at);
        }
        let changes = permission_changes(before.as_ref(), &next);
        if before.as_ref() != Some(&next) {
            standing.insert(key(&next), next.clone());
            save.insert(next.id, next);
        }
        run.told(
            place,
            ImportKind::Permissions,
            before.is_none(),
            &whose,
            changes,
        );
    }
    let save: Vec<kept::Permission> = save.into_values().collect();
    let by = run.op.actor.person().map(|person| person.id.0);
    store::imports::holdings::save_permissions(tx, &save, by, run.op.now).await?;
    Ok(())
}

fn permission(run: &Run<'_>, whose: Uuid, one: &Permission) -> kept::Permission {
    kept::Permission {
        id: run.op.new_id(),
        identity: whose,
        system: one.system.clone(),
        action: one.action.clone(),
        resource: one.resource.clone(),
        environment: one.environment.map(|place| place.as_str().to_owned()),
        privileged: one.privileged,
        granted_at: one.granted_at,
        last_used_at: one.last_used_at,
    }
}

fn permission_changes(before: Option<&kept::Permission>, next: &kept::Permission) -> Changes {
    let shown = format!("{} {} {}", next.system, next.action, next.resource);
    let Some(old) = before else {
        return vec![("permission".to_owned(), String::new(), shown)];
    };
    let word = |privileged: bool| {
        if privileged {
            "privileged"
        } else {
            "not privileged"
        }
    };
    let place = |one: &kept::Permission| one.environment.clone().unwrap_or_default();
    [
        cell(
            &format!("permission {shown}: environment"),
            &place(old),
            &place(next),
        ),
        cell(
            &format!("permission {shown}: privilege"),
            word(old.privileged),
            word(next.privileged),
        ),
        cell(
            &format!("permission {shown}: granted"),
            &time(old.granted_at),
            &time(next.granted_at),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

pub(super) async fn trusts(run: &mut Run<'_>, tx: &mut Tx, all: Vec<(Place, Trust)>) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let (whose, ids) = owners(run, tx, ImportKind::Trusts, &all, |one| &one.identity).await?;
    let key = |one: &kept::Trust| (one.identity, one.language.clone(), one.target.clone());
    let mut standing: HashMap<_, kept::Trust> = kept::trusts(tx, &ids)
        .await?
        .into_iter()
        .map(|one| (key(&one), one))
        .collect();
    let mut save: HashMap<Uuid, kept::Trust> = HashMap::new();
    for ((place, one), whose) in all.iter().zip(whose) {
        let Some(whose) = whose else { continue };
        let summary = domain::trust::summarise(one.language, &one.document);
        let mut next = kept::Trust {
            id: run.op.new_id(),
            identity: whose.0,
            language: one.language.as_str().to_owned(),
            target: one.target.clone(),
            document: one.document.clone(),
            wildcard: summary.is_wildcard() == Some(true),
            admits: summary.admits,
        };
        let before = standing.get(&key(&next)).cloned();
        if let Some(old) = &before {
            next.id = old.id;
            // The same document in another layout is the same document.
            if is_same_document(&old.document, &next.document) {
                next.clone_from(old);
            }
        }
        let changes = trust_changes(before.as_ref(), &next);
        if before.as_ref() != Some(&next) {
            standing.insert(key(&next), next.clone());
            save.insert(next.id, next);
        }
        run.told(place, ImportKind::Trusts, before.is_none(), &whose, changes);
    }
    let save: Vec<kept::Trust> = save.into_values().collect();
    let by = run.op.actor.person().map(|person| person.id.0);
    store::imports::holdings::save_trusts(tx, &save, by, run.op.now).await?;
    if !save.is_empty() {
        // What pipelines can become follows from the trusts.
        let job = crate::trust::PIPELINES_JOB;
        store::queue::enqueue(tx, job, &serde_json::json!({}), Some(job), run.op.now).await?;
    }
    Ok(())
}

fn is_same_document(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || read(one).is_some_and(|json| Some(json) == read(other))
}

fn trust_changes(before: Option<&kept::Trust>, next: &kept::Trust) -> Changes {
    match before {
        None => vec![(
            "trust".to_owned(),
            String::new(),
            format!("{} {}", next.target, next.admits),
        )],
        Some(old) if old.document == next.document => Vec::new(),
        Some(old) => vec![
            (
                format!("trust {}: admits", next.target),
                old.admits.clone(),
                next.admits.clone(),
            ),
            (
                format!("trust {}: document", next.target),
                old.document.clone(),
                next.document.clone(),
            ),
        ],
    }
}

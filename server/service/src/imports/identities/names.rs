//! The names a row brings: registered, or left out where another identity holds them.

use contract::ids::IdentityId;
use domain::import::Place;
use domain::import::plan::{Changes, Row};
use domain::import::record::Identity;

use super::known::{Known, of};
use super::{Batch, conflict};
use crate::imports::Run;

/// Registers its names. One that another identity holds is left out and told with both names.
pub(super) fn claim(
    run: &mut Run<'_>,
    known: &Known,
    batch: &mut Batch,
    place: &Place,
    id: IdentityId,
    row: &Row,
    record: &Identity,
    new: bool,
) -> Changes {
    let mut changes = Vec::new();
    for selector in &record.selectors {
        let name = of(selector);
        if known.values.contains(&(id.0, name.2.clone())) {
            continue;
        }
        let holders = known.holders(&name);
        if holders.contains(&id.0) {
            continue;
        }
        let claims = (name.0.as_str(), name.1.clone(), name.2.clone());
        let holder = holders
            .first()
            .map(|holder| (IdentityId(*holder), known.name(*holder).to_owned()))
            .or_else(|| {
                batch
                    .claims
                    .get(&claims)
                    .filter(|(holder, _)| *holder != id)
                    .cloned()
            });
        if let Some((holder, held_by)) = holder {
            let why = format!(
                "“{}” is claimed by {held_by} already: events can name only one identity. {} was taken without it",
                domain::import::fields::cut(&name.2),
                row.name
            );
            conflict(run, place, &row.name, (!new).then_some(id), why);
            batch.conflicts.push((id, holder, name));
            continue;
        }
        if batch
            .claims
            .insert(claims, (id, row.name.clone()))
            .is_none()
        {
            changes.push((
                "selector".to_owned(),
                String::new(),
                format!("{} {}", name.0, name.2),
            ));
            batch.selectors.push((run.op.new_id(), id, name));
        }
    }
    changes
}

pub(super) fn keep_external_id(
    known: &Known,
    batch: &mut Batch,
    id: IdentityId,
    record: &Identity,
) {
    if let Some(own) = &record.external_id
        && !known
            .external
            .contains_key(&(own.space.to_owned(), own.value.clone()))
        && own.value != id.to_string()
    {
        batch.external.push((id, own.space, own.value.clone()));
    }
}

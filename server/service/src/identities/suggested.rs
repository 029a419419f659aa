//! Who may own an identity nobody answers for: a suggestion with its source, which a person confirms.

use std::collections::HashMap;

use chrono::TimeDelta;
use contract::identities::SuggestedOwner;
use contract::ids::IdentityId;
use domain::event::selectors::Selector;
use domain::finding::facts::UNUSED_DAYS;
use domain::identity::code_owners::{answering, workplace};
use store::Conn;
use store::identities::discovered::{Hint, Named, Suggestion};
use uuid::Uuid;

use crate::{Op, Result};

/// Owners shown for each.
const SHOWN: usize = 3;

/// Who may own these: named by an import or a CODEOWNERS file, acting in their events, or owning what stands beside.
pub(super) async fn owners(
    op: &Op,
    conn: &mut Conn,
    of: &[(IdentityId, Vec<Selector>)],
) -> Result<Vec<Suggestion>> {
    let named = in_files(conn, of).await?;
    let ids: Vec<Uuid> = of.iter().map(|(id, _)| id.0).collect();
    let since = op.now - TimeDelta::days(UNUSED_DAYS);
    Ok(store::identities::discovered::owners(conn, &ids, &named, since).await?)
}

/// What the CODEOWNERS files of their repositories say.
async fn in_files(conn: &mut Conn, of: &[(IdentityId, Vec<Selector>)]) -> Result<Vec<Named>> {
    let places: Vec<(IdentityId, String, String)> = of
        .iter()
        .filter_map(|(id, selectors)| {
            let (repository, file) = workplace(selectors)?;
            Some((*id, repository, file))
        })
        .collect();
    let mut repositories: Vec<String> = places.iter().map(|place| place.1.clone()).collect();
    repositories.sort_unstable();
    repositories.dedup();
    if repositories.is_empty() {
        return Ok(Vec::new());
    }
    let rules: HashMap<_, _> = store::imports::code_owners::rules(conn, &repositories)
        .await?
        .into_iter()
        .collect();
    let mut named = Vec::new();
    for (id, repository, file) in places {
        let all = rules.get(&repository).map_or(&[][..], Vec::as_slice);
        for rule in answering(all, &file) {
            let by = format!("CODEOWNERS of {repository}, line {}", rule.line);
            named.extend(rule.owners.iter().map(|owner| Named {
                of: id,
                owner: owner.to_lowercase(),
                by: by.clone(),
            }));
        }
    }
    Ok(named)
}

/// One line for each person: what a list says first, then who acts, then who owns what stands beside.
pub(super) fn told(of: IdentityId, all: &[Suggestion]) -> Vec<SuggestedOwner> {
    let rank = |hint: &Hint| match hint {
        Hint::Listed(_) => 0,
        Hint::Acted(_) => 1,
        Hint::Neighbour(_) => 2,
    };
    let mut mine: Vec<&Suggestion> = all.iter().filter(|one| one.of == of).collect();
    mine.sort_by_key(|one| rank(&one.hint));
    let mut places: HashMap<Uuid, usize> = HashMap::new();
    let mut owners: Vec<SuggestedOwner> = Vec::new();
    for one in mine {
        let source = match &one.hint {
            Hint::Listed(by) if by.is_empty() => "named by an imported list".to_owned(),
            Hint::Listed(by) => format!("named by {by}"),
            Hint::Acted(1) => "acted in one of its newest events".to_owned(),
            Hint::Acted(times) => format!("acted in {times} of its newest events"),
            Hint::Neighbour(name) => format!("owns {name}, of the same repository"),
        };
        if let Some(place) = places.get(&one.person.id.0) {
            let line = &mut owners[*place].source;
            line.push_str("; ");
            line.push_str(&source);
            continue;
        }
        places.insert(one.person.id.0, owners.len());
        owners.push(SuggestedOwner {
            person: one.person.clone(),
            team: one.team.clone(),
            source,
        });
    }
    owners.truncate(SHOWN);
    owners
}

//! What the roll knows of a chunk's identities, and which of them each row is.

use std::collections::{HashMap, HashSet};

use contract::ids::{PersonId, TeamId};
use domain::event::selectors::{Selector, key, same};
use domain::import::Place;
use domain::import::plan::Row;
use domain::import::record::Identity;
use store::Tx;
use store::selectors::Registered;
use uuid::Uuid;

use crate::Result;
use crate::imports::people::{Directory, find_people, find_teams};

/// What the roll knows of a chunk's names.
pub(super) struct Known {
    /// Identity by space and value of its external id.
    pub external: HashMap<(String, String), Uuid>,
    /// External ids of an identity.
    pub external_of: HashMap<Uuid, Vec<(String, String)>>,
    /// Identity by its own name.
    pub names: HashMap<String, Uuid>,
    /// Registered names of the outside world that may be meant.
    pub selectors: Vec<Registered>,
    /// Values of the selectors of these identities.
    pub values: HashSet<(Uuid, String)>,
    /// The identities as they stand.
    pub rows: HashMap<Uuid, Row>,
    /// People by the words used for them.
    pub people: Directory<PersonId>,
    /// Teams by the words used for them.
    pub teams: Directory<TeamId>,
}

pub(super) async fn lookup(tx: &mut Tx, all: &[(Place, Identity)]) -> Result<Known> {
    use store::imports::lookup as find;
    let records = || all.iter().map(|(_, record)| record);
    let (spaces, values): (Vec<String>, Vec<String>) = records()
        .filter_map(|record| record.external_id.as_ref())
        .map(|id| (id.space.to_owned(), id.value.clone()))
        .unzip();
    let external: HashMap<(String, String), Uuid> = find::by_external_id(tx, &spaces, &values)
        .await?
        .into_iter()
        .map(|(space, value, id)| ((space, value), id))
        .collect();
    let names: Vec<String> = records().map(|record| record.name.clone()).collect();
    let names = find::by_name(tx, &names).await?;
    let offered: Vec<Selector> = records()
        .flat_map(|record| &record.selectors)
        .map(of)
        .collect();
    let numbers: Vec<String> = offered
        .iter()
        .filter_map(|name| key(name.0, &name.1, &name.2).ids)
        .collect();
    let selectors = store::selectors::candidates(tx, &offered, &numbers).await?;
    // An export carries the roll's own ids.
    let own = values
        .iter()
        .filter_map(|value| Uuid::parse_str(value).ok());
    let mut ids: Vec<Uuid> = external
        .values()
        .chain(names.values())
        .copied()
        .chain(own)
        .collect();
    ids.extend(selectors.iter().map(|registered| registered.identity.0));
    ids.sort_unstable();
    ids.dedup();
    let mut external_of: HashMap<Uuid, Vec<(String, String)>> = HashMap::new();
    for (id, space, value) in find::external_ids(tx, &ids).await? {
        external_of.entry(id).or_default().push((space, value));
    }
    let values = find::selector_values(tx, &ids).await?;
    let words: Vec<&str> = all
        .iter()
        .flat_map(|(_, record)| [record.owner.as_deref(), record.backup_owner.as_deref()])
        .flatten()
        .collect();
    let teams: Vec<&str> = all
        .iter()
        .filter_map(|(_, record)| record.team.as_deref())
        .collect();
    Ok(Known {
        rows: find::rows(tx, &ids).await?,
        people: find_people(tx, words).await?,
        teams: find_teams(tx, teams).await?,
        values: values
            .into_iter()
            .map(|(id, value)| (id.0, value))
            .collect(),
        external,
        external_of,
        names,
        selectors,
    })
}

pub(super) fn of(selector: &domain::identity::selector::NewSelector) -> Selector {
    (
        selector.kind,
        selector.issuer.clone(),
        selector.value.clone(),
    )
}

/// Which identity of the roll a record is.
pub(super) enum Match {
    /// None: it is new.
    New,
    /// This one.
    Known(Uuid),
    /// It contradicts the roll; the sentence says how.
    Conflict(String),
}

impl Known {
    /// Whether the system that gave the record its id knows this identity by another one.
    fn is_another(&self, id: Uuid, record: &Identity) -> bool {
        record.external_id.as_ref().is_some_and(|own| {
            let ids = self.external_of.get(&id).into_iter().flatten();
            let mut same_space = ids.filter(|(space, _)| space == own.space).peekable();
            same_space.peek().is_some() && !same_space.any(|(_, value)| *value == own.value)
        })
    }

    pub fn name(&self, id: Uuid) -> &str {
        self.rows.get(&id).map_or("", |row| row.name.as_str())
    }

    /// By external id, else by a name of the outside world, else by its own name.
    pub fn find(&self, record: &Identity) -> Match {
        if let Some(own) = &record.external_id {
            if let Some(id) = self
                .external
                .get(&(own.space.to_owned(), own.value.clone()))
            {
                return Match::Known(*id);
            }
            if let Ok(id) = Uuid::parse_str(&own.value)
                && own.space == "own"
                && self.rows.contains_key(&id)
            {
                return Match::Known(id);
            }
        }
        let mut holders: Vec<Uuid> = record
            .selectors
            .iter()
            .flat_map(|offered| self.holders(&of(offered)))
            .filter(|id| !self.is_another(*id, record))
            .collect();
        holders.sort_unstable();
        holders.dedup();
        match holders.as_slice() {
            [] => {}
            [id] => return Match::Known(*id),
            [first, second, ..] => {
                return Match::Conflict(format!(
                    "its selectors belong to two identities of the roll, {} and {}; merge those first",
                    self.name(*first),
                    self.name(*second)
                ));
            }
        }
        match self.names.get(&record.name) {
            Some(_) if record.guessed => Match::New,
            Some(id) if self.is_another(*id, record) => Match::Conflict(format!(
                "{} is in the roll under another external id ({})",
                record.name,
                self.external_of[id]
                    .iter()
                    .map(|(_, value)| value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            )),
            Some(id) => Match::Known(*id),
            None => Match::New,
        }
    }

    pub fn holders(&self, offered: &Selector) -> Vec<Uuid> {
        let registered = self.selectors.iter();
        registered
            .filter(|one| same(&one.selector, offered))
            .map(|one| one.identity.0)
            .collect()
    }
}

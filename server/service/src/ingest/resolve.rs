//! Whose events these are: by their selectors, most specific first; nobody's are discovered.

use std::collections::{BTreeMap, BTreeSet};

use contract::identities::SelectorKind;
use contract::ids::{IdentityId, SourceId};
use domain::event::selectors::{self, Selector};
use store::Tx;
use store::selectors::Registered;

use super::discover;
use super::prepare::Prepared;
use crate::{Op, Result};

/// An identity and the selector that led to it.
pub(super) type Match = (IdentityId, [String; 3]);

/// Resolves each record, in one question to the database; what is nobody's and acts without a person is entered as
/// discovered.
pub(super) async fn resolve(
    op: &Op,
    tx: &mut Tx,
    source: SourceId,
    records: &[&Prepared],
) -> Result<Vec<Option<Match>>> {
    let offered: Vec<Vec<Selector>> = records
        .iter()
        .map(|record| record.event.selectors())
        .collect();
    let directory = Directory::load(tx, offered.iter().flatten()).await?;
    let mut found: Vec<Option<Match>> = offered
        .iter()
        .map(|offered| directory.find(offered))
        .collect();
    discover::discover(op, tx, source, records, &mut found).await?;
    Ok(found)
}

/// Registered selectors that may match, by kind and coarse value.
pub(super) struct Directory {
    by_value: BTreeMap<(SelectorKind, String), Vec<Registered>>,
    by_numbers: Vec<Registered>,
}

impl Directory {
    /// Loads what may match any of these.
    pub(super) async fn load<'a>(
        tx: &mut Tx,
        offered: impl Iterator<Item = &'a Selector>,
    ) -> Result<Self> {
        let distinct: BTreeSet<&Selector> = offered.collect();
        let numbers: BTreeSet<String> = distinct
            .iter()
            .filter_map(|(kind, issuer, value)| selectors::key(*kind, issuer, value).ids)
            .collect();
        let distinct: Vec<Selector> = distinct.into_iter().cloned().collect();
        let numbers: Vec<String> = numbers.into_iter().collect();
        let mut directory = Self {
            by_value: BTreeMap::new(),
            by_numbers: Vec::new(),
        };
        if distinct.is_empty() {
            return Ok(directory);
        }
        for registered in store::selectors::candidates(tx, &distinct, &numbers).await? {
            if selectors::key(
                registered.selector.0,
                &registered.selector.1,
                &registered.selector.2,
            )
            .ids
            .is_some()
            {
                directory.by_numbers.push(registered.clone());
            }
            let key = (
                registered.selector.0,
                selectors::coarse(&registered.selector.2),
            );
            directory.by_value.entry(key).or_default().push(registered);
        }
        Ok(directory)
    }

    /// The identity of the first selector that is registered.
    pub(super) fn find(&self, offered: &[Selector]) -> Option<Match> {
        offered.iter().find_map(|selector| self.find_one(selector))
    }

    fn find_one(&self, offered: &Selector) -> Option<Match> {
        let by_value = self
            .by_value
            .get(&(offered.0, selectors::coarse(&offered.2)));
        let ids = selectors::key(offered.0, &offered.1, &offered.2).ids;
        let by_numbers = self.by_numbers.iter().filter(|_| ids.is_some());
        by_value
            .into_iter()
            .flatten()
            .chain(by_numbers)
            .filter(|registered| selectors::same(&registered.selector, offered))
            // Where a name and its numbered form belong to two identities, the numbers decide; then the older one.
            .min_by_key(|registered| {
                let (kind, issuer, value) = &registered.selector;
                (
                    selectors::key(*kind, issuer, value).ids != ids,
                    registered.identity,
                )
            })
            .map(|registered| {
                let (kind, issuer, value) = &registered.selector;
                (
                    registered.identity,
                    [kind.as_str().to_owned(), issuer.clone(), value.clone()],
                )
            })
    }
}

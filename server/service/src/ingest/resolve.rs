//! Whose events these are: by their selectors, most specific first; nobody's are discovered.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use contract::identities::SelectorKind;
use contract::ids::{IdentityId, SourceId};
use domain::event::selectors::{self, Selector};
use store::Tx;
use store::selectors::Registered;

use super::discover;
use super::prepare::Prepared;
use crate::{Op, Result};

/// An identity and the selector that led to it: kind, issuer, value.
pub(super) type Match = (IdentityId, Arc<[String; 3]>);

/// Resolves each record, in one question to the database; what is nobody's and acts without a person is entered as
/// discovered.
pub(super) async fn resolve(
    op: &Op,
    tx: &mut Tx,
    source: SourceId,
    records: &[&Prepared],
) -> Result<Vec<Option<Match>>> {
    store::selectors::hold_names(tx).await?;
    let offered: Vec<Vec<Selector>> = records
        .iter()
        .map(|record| record.event.selectors())
        .collect();
    // A delivery says the same few names over and over: each is judged once.
    let distinct: HashSet<&Selector> = offered.iter().flatten().collect();
    let directory = Directory::load(tx, distinct.iter().copied()).await?;
    let known: HashMap<&Selector, Match> = distinct
        .into_iter()
        .filter_map(|selector| Some((selector, directory.find(selector)?)))
        .collect();
    let first = |offered: &Vec<Selector>| {
        let mut matches = offered.iter().filter_map(|selector| known.get(selector));
        matches.next().cloned()
    };
    let mut found: Vec<Option<Match>> = offered.iter().map(first).collect();
    discover::discover(op, tx, source, records, &mut found).await?;
    Ok(found)
}

/// Registered selectors that may match, by kind and coarse value.
pub(super) struct Directory {
    by_value: BTreeMap<(SelectorKind, String), Vec<Registered>>,
    /// Those that carry numeric ids, by these: only the same ids can mean the same thing.
    by_numbers: BTreeMap<String, Vec<Registered>>,
}

impl Directory {
    /// Loads what may match any of these, which must not repeat.
    pub(super) async fn load<'a>(
        tx: &mut Tx,
        offered: impl Iterator<Item = &'a Selector>,
    ) -> Result<Self> {
        let offered: Vec<Selector> = offered.cloned().collect();
        let numbers: BTreeSet<String> = offered
            .iter()
            .filter_map(|(kind, issuer, value)| selectors::key(*kind, issuer, value).ids)
            .collect();
        let numbers: Vec<String> = numbers.into_iter().collect();
        let mut directory = Self {
            by_value: BTreeMap::new(),
            by_numbers: BTreeMap::new(),
        };
        if offered.is_empty() {
            return Ok(directory);
        }
        for registered in store::selectors::candidates(tx, &offered, &numbers).await? {
            let (kind, issuer, value) = &registered.selector;
            if let Some(ids) = selectors::key(*kind, issuer, value).ids {
                let same = directory.by_numbers.entry(ids).or_default();
                same.push(registered.clone());
            }
            let key = (
                registered.selector.0,
                selectors::coarse(&registered.selector.2),
            );
            directory.by_value.entry(key).or_default().push(registered);
        }
        Ok(directory)
    }

    /// The identity of an offered selector, when it is registered.
    pub(super) fn find(&self, offered: &Selector) -> Option<Match> {
        let by_value = self
            .by_value
            .get(&(offered.0, selectors::coarse(&offered.2)));
        let ids = selectors::key(offered.0, &offered.1, &offered.2).ids;
        let by_numbers = ids.as_ref().and_then(|ids| self.by_numbers.get(ids));
        by_value
            .into_iter()
            .chain(by_numbers)
            .flatten()
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
                    Arc::new([kind.as_str().to_owned(), issuer.clone(), value.clone()]),
                )
            })
    }
}

//! Open items of somebody who has left go to the next who answers: backup owner, team, lead, Security.

use contract::ids::PersonId;
use domain::campaign::item::Item;
use domain::campaign::reviewer::{Assignment, choose};
use store::Tx;

use super::decide::take;
use super::freeze::House;
use super::life::running;
use crate::{Op, Result};

/// Why an item is handed on without anybody asking.
const WHY: &str = "Its reviewer has left the organisation.";

/// Hands every open item of a person in running campaigns on, and says which went to whom. An item nobody is left to
/// answer stays where it is. The caller has authorised, marked the person as gone, and records it.
pub(crate) async fn away_from(
    op: &Op,
    tx: &mut Tx,
    person: PersonId,
) -> Result<Vec<(String, String)>> {
    let mut moved = Vec::new();
    let open = store::campaigns::open_of(tx, person).await?;
    if open.is_empty() {
        return Ok(moved);
    }
    let house = House::load(tx, op.now).await?;
    for id in open {
        let (campaign, data, before) = take(tx, id).await?;
        if running(&campaign).is_err() || !before.asks(person) {
            continue;
        }
        let Some((_, chain)) = house.one(tx, data.identity).await? else {
            continue;
        };
        let asked: Vec<PersonId> = before
            .history
            .iter()
            .map(|d| d.by)
            .chain([person])
            .chain(seated(&before))
            .collect();
        let Ok(next) = choose(data.identity, &chain, &before.exclusions, &asked) else {
            continue;
        };
        let name = next.name.clone();
        let before = Item {
            assignment: Assignment {
                reviewer: person,
                ..before.assignment.clone()
            },
            ..before
        };
        let after = before.reassign(next, WHY, false)?;
        store::campaigns::assign(tx, id, &after.assignment).await?;
        if let Some(panel) = &after.panel {
            store::campaigns::save_seats(tx, id, &panel.seats, op.now).await?;
        }
        moved.push((data.snapshot.name, name));
    }
    Ok(moved)
}

/// Everybody who sits on an item's panel already.
pub(super) fn seated(item: &Item) -> Vec<PersonId> {
    item.panel
        .iter()
        .flat_map(|panel| panel.seats.iter().map(|seat| seat.person))
        .collect()
}

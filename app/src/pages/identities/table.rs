//! The inventory's table.

use chrono::{DateTime, Utc};
use contract::identities::{IdentityFilter, IdentityRow, IdentitySort};
use leptos::prelude::*;

use super::{address, parts};
use crate::components::{Cell, Column, DataTable, Direction};

/// Draws rows of the inventory; heads sort when an order is given.
pub fn table(
    rows: &[IdentityRow],
    caption: String,
    sorting: Option<(&IdentityFilter, IdentitySort)>,
    now: DateTime<Utc>,
) -> AnyView {
    let columns = columns(sorting);
    let rows = rows.iter().map(|row| draw(row, now)).collect_view();
    view! { <DataTable caption columns>{rows}</DataTable> }.into_any()
}

fn columns(sorting: Option<(&IdentityFilter, IdentitySort)>) -> Vec<Column> {
    let head = |label: &str, sort: IdentitySort, direction: Direction| {
        let column = Column::new(label);
        match sorting {
            Some((filter, now)) => {
                let href = address::list(filter, sort).to_string();
                column.sort(href, (now == sort).then_some(direction))
            }
            None => column,
        }
    };
    vec![
        head("Identity", IdentitySort::Name, Direction::Ascending),
        Column::new("Purpose").gives_way(5),
        Column::new("Owner"),
        Column::new("Platform").gives_way(4),
        Column::new("Credential"),
        head("Last used", IdentitySort::LastUsed, Direction::Descending).gives_way(3),
        head("Review", IdentitySort::NextReview, Direction::Ascending).gives_way(2),
        head("Risk", IdentitySort::Risk, Direction::Descending).numeric(),
    ]
}

fn draw(row: &IdentityRow, now: DateTime<Utc>) -> AnyView {
    let purpose = if row.purpose.is_empty() {
        "Purpose unknown".to_owned()
    } else {
        row.purpose.clone()
    };
    let (ident, owner, review, risk) = (
        parts::ident(row),
        parts::owner(row),
        parts::review(row, now),
        parts::risk(row.risk),
    );
    let held = parts::credential(row.credential);
    let rotation = parts::rotation(row.rotation);
    let used = parts::last_used(row.last_used_at, now);
    let platform = row.platform.label();
    view! {
        <tr>
            <Cell class="c-main">{ident}</Cell>
            <Cell class="c-5 full"><span class="muted">{purpose}</span></Cell>
            <Cell label="Owner">{owner}</Cell>
            <Cell label="Platform" class="c-4 fit">{platform}</Cell>
            <Cell label="Credential" class="fit">{held}<span class="sub">{rotation}</span></Cell>
            <Cell label="Last used" class="c-3 fit">{used}</Cell>
            <Cell label="Review" class="c-2 fit">{review}</Cell>
            <Cell label="Risk" class="num">{risk}</Cell>
        </tr>
    }
    .into_any()
}

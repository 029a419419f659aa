//! How long a source's events are kept, and what goes with the next run.

use contract::sources::SourceView;
use leptos::prelude::*;

use crate::components::{KeyValue, KeyValues};
use crate::format;
use crate::layout::Block;

/// What the field of the months says.
pub(super) const HINT: &str =
    "Whole months before the present one, 4 to 240. What is older is removed each day, for good.";

/// Draws the block.
pub(super) fn block(source: &SourceView) -> AnyView {
    let kept = &source.row.retention;
    let span = kept.months.map_or_else(
        || "for good".to_owned(),
        |months| {
            let months = format::count(i64::from(months), "month");
            if kept.own.is_some() {
                months
            } else {
                format!("{months}, as everywhere")
            }
        },
    );
    let rest = kept.kept_from.map(|from| {
        let from = from.format("%-d %b %Y").to_string();
        let past = if kept.past == 0 {
            "nothing is older".to_owned()
        } else {
            format!(
                "{}, with the next daily run",
                format::count(kept.past, "event")
            )
        };
        view! {
            <KeyValue label="Kept from">{from}</KeyValue>
            <KeyValue label="To be removed">{past}</KeyValue>
        }
    });
    view! {
        <Block id="retention" title="Retention">
            <KeyValues>
                <KeyValue label="Events are kept">{span}</KeyValue>
                {rest}
            </KeyValues>
            <p class="muted small after">"Counts by day, and events that findings cite, stay. A month into which something came in the last seven days waits."</p>
        </Block>
    }
    .into_any()
}

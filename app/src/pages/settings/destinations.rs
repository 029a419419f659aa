//! Destinations: where rows of the feeds are pushed to. The list, one of them with what it would not take, and the form.

mod detail;
mod list;
mod new;

use contract::destinations::{DestinationRow, DestinationState};
use leptos::prelude::*;

use crate::components::{Badge, Icon, Notice, Tone};
use crate::error::AppError;
use crate::format;

pub use detail::DestinationPage;
pub use list::DestinationsPage;
pub use new::NewDestinationPage;

/// How it stands, in a word.
fn state(row: &DestinationRow) -> AnyView {
    if row.state == DestinationState::Paused {
        return view! { <Badge icon=Icon::Ban>"Paused"</Badge> }.into_any();
    }
    if row.failures > 0 {
        let times = format::count(i64::from(row.failures), "failure");
        return view! { <Badge icon=Icon::High tone=Tone::Warn>"Failing"</Badge><small class="sub">{times}" in a row"</small> }
            .into_any();
    }
    view! { <Badge icon=Icon::Ok tone=Tone::Ok>"Running"</Badge> }.into_any()
}

/// How far the feed is ahead, in words.
fn lag(row: &DestinationRow) -> String {
    match row.lag {
        0 => "up to date".to_owned(),
        lag => format!("{} behind", format::count(lag, "row")),
    }
}

/// How fast it goes, in words.
fn rate(row: &DestinationRow) -> String {
    format!("{} a minute", format::number(row.per_minute))
}

fn failed(error: Option<AppError>) -> Option<AnyView> {
    error
        .filter(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> }.into_any())
}

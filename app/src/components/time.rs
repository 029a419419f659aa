//! Moments: relative words with the exact time on hover and in `datetime`.
//!
//! The present moment comes from the server with the data, so that both sides of hydration say the same.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::format;

/// How a moment is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// `3 h ago`, `yesterday`, `18 Nov`.
    #[default]
    Relative,
    /// `18 Nov`.
    Day,
    /// `Mon 30 Nov, 18:00`, with the year where that is not the present one.
    DayMinute,
    /// `09:14:22`.
    Clock,
    /// `Fri 20 Nov 2026, 09:14:22 UTC`.
    Exact,
}

/// Draws a moment.
#[component]
pub fn When(
    /// The moment.
    at: DateTime<Utc>,
    /// The present moment, as the server knew it.
    now: DateTime<Utc>,
    /// How it is said.
    #[prop(optional)]
    said: Said,
) -> impl IntoView {
    let words = match said {
        Said::Relative => format::relative(at, now),
        Said::Day => format::day(at.date_naive(), now.date_naive()),
        Said::DayMinute => format::day_minute_of(at, now),
        Said::Clock => format::clock(at),
        Said::Exact => format::exact(at),
    };
    view! { <time datetime=format::machine(at) title=format::exact(at)>{words}</time> }.into_any()
}

/// Draws a moment that may be missing, with the word for that.
#[component]
pub fn MaybeWhen(
    /// The moment.
    at: Option<DateTime<Utc>>,
    /// The present moment, as the server knew it.
    now: DateTime<Utc>,
    /// The word when there is none: `never`, `not seen`.
    #[prop(into)]
    absent: String,
) -> impl IntoView {
    match at {
        Some(at) => view! { <When at now/> }.into_any(),
        None => view! { <span class="faint">{absent}</span> }.into_any(),
    }
}

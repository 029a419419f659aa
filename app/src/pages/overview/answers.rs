//! The five answers as tiles.

use contract::findings::{FindingFilter, Severity};
use contract::identities::{CredentialClass, IdentityFilter};
use contract::overview::{Overview, TrendPoint};
use leptos::prelude::*;

use crate::components::chart::Spark;
use crate::components::{Maybe, StatTile, Stats};
use crate::format::{count, number, percent};
use crate::pages::{findings, identities::address};
use crate::paths;

/// Draws the tiles.
pub fn draw(overview: &Overview) -> AnyView {
    let today = overview.today.clone();
    let overdue = today.reviews_overdue + today.rotations_overdue;
    let urgent = today.critical + today.high;
    let federated = IdentityFilter {
        credential: vec![CredentialClass::Federated, CredentialClass::Dynamic],
        ..IdentityFilter::default()
    };
    let worst = FindingFilter {
        severity: vec![Severity::Critical, Severity::High],
        ..FindingFilter::default()
    };
    let sparks = [
        spark(overview, "Identities", |p| p.identities),
        spark(overview, "Federated or dynamic", |p| {
            p.federated + p.dynamic
        }),
        spark(overview, "Overdue", |p| {
            p.reviews_overdue + p.rotations_overdue
        }),
        spark(overview, "Critical and high findings", |p| {
            p.critical + p.high
        }),
    ];
    let [roll, held, late, alarm] = sparks;
    let unowned = unowned(&today);
    let static_left = format!(
        "{} still static, {} unknown",
        number(today.static_ + today.hard_coded + today.platform_managed),
        number(today.unknown)
    );
    let late_words = format!(
        "{}, {}",
        count(today.reviews_overdue, "review"),
        count(today.rotations_overdue, "rotation")
    );
    let alarm_words = format!(
        "{} critical, {} high",
        number(today.critical),
        number(today.high)
    );
    let review = current_review(overview);
    view! {
        <Stats>
            <StatTile label="Identities" href=paths::identities() figure=number(today.identities) spark=roll>
                {unowned}
            </StatTile>
            <StatTile
                label="Federated or dynamic"
                href=address::of(&federated)
                figure=percent(today.federated + today.dynamic, today.identities).map(|share| share.to_string())
                unit="%"
                spark=held
            >
                {static_left}
            </StatTile>
            <StatTile label="Overdue" href=address::of(&address::overdue()) figure=number(overdue) spark=late>
                {late_words}
            </StatTile>
            <StatTile
                label="Critical and high findings"
                href=findings::address(&worst)
                figure=number(urgent)
                spark=alarm
            >
                {alarm_words}
            </StatTile>
            {review}
        </Stats>
    }
    .into_any()
}

fn unowned(today: &TrendPoint) -> String {
    match today.unowned {
        0 => "Each has a team and an owner".to_owned(),
        some => format!("{} without an owner", number(some)),
    }
}

fn current_review(overview: &Overview) -> AnyView {
    match &overview.campaign {
        Some(campaign) => {
            let row = &campaign.row;
            let left = (row.due_at - overview.now).num_days();
            let left = match left {
                ..0 => "overdue".to_owned(),
                0 => "due today".to_owned(),
                days => format!("{} left", count(days, "day")),
            };
            let note = format!("{} of {} decided, {left}", number(row.decided), number(row.items));
            let share = percent(row.decided, row.items).map(|share| share.to_string());
            view! { <StatTile label="Current review" href=paths::campaign(row.id) figure=share unit="%" spark=None>{note}</StatTile> }.into_any()
        }
        None => view! {
            <StatTile label="Current review" href=paths::campaigns() figure=Maybe::default() spark=None>"None is running"</StatTile>
        }
        .into_any(),
    }
}

/// The course over the months kept; fewer than two draw nothing.
fn spark(overview: &Overview, what: &str, of: fn(&TrendPoint) -> i64) -> Option<Spark> {
    let values: Vec<i64> = overview.trend.iter().map(of).collect();
    let (first, last) = (values.first().copied()?, values.last().copied()?);
    (values.len() > 1).then(|| {
        Spark::new(
            format!(
                "{what}, last {} months: {} to {}",
                values.len(),
                number(first),
                number(last)
            ),
            values,
        )
    })
}

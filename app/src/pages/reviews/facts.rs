//! The facts of an item, in reading order.

use contract::campaigns::{Change, DecisionDraft, DecisionKind, FrozenPermission, ReviewItemView};
use contract::findings::{ExceptionScope, Severity as Weight};
use contract::identities::{RotationState, Usage};
use leptos::prelude::*;

use crate::components::chart::UseStrip;
use crate::components::{
    Glyph, Icon, Level, Mid, Severity, Status, Timeline, TimelineEntry, Tone, Unknown, When,
    WordDiff,
};
use crate::format::{count, day, exact, number};
use crate::paths;

/// Draws what changed: since the last approval, and since freezing.
pub fn changed(item: &ReviewItemView) -> AnyView {
    let since = item.last_approved_at.map(|at| {
        format!(
            "since it was approved on {}",
            day(at.date_naive(), item.now.date_naive())
        )
    });
    let drift = (!item.drift.is_empty()).then(|| {
        region(
            "s-drift",
            "Changed while you review",
            Some("since the campaign was started".to_owned()),
            &item.drift,
        )
    });
    let changes =
        (!item.changes.is_empty()).then(|| region("s-changed", "Changed", since, &item.changes));
    view! { {drift}{changes} }.into_any()
}

fn region(
    id: &'static str,
    title: &'static str,
    note: Option<String>,
    changes: &[Change],
) -> AnyView {
    let rows = changes.iter().map(change).collect_view();
    view! {
        <section class="changed" aria-labelledby=id>
            <h2 id=id>{title}{note.map(|note| view! { <small>{note}</small> })}</h2>
            <ul class="changes">{rows}</ul>
        </section>
    }
    .into_any()
}

/// Draws one change with its before and after.
pub fn change(change: &Change) -> AnyView {
    let short = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= 400);
    let diff = (change.before.is_some() || change.after.is_some()).then(|| {
        let before = change.before.clone().unwrap_or_default();
        let after = change.after.clone().unwrap_or_default();
        if short(&change.before) && short(&change.after) {
            view! { <small><WordDiff before after/></small> }.into_any()
        } else {
            view! { <details><summary>"Before and after"</summary><small><WordDiff before after/></small></details> }.into_any()
        }
    });
    view! { <li>{change.sentence.clone()}{diff}</li> }.into_any()
}

/// Draws what it can do.
pub fn permissions(item: &ReviewItemView) -> AnyView {
    let many = i64::try_from(item.permissions.len()).unwrap_or(0);
    let (first, rest) = item.permissions.split_at(item.permissions.len().min(8));
    let now = item.now;
    let rows = |all: &[FrozenPermission]| all.iter().map(|p| permission(p, now)).collect_view();
    let more = (!rest.is_empty()).then(|| {
        view! { <details><summary>{format!("{} more", rest.len())}</summary><ul class="perms">{rows(rest)}</ul></details> }
    });
    let body = if many == 0 {
        view! { <p class="muted">"No permission is known. What it can do is unknown, not nothing."</p> }.into_any()
    } else {
        view! { <ul class="perms">{rows(first)}</ul>{more} }.into_any()
    };
    view! {
        <section aria-labelledby="s-can">
            <h2 id="s-can">"What it can do"<small>{count(many, "permission")}</small></h2>
            <div>{body}</div>
        </section>
    }
    .into_any()
}

fn permission(p: &FrozenPermission, now: chrono::DateTime<chrono::Utc>) -> AnyView {
    let today = now.date_naive();
    let (status, note) = match (p.usage, p.last_used_at, p.granted_at) {
        (Usage::Used, at, _) => (
            view! { <Status tone=Tone::Ok icon=Icon::Ok>"Used"</Status> }.into_any(),
            at.map_or_else(
                || "in the last 90 days".to_owned(),
                |at| day(at.date_naive(), today),
            ),
        ),
        (Usage::Unused, Some(at), _) => (
            view! { <Status tone=Tone::Warn icon=Icon::Medium>"Not used"</Status> }.into_any(),
            format!("last on {}", day(at.date_naive(), today)),
        ),
        (Usage::Unused, None, Some(at)) => (
            view! { <Status tone=Tone::Warn icon=Icon::Medium>"Never used"</Status> }.into_any(),
            format!("granted {}", day(at.date_naive(), today)),
        ),
        (Usage::Unused, None, None) => (
            view! { <Status tone=Tone::Warn icon=Icon::Medium>"Never used"</Status> }.into_any(),
            "last 90 days, covered".to_owned(),
        ),
        (Usage::Unknown, ..) => (
            view! { <Unknown/> }.into_any(),
            "no source tells of its use".to_owned(),
        ),
    };
    let privileged = p
        .privileged
        .then(|| view! { " "<span class="tag">"privileged"</span> });
    view! {
        <li>
            <span>{p.sentence.clone()}{privileged}</span>
            {status}
            <span class="raw"><Mid value=p.raw.clone()/></span>
            <small>{note}</small>
        </li>
    }
    .into_any()
}

/// Draws its credentials.
pub fn credentials(item: &ReviewItemView) -> AnyView {
    let today = item.now.date_naive();
    let rows = item
        .credentials
        .iter()
        .map(|c| {
            let name = format!("{}, {}", c.credential_type.label(), c.label);
            let due = c.rotation_due_at.map(|at| day(at.date_naive(), today)).unwrap_or_default();
            let (tone, icon, note) = match c.rotation {
                RotationState::NotNeeded => (Tone::Ok, Icon::Ok, "nothing stored".to_owned()),
                RotationState::Ok => (Tone::Ok, Icon::Ok, format!("rotation due {due}")),
                RotationState::DueSoon => (Tone::Warn, Icon::Clock, format!("rotation due {due}")),
                RotationState::Overdue => (Tone::Crit, Icon::Critical, format!("rotation overdue since {due}")),
                RotationState::UnknownAge => (Tone::Unknown, Icon::Unknown, "age unknown".to_owned()),
            };
            view! { <p><Status tone icon>{name}</Status>" "<span class="muted small">{note}</span></p> }
        })
        .collect_view();
    let none = item
        .credentials
        .is_empty()
        .then(|| view! { <p class="muted">"No credential is known."</p> });
    view! {
        <section aria-labelledby="s-cred"><h2 id="s-cred">"Credentials"</h2><div class="stack">{rows}{none}</div></section>
    }
    .into_any()
}

/// Draws its use over the last 90 days.
pub fn usage(item: &ReviewItemView) -> AnyView {
    let events: i64 = item.daily_events.iter().sum();
    let days: Vec<bool> = item.daily_events.iter().map(|n| *n > 0).collect();
    let on = i64::try_from(days.iter().filter(|used| **used).count()).unwrap_or(0);
    let all = days.len();
    let last = item
        .last_used_at
        .map(|at| view! { " Last "<When at now=item.now/>"." });
    let sentence = if events == 0 {
        "No event in these days.".to_owned()
    } else {
        format!("{} events on {}.", number(events), count(on, "day"))
    };
    let label = format!("Days with at least one event: {on} of {all}");
    view! {
        <section aria-labelledby="s-use">
            <h2 id="s-use">"Use"<small>{format!("{all} days to the freezing")}</small></h2>
            <div>
                <p class="uses">{sentence}{last}</p>
                <UseStrip label days/>
                <p class="small muted">{item.coverage.clone()}</p>
            </div>
        </section>
    }
    .into_any()
}

/// Draws who may become it and how it is known outside.
pub fn trust(item: &ReviewItemView) -> AnyView {
    let said = item.trust.iter().map(|sentence| {
        let words = if sentence.is_empty() {
            "A trust document nobody has put into words.".to_owned()
        } else {
            sentence.clone()
        };
        view! { <p>{words}</p> }
    });
    let none = item
        .trust
        .is_empty()
        .then(|| view! { <p class="muted">"No trust document is known."</p> });
    let selectors = item
        .selectors
        .iter()
        .take(5)
        .map(|s| view! { <p class="small"><Mid value=s.clone()/></p> })
        .collect_view();
    let link = paths::identity_tab(item.row.identity.0, "trust");
    let narrower: Vec<String> = item
        .targets
        .iter()
        .filter(|it| it.key.starts_with("trust:") && it.sentence.ends_with(" to what was seen"))
        .map(|it| it.key.clone())
        .collect();
    // One click: Modify is chosen with the tightest trusts as what is asked for.
    let tighten = (!narrower.is_empty() && item.refused.is_none()).then(|| {
        let draft = DecisionDraft {
            decision: DecisionKind::Modify,
            reason: String::new(),
            targets: narrower,
        };
        let href = super::address::again(item.campaign.0, item.row.id, &draft);
        view! { <p class="small"><a href=href>"Ask to tighten it to what was seen"</a></p> }
    });
    view! {
        <section aria-labelledby="s-trust">
            <h2 id="s-trust">"Who can become it"</h2>
            <div>{said.collect_view()}{none}{tighten}{selectors}<p class="small"><a href=link>"The identity as it is now"</a></p></div>
        </section>
    }
    .into_any()
}

/// Draws its open findings.
pub fn findings(item: &ReviewItemView) -> AnyView {
    let rows = item
        .findings
        .iter()
        .map(|(severity, title)| view! { <li><Severity level=level(*severity)/>" "{title.clone()}</li> })
        .collect_view();
    let body = if item.findings.is_empty() {
        view! { <p><Status tone=Tone::Ok icon=Icon::Ok>"None when it was frozen"</Status></p> }
            .into_any()
    } else {
        view! { <ul class="stack">{rows}</ul> }.into_any()
    };
    let expected = expected(item);
    view! { <section aria-labelledby="s-find"><h2 id="s-find">"Open findings"</h2><div>{body}{expected}</div></section> }.into_any()
}

/// Draws what was excepted when it was frozen: who answers now sees what somebody expected, and until when.
fn expected(item: &ReviewItemView) -> Option<AnyView> {
    let rows = item.exceptions.iter().map(|one| {
        let scope = match one.scope {
            ExceptionScope::Finding => "",
            ExceptionScope::Identity => ", whenever it is found,",
        };
        let by = one.by.as_ref().map(|by| format!(", {by}"));
        let until = day(one.until.date_naive(), item.now.date_naive());
        view! {
            <li>
                <b>{one.title.clone()}</b>
                {scope}
                " is expected until "
                {until}
                ": “"
                {one.reason.clone()}
                "”"
                <span class="muted">{by}</span>
            </li>
        }
    });
    (!item.exceptions.is_empty()).then(|| {
        view! {
            <p class="muted small after">{count(i64::try_from(item.exceptions.len()).unwrap_or(i64::MAX), "exception")}" when it was frozen"</p>
            <ul class="stack">{rows.collect_view()}</ul>
        }
        .into_any()
    })
}

/// The level a severity is drawn with.
pub fn level(severity: Weight) -> Level {
    match severity {
        Weight::Critical => Level::Critical,
        Weight::High => Level::High,
        Weight::Medium => Level::Medium,
        Weight::Low => Level::Low,
    }
}

/// Draws earlier reviews and the answers given in this one.
pub fn before(item: &ReviewItemView) -> AnyView {
    let now = item.now;
    let in_force = item.decision.is_some();
    let answers = item.history.clone().into_iter().rev().enumerate().map(|(n, d)| {
        let current = n == 0 && in_force;
        let reason = (!d.reason.is_empty()).then(|| format!(": “{}”", d.reason));
        let when = view! { <When at=d.at now=now/>", this review" }.into_any();
        view! { <TimelineEntry current when><b>{d.decision.label()}</b>" by "{d.by.name.clone()}{reason}</TimelineEntry> }
    });
    let earlier = item.reviews.clone().into_iter().map(|review| {
        let reason = (!review.reason.is_empty()).then(|| format!(": “{}”", review.reason));
        let when = view! { <When at=review.at now=now/>", "{review.campaign.clone()} }.into_any();
        view! { <TimelineEntry when><b>{review.decision.label()}</b>" by "{review.by.clone()}{reason}</TimelineEntry> }
    });
    let none = (item.history.is_empty() && item.reviews.is_empty())
        .then(|| view! { <p class="muted">"This is its first review."</p> });
    let (answers, earlier) = (answers.collect_view(), earlier.collect_view());
    let list = none
        .is_none()
        .then(|| view! { <Timeline>{answers}{earlier}</Timeline> });
    view! { <section aria-labelledby="s-before"><h2 id="s-before">"Before"</h2><div>{list}{none}</div></section> }.into_any()
}

/// Draws what exactly is decided on, and why this person was asked.
pub fn basis(item: &ReviewItemView) -> AnyView {
    let hash = item.hash.chars().take(12).collect::<String>();
    let state = match &item.current_hash {
        None => "Compared with now: identical.".to_owned(),
        Some(_) => "It has changed since; the difference stands at the top and your decision will record both.".to_owned(),
    };
    let asked = if item.trail.is_empty() {
        format!("{} is asked, as its {}.", item.row.reviewer.name, "owner")
    } else {
        format!(
            "{} is asked. {}",
            item.row.reviewer.name,
            item.trail.join(" ")
        )
    };
    view! {
        <section aria-labelledby="s-basis">
            <h2 id="s-basis">"What you decide on"</h2>
            <div class="muted small">
                <p>"The state of "{exact(item.frozen_at)}", fingerprint "<code title=item.hash.clone()>{hash}"…"</code>". "{state}</p>
                <p><Glyph icon=Icon::User/>" "{asked}</p>
            </div>
        </section>
    }
    .into_any()
}

//! Who let a production deployment go ahead, and with what authority: each environment has to be let go by itself.

use std::collections::BTreeMap;

use contract::events::{EventKind, Outcome};
use contract::identities::Environment;

use super::{Standing, Told, proven, starter};
use crate::event::Event;
use crate::event::subject::{self, Context};

/// How the approval of every production environment of the run stands; `None` when no event shows one.
pub(super) fn approval(events: &[&Told<'_>], cut: bool) -> Option<Standing> {
    let places = places(events);
    let each: Vec<_> = places
        .iter()
        .map(|(name, deployed)| (name, *deployed, of_place(events, name)))
        .collect();
    let doubtful = each.iter().find_map(|(_, _, standing)| {
        standing
            .clone()
            .filter(|standing| matches!(standing, Standing::Doubtful { .. }))
    });
    if doubtful.is_some() {
        return doubtful;
    }
    let approved = each.iter().find_map(|(_, _, standing)| standing.clone())?;
    let open = each.iter().find(|(_, _, standing)| standing.is_none());
    match open {
        None => Some(approved),
        // What was not looked through may hold the other one.
        Some(_) if cut => None,
        Some((name, deployed, _)) => Some(Standing::Doubtful {
            event: deployed.id,
            why: format!(
                "No event shows who let {name} go ahead; another environment’s approval is not its own"
            ),
        }),
    }
}

/// The production environments the run speaks of, in lower case, each with an event that does: those it deployed to, else
/// those its events name, else those that approvals name.
fn places<'a>(events: &[&'a Told<'a>]) -> BTreeMap<String, &'a Told<'a>> {
    let named = |which: &dyn Fn(&Event) -> bool| {
        let mut places = BTreeMap::new();
        for told in events.iter().copied().filter(|told| which(told.event)) {
            if let Some(name) = environment(told.event) {
                places.entry(name).or_insert(told);
            }
        }
        places
    };
    let deployed = named(&deploys);
    if !deployed.is_empty() {
        return deployed;
    }
    let spoken = named(&|event| event.kind != EventKind::DeploymentApproval);
    if spoken.is_empty() {
        named(&|_| true)
    } else {
        spoken
    }
}

/// Whether it says that something reached its environment: a job is prepared, or a deployment has succeeded, once it was
/// let go. One that waits has reached nothing.
fn deploys(event: &Event) -> bool {
    event.kind == EventKind::Deployment && event.outcome == Outcome::Success
        || event.action == "workflows.prepared_workflow_job"
}

/// The production environment an event names: its own, or the one its token was made for.
fn environment(event: &Event) -> Option<String> {
    if event.place() != Some(Environment::Production) {
        return None;
    }
    if let Some(name) = &event.environment
        && event.mapped_environment().is_some()
    {
        return Some(name.to_lowercase());
    }
    let text = event.subject.as_deref()?;
    let issuer = event
        .issuer
        .as_deref()
        .or_else(|| subject::issuer_of(text))?;
    match subject::parse(issuer, text).context {
        Context::Environment(name) => Some(name.to_lowercase()),
        _ => None,
    }
}

/// How one environment was let go; `None` when no event says so.
fn of_place(events: &[&Told<'_>], name: &str) -> Option<Standing> {
    // An approval that names no environment may be of this one; one that names another is not.
    let concerns = |event: &Event| {
        event
            .environment
            .as_ref()
            .is_none_or(|of| of.to_lowercase() == name)
    };
    let mut said = Vec::new();
    for told in events.iter().copied() {
        let event = told.event;
        if event.kind != EventKind::DeploymentApproval
            || event.outcome == Outcome::Failure
            || !concerns(event)
        {
            continue;
        }
        // GitHub tells of both under one kind; to go round a rule is to approve nothing.
        if event.action.ends_with("bypass_protection_rules") {
            let by = event.actor.as_deref().unwrap_or("somebody no event names");
            return Some(Standing::Doubtful {
                event: told.id,
                why: format!("The protection of {name} was bypassed by {by}"),
            });
        }
        if event.outcome == Outcome::Success {
            said.push(told);
        }
    }
    let started = starter(events).and_then(|told| told.event.actor.as_deref());
    let is_authors = |told: &&Told<'_>| match (told.event.actor.as_deref(), started) {
        (Some(by), Some(started)) => by.eq_ignore_ascii_case(started),
        _ => false,
    };
    // Of several, the one that counts most: somebody else's, then a nameless one.
    let others = said.iter().copied().filter(|told| !is_authors(told));
    let told = others
        .clone()
        .find(|told| told.event.actor.is_some())
        .or_else(|| others.clone().next())
        .or_else(|| said.first().copied())?;
    Some(match told.event.actor.as_deref() {
        Some(by) if is_authors(&told) => Standing::Doubtful {
            event: told.id,
            why: format!("{by} approved what {by} started"),
        },
        Some(by) => proven(told, with_authority(by, told.event)),
        None => Standing::Doubtful {
            event: told.id,
            why: "Approved, but by nobody the event names".to_owned(),
        },
    })
}

/// Who approved, and as what, where the record says so.
fn with_authority(by: &str, event: &Event) -> String {
    match &event.joins.authority {
        Some(authority) => format!("Approved by {by}, {authority}"),
        None => format!("Approved by {by}"),
    }
}

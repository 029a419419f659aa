//! Reviews of deployments: of which environment, and as what the approver approved.
//!
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_review>

use crate::event::json::Value;
use crate::event::read::{clean, get, text};
use crate::event::{Event, map_environment};
use contract::identities::Environment;

/// Reads what a review says beside the run.
pub(super) fn apply(body: &Value<'_>, event: &mut Event) {
    if event.environment.is_none() {
        event.environment = environment(body);
    }
    event.joins.authority = authority(body);
}

fn items<'a>(body: &'a Value<'a>, key: &str) -> impl Iterator<Item = &'a Value<'a>> {
    get(body, key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The environment of the jobs that were reviewed. Of several the event can name none, but for those that all are not
/// production: it must not seem to speak for it.
fn environment(body: &Value<'_>) -> Option<String> {
    let mut names: Vec<String> = items(body, "workflow_job_runs")
        .filter_map(|job| text(job, &["environment"]))
        .collect();
    names.dedup();
    let production = |name: &String| map_environment(name) == Some(Environment::Production);
    if names.len() > 1 && names.iter().any(production) {
        return None;
    }
    names.into_iter().next()
}

/// Whether the approver is among the reviewers the environment requires: by name, or maybe through a team.
fn authority(body: &Value<'_>) -> Option<String> {
    let approver = text(body, &["approver", "login"])?;
    let mut teams = Vec::new();
    for one in items(body, "reviewers") {
        let login = text(one, &["reviewer", "login"]);
        if login.is_some_and(|login| login.eq_ignore_ascii_case(&approver)) {
            return Some("a required reviewer".to_owned());
        }
        teams.extend(text(one, &["reviewer", "name"]).filter(|_| {
            text(one, &["type"]).is_some_and(|sort| sort.eq_ignore_ascii_case("team"))
        }));
    }
    (!teams.is_empty()).then(|| clean(&format!("where the team {} reviews", teams.join(" or "))))
}

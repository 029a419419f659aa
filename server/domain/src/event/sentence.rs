//! An event as a sentence: what was done to what, in plain words.

use contract::events::{EventKind, Outcome};

use super::Event;

/// Says what happened, without the actor (which stands beside it).
pub fn sentence(event: &Event) -> String {
    let target = event.target.as_deref().map(short);
    let failed = event.outcome == Outcome::Failure;
    match event.kind {
        EventKind::PipelineRun => run(event),
        EventKind::CredentialAssumption => match (event.role.as_deref().map(short), target) {
            (Some(role), _) if failed => format!("Could not take the role {role}"),
            (Some(role), _) => format!("Took the role {role}"),
            // Entra's service principals sign in to a resource, such as Microsoft Graph.
            (None, Some(place)) if failed => format!("Could not sign in to {place}"),
            (None, Some(place)) => format!("Signed in to {place}"),
            (None, None) => with(&event.action, None),
        },
        EventKind::SecretAccess => match target {
            Some(secret) if failed => format!("Could not read secret {secret}"),
            Some(secret) => format!("Read secret {secret}"),
            None => "Read a secret".to_owned(),
        },
        EventKind::Deployment => {
            let place = event
                .environment
                .as_deref()
                .map(|name| format!(" to {name}"))
                .unwrap_or_default();
            let what = target.map(|name| format!(" {name}")).unwrap_or_default();
            match event.outcome {
                Outcome::Failure => format!("Deployment{what}{place} failed"),
                Outcome::Success => format!("Deployed{what}{place}"),
                // Asked for, queued, running, superseded.
                Outcome::Unknown => format!("Deployment{what}{place}: {}", event.action),
            }
        }
        EventKind::DeploymentApproval => {
            let verb = match event.outcome {
                _ if event.goes_round_approval() => "Went round the protection of",
                Outcome::Failure => "Refused",
                Outcome::Success => "Approved",
                Outcome::Unknown => "Approval asked for",
            };
            let place = event
                .environment
                .as_deref()
                .or(target)
                .unwrap_or("a deployment");
            format!("{verb} {place}")
        }
        EventKind::AuthenticationFailure => match event.role.as_deref().map(short) {
            Some(role) => format!("Token refused for the role {role}"),
            None => format!("Sign-in refused: {}", event.action),
        },
        EventKind::AuthorizationFailure => {
            format!("Permission denied: {}", with(&event.action, target))
        }
        _ => {
            let text = with(&event.action, target);
            if failed {
                format!("{text} failed")
            } else {
                text
            }
        }
    }
}

fn run(event: &Event) -> String {
    let run = event
        .run_id
        .as_deref()
        .map_or_else(|| "A run".to_owned(), |id| format!("Run {id}"));
    let of = event
        .joins
        .workflow
        .as_deref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    let verb = match event.action.rsplit('.').next().unwrap_or_default() {
        "completed_workflow_run" => match event.outcome {
            Outcome::Success => "succeeded",
            Outcome::Failure => "failed",
            Outcome::Unknown => "ended",
        },
        "cancel_workflow_run" | "canceled" | "canceling" => "cancelled",
        "rerun_workflow_run" => "started again",
        "delete_workflow_run" => "deleted",
        "prepared_workflow_job" => "prepared a job",
        "completed" | "success" | "passed" if event.outcome == Outcome::Success => "succeeded",
        "completed" if event.outcome == Outcome::Unknown => "ended",
        "queued" | "waiting" | "requested" | "pending" | "created" => "is waiting",
        "skipped" => "was skipped",
        _ if event.outcome == Outcome::Failure => "failed",
        _ => "started",
    };
    let place = event
        .git_ref
        .as_deref()
        .map(|name| format!(" on {}", branch(name)))
        .unwrap_or_default();
    format!("{run}{of} {verb}{place}")
}

fn with(action: &str, target: Option<&str>) -> String {
    target.map_or_else(|| action.to_owned(), |target| format!("{action} {target}"))
}

/// The last part of an ARN: what people call the thing.
fn short(target: &str) -> &str {
    if !target.starts_with("arn:") {
        return target;
    }
    let resource = target.splitn(6, ':').nth(5).unwrap_or(target);
    resource
        .strip_prefix("role/")
        .or_else(|| resource.strip_prefix("secret:"))
        .or_else(|| resource.strip_prefix("parameter"))
        .or_else(|| resource.strip_prefix("function:"))
        .unwrap_or(resource)
}

fn branch(git_ref: &str) -> &str {
    git_ref
        .strip_prefix("refs/heads/")
        .or_else(|| git_ref.strip_prefix("refs/tags/"))
        .unwrap_or(git_ref)
}

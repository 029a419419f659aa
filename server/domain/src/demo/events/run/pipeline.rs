//! A pipeline run: started, prepared, credentials taken, work done, ended.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::EventKind;
use contract::identities::Environment;

use super::super::canonical::Canonical;
use super::super::code_host::{self, Run};
use super::super::{Day, rhythm};
use super::cloud;
use crate::demo::Identity;
use crate::demo::dice::Dice;
use crate::demo::outside;
use crate::demo::roster::{Line, Recipe};
use crate::demo::trust;

/// One run on GitHub Actions.
pub(super) fn github(identity: &Identity, at: DateTime<Utc>, day: &mut Day<'_>, dice: &mut Dice) {
    let line = &identity.line;
    let actor = actor(identity, day, dice);
    let run = start(line, &actor, at, dice);
    let failed = dice.chance(if run.event == "pull_request" { 140 } else { 55 });
    day.push("github-audit", at, code_host::created(at, &run, dice));
    let mut clock = at + TimeDelta::seconds(dice.between(6, 40));
    let environment = trust::environment(line);
    let secrets = secrets(line);
    if let Some(environment) = environment
        .as_deref()
        .filter(|_| line.environments[0] == Environment::Production && dice.chance(350))
    {
        let by = approver(identity, day, &actor, dice);
        clock += TimeDelta::seconds(dice.between(60, 1500));
        day.push(
            "github-audit",
            clock,
            code_host::approved(clock, &run, environment, &by, dice),
        );
        clock += TimeDelta::seconds(3);
    }
    if environment.is_some() || !secrets.is_empty() {
        let names: Vec<&str> = secrets.iter().map(String::as_str).collect();
        day.push(
            "github-audit",
            clock,
            code_host::prepared(clock, &run, environment.as_deref(), &names, dice),
        );
    }
    if !failed || dice.chance(400) {
        clock = cloud::work(identity, &run, clock, failed, day, dice);
    }
    clock += TimeDelta::seconds(dice.between(20, 420));
    let conclusion = match (failed, dice.chance(60)) {
        (true, false) => "failure",
        (true, true) => "cancelled",
        (false, _) => "success",
    };
    day.push(
        "github-audit",
        clock,
        code_host::completed(clock, at, &run, conclusion, dice),
    );
}

fn start<'a>(line: &'a Line, actor: &'a str, at: DateTime<Utc>, dice: &mut Dice) -> Run<'a> {
    let (event, branch) = if rhythm::is_scheduled(line.workflow()) {
        ("schedule", "main")
    } else if matches!(line.workflow(), "test" | "e2e" | "plan" | "scan") && dice.chance(700) {
        ("pull_request", *dice.pick(BRANCHES))
    } else if line.workflow() == "migrate" || line.workflow() == "apply" && dice.chance(300) {
        ("workflow_dispatch", "main")
    } else {
        ("push", "main")
    };
    // Run ids grow with time, as the code host's do.
    let minutes = u64::try_from(at.timestamp() / 60).unwrap_or(0);
    Run {
        place: &line.place,
        workflow: line.workflow(),
        branch,
        event,
        actor,
        id: minutes * 640 + dice.below(600),
        number: minutes / 700 % 20_000 + 17,
        sha: dice.hex(40),
    }
}

const BRANCHES: &[&str] = &[
    "fix/rounding",
    "feature/express-checkout",
    "chore/upgrade-deps",
    "feature/dark-mode",
    "fix/timeouts",
    "refactor/orders",
    "feature/multi-currency",
    "fix/flaky-tests",
    "feature/audit-trail",
    "spike/new-cache",
];

/// Whoever pushed: the owner, the backup or a colleague of the team.
fn actor(identity: &Identity, day: &Day<'_>, dice: &mut Dice) -> String {
    if rhythm::is_scheduled(identity.line.workflow()) || dice.chance(120) {
        return "github-actions[bot]".to_owned();
    }
    colleague(identity, day, None, dice)
}

fn colleague(identity: &Identity, day: &Day<'_>, but: Option<&str>, dice: &mut Dice) -> String {
    let at = day.start;
    let team: Vec<String> = day
        .organisation
        .people
        .iter()
        .filter(|p| p.team.as_deref() == Some(&identity.line.team))
        .filter(|p| p.created_at < at && p.left_at.is_none_or(|left| left > at))
        .map(crate::demo::people::Person::login)
        .filter(|login| Some(login.as_str()) != but)
        .collect();
    if team.is_empty() {
        "jonas-hale".to_owned()
    } else {
        dice.pick(&team).clone()
    }
}

/// Somebody else than who started the run.
fn approver(identity: &Identity, day: &Day<'_>, actor: &str, dice: &mut Dice) -> String {
    colleague(identity, day, Some(actor), dice)
}

/// Names of the secrets a job is handed. Names only; what they hold never leaves the code host.
fn secrets(line: &Line) -> Vec<String> {
    let stem = line.base().to_uppercase().replace('-', "_");
    match line.recipe {
        Recipe::GithubKey => vec![
            "AWS_ACCESS_KEY_ID".to_owned(),
            "AWS_SECRET_ACCESS_KEY".to_owned(),
        ],
        _ if line.workflow() == "release" && line.stored.is_some() => {
            vec![format!("{stem}_SIGNING_KEY")]
        }
        _ if line.grants.iter().any(|(code, _)| code == "cdn") => {
            vec![format!("{stem}_PURGE_TOKEN")]
        }
        _ => Vec::new(),
    }
}

/// One run on GitLab or Azure DevOps.
pub(super) fn elsewhere(
    identity: &Identity,
    at: DateTime<Utc>,
    day: &mut Day<'_>,
    dice: &mut Dice,
) {
    let line = &identity.line;
    let failed = dice.chance(60);
    let run_id = (u64::try_from(at.timestamp() / 90).unwrap_or(0) % 9_000_000).to_string();
    let end = at + TimeDelta::seconds(dice.between(90, 900));
    let (source, issuer, subject) = if line.recipe == Recipe::AzureDevops {
        (
            "entra-sign-ins",
            outside::AZURE_DEVOPS,
            outside::azure_devops_subject(line),
        )
    } else {
        (
            "gitlab",
            outside::GITLAB,
            outside::gitlab_subject(&line.place),
        )
    };
    let end_record = Canonical::new(EventKind::PipelineRun, "pipeline.finished", end, dice)
        .by(issuer, &subject)
        .with("repository", &outside::repository(&line.place))
        .with("ref", "refs/heads/main")
        .with("commit", &dice.hex(40))
        .with("run_id", &run_id)
        .with("actor", &colleague(identity, day, None, dice))
        .failed(failed)
        .done();
    if !failed {
        cloud::by_token(
            identity,
            issuer,
            &subject,
            at + TimeDelta::seconds(20),
            day,
            dice,
        );
    }
    day.push(source, end, end_record);
}

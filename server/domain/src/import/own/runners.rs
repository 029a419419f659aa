//! A row about a runner.

use contract::identities::Platform;
use contract::imports::ImportProblem;

use super::{Column, column};
use crate::import::fields::{Fields, cut, one_of, plain};
use crate::import::record::Runner;

pub(super) const COLUMNS: &[Column] = &[
    column("name", &["runner", "runner_name", "description"]),
    column("platform", &["provider", "system"]),
    column(
        "owner",
        &["organisation", "organization", "org", "namespace"],
    ),
    column("kind", &["type", "runner_kind"]),
    column("hosted", &["is_hosted"]),
    column("ephemeral", &["is_ephemeral"]),
    column("group", &["runner_group", "runner_group_name"]),
    column("labels", &["tags", "tag_list", "label"]),
    column(
        "repositories",
        &["repository", "repos", "projects", "serves"],
    ),
    column(
        "last_seen",
        &["last_seen_at", "contacted_at", "last_active_on"],
    ),
    column("online", &["status"]),
];

/// The words a kind may be said with.
const KINDS: &[&str] = &["hosted", "self_hosted", "ephemeral", "persistent"];

pub(super) fn read(mut fields: Fields) -> Result<Runner, Vec<ImportProblem>> {
    fields.needed("name", "the runner's name");
    fields.needed(
        "platform",
        "whose jobs it runs: github_actions or gitlab_ci",
    );
    fields.needed("owner", "the organisation or group it serves");
    let name = fields.line("name", 200);
    let owner = fields.line("owner", 200);
    let platform = platform(&mut fields);
    let (mut hosted, mut ephemeral) = kind(&mut fields);
    hosted = fields.flag("hosted").or(hosted);
    ephemeral = fields.flag("ephemeral").or(ephemeral);
    let online = online(&mut fields);
    let (group, last_seen) = (fields.line("group", 200), fields.past("last_seen"));
    let (labels, repositories) = (fields.list("labels"), fields.list("repositories"));
    let runner = name
        .zip(owner)
        .zip(platform)
        .map(|((name, owner), platform)| Runner {
            platform,
            owner,
            name,
            hosted,
            ephemeral,
            group,
            labels,
            repositories: repositories.unwrap_or_default(),
            last_seen,
            online,
        });
    fields.finish(runner)
}

fn platform(fields: &mut Fields) -> Option<Platform> {
    let text = fields.text("platform")?;
    match plain(&text).as_str() {
        "github" | "github_actions" => Some(Platform::GithubActions),
        "gitlab" | "gitlab_ci" => Some(Platform::GitlabCi),
        _ => {
            fields.wrong("platform", one_of(&text, &["github_actions", "gitlab_ci"]));
            None
        }
    }
}

/// Hosted and ephemeral, as one word says both.
fn kind(fields: &mut Fields) -> (Option<bool>, Option<bool>) {
    let Some(text) = fields.text("kind") else {
        return (None, None);
    };
    match plain(&text).as_str() {
        "hosted" | "github_hosted" | "instance_type" => (Some(true), None),
        "self_hosted" | "group_type" | "project_type" => (Some(false), None),
        "ephemeral" => (Some(false), Some(true)),
        "persistent" => (Some(false), Some(false)),
        _ => {
            fields.wrong("kind", one_of(&text, KINDS));
            (None, None)
        }
    }
}

/// Whether it is there, in the words of vendors' lists too.
fn online(fields: &mut Fields) -> Option<bool> {
    let text = fields.text("online")?;
    match plain(&text).as_str() {
        "online" | "true" | "yes" | "1" | "ready" => Some(true),
        "offline" | "false" | "no" | "0" | "stale" | "never_contacted" => Some(false),
        _ => {
            let sentence = format!("“{}” is neither online nor offline", cut(&text));
            fields.wrong("online", sentence);
            None
        }
    }
}

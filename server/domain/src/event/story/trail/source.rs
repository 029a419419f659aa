//! Which source would have shown a link that no event shows, in the words of the platform the run is of.

use contract::events::EventFormat;

use super::{Part, Story, Told};

/// The platform that runs the pipeline, as far as its sources go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Platform {
    /// GitHub, and whatever tells of runs as GitHub does.
    Github,
    /// GitLab.
    Gitlab,
}

impl Platform {
    fn of(story: &Story, told: &[Told<'_>]) -> Self {
        let gitlab = story.links.iter().any(|link| {
            matches!(
                told[link.place].event.format,
                EventFormat::GitlabWebhook | EventFormat::GitlabAudit
            )
        });
        if gitlab { Self::Gitlab } else { Self::Github }
    }
}

/// What would have shown a link of this story.
pub(super) fn source(part: Part, story: &Story, told: &[Told<'_>]) -> &'static str {
    match (Platform::of(story, told), part) {
        (Platform::Github, Part::Start) if story.is_alone() => {
            "The deployment names no run: deployment_status webhooks of GitHub Actions and the audit log’s prepared jobs name it; what is deployed from elsewhere has none."
        }
        (Platform::Gitlab, Part::Start) if story.is_alone() => {
            "The deployment names no pipeline: job webhooks tell which pipeline its job is of; what is deployed through the API has none."
        }
        (Platform::Github, Part::Start) => {
            "The GitHub audit log or workflow_run webhooks name who started a run."
        }
        (Platform::Gitlab, Part::Start) => {
            "GitLab’s pipeline or job webhooks name who started a pipeline."
        }
        (Platform::Github, Part::Commit) => {
            "Run events (workflow_run webhooks, the audit log's completed run) carry the commit."
        }
        (Platform::Gitlab, Part::Commit) => {
            "GitLab’s pipeline, job and deployment webhooks carry the commit."
        }
        (Platform::Github, Part::Runner) => {
            "The audit log's prepared jobs or workflow_job webhooks name the runner of each job."
        }
        (Platform::Gitlab, Part::Runner) => "GitLab’s job webhooks name the runner of each job.",
        (Platform::Github, Part::Approval) => {
            "deployment_review webhooks or the audit log's approvals show who let it go ahead; an environment without required reviewers has none."
        }
        (Platform::Gitlab, Part::Approval) => {
            "GitLab’s audit events or deployment approval hooks show who let it go ahead; an environment that is not protected has none."
        }
        (_, Part::Identity) => {
            "CloudTrail, Entra sign-ins, Google Data Access logs or Vault's audit device show which account it became."
        }
        (Platform::Github, Part::Deployment) => {
            "deployment_status webhooks or the target's own log (CloudTrail, Kubernetes audit) show what was deployed."
        }
        (Platform::Gitlab, Part::Deployment) => {
            "GitLab’s deployment webhooks or the target’s own log (CloudTrail, Kubernetes audit) show what was deployed."
        }
    }
}

//! `rollcall trust token`: a plausible claim set of a pipeline run.

use domain::trust::{Ci, Event, Run};

use super::{Done, json};

/// A pipeline run in words.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Platform: github, gitlab, bitbucket, circleci, buildkite, azure-devops, hcp-terraform, jenkins, kubernetes.
    #[arg(long, value_name = "NAME", value_parser = ci)]
    ci: Ci,
    /// `owner/repository`; `organisation/project/workspace` of HCP Terraform, `organisation/project/connection` of
    /// Azure DevOps, `namespace/account` of Kubernetes.
    #[arg(long, value_name = "NAME")]
    project: String,
    /// Branch.
    #[arg(long, default_value = "main")]
    branch: String,
    /// Tag instead of a branch.
    #[arg(long, value_name = "NAME")]
    tag: Option<String>,
    /// Environment; run phase of HCP Terraform.
    #[arg(long, default_value = "")]
    environment: String,
    /// What started it: push, pull_request, pull_request_target, schedule, workflow_dispatch.
    #[arg(long, default_value = "push", value_parser = event)]
    event: Event,
    /// Who started it.
    #[arg(long, default_value = "")]
    actor: String,
    /// Audience asked for; the platform's default when absent.
    #[arg(long, default_value = "")]
    audience: String,
    /// Workflow file, or step key of Buildkite.
    #[arg(long, default_value = "")]
    workflow: String,
    /// Address of a platform of one's own.
    #[arg(long, default_value = "")]
    issuer: String,
    /// GitHub: the subject carries ids.
    #[arg(long)]
    immutable: bool,
    /// Id of the repository or project.
    #[arg(long, default_value = "")]
    project_id: String,
    /// Id of the owner or organisation.
    #[arg(long, default_value = "")]
    owner_id: String,
}

fn ci(word: &str) -> Result<Ci, String> {
    Ci::of(word).ok_or_else(|| {
        let known: Vec<&str> = Ci::ALL.iter().map(|it| it.as_str()).collect();
        format!("choose one of {}", known.join(", "))
    })
}

fn event(word: &str) -> Result<Event, String> {
    Event::of(word).ok_or_else(|| {
        let known: Vec<&str> = Event::ALL.iter().map(|it| it.as_str()).collect();
        format!("choose one of {}", known.join(", "))
    })
}

/// Prints the claims.
pub fn run(args: &Args) -> Done {
    let run = Run {
        project: args.project.clone(),
        reference: args.tag.clone().unwrap_or_else(|| args.branch.clone()),
        tag: args.tag.is_some(),
        environment: args.environment.clone(),
        event: args.event,
        actor: args.actor.clone(),
        audience: args.audience.clone(),
        workflow: args.workflow.clone(),
        issuer: args.issuer.clone(),
        immutable: args.immutable,
        project_id: args.project_id.clone(),
        owner_id: args.owner_id.clone(),
    };
    json(run.token(args.ci).claims())?;
    Ok(std::process::ExitCode::SUCCESS)
}

//! What each platform's tokens say of a run; the pages that tell are named in [`super`].

use serde_json::{Value, json};

use super::{Event, Run, digest, number, short, told, uuid};

impl Run {
    pub(super) fn github(&self) -> Value {
        let (owner_id, id) = (self.owner_number(), self.project_number());
        let pull = self.event == Event::PullRequest;
        let reference = match (pull, self.tag) {
            (true, _) => "refs/pull/1/merge".to_owned(),
            (_, true) => format!("refs/tags/{}", self.reference),
            _ => format!("refs/heads/{}", self.reference),
        };
        let context = if !self.environment.is_empty() {
            format!("environment:{}", self.environment.replace(':', "%3A"))
        } else if pull {
            "pull_request".to_owned()
        } else {
            format!("ref:{reference}")
        };
        let head = if self.immutable {
            format!("{}@{owner_id}/{}@{id}", self.owner(), self.name())
        } else {
            self.project.clone()
        };
        let file = told(&self.workflow, || "deploy.yml".to_owned());
        let workflow = format!("{}/.github/workflows/{file}@{reference}", self.project);
        let from = [Event::PullRequest, Event::PullRequestTarget].contains(&self.event);
        let mut claims = json!({
            "iss": "https://token.actions.githubusercontent.com",
            "sub": format!("repo:{head}:{context}"),
            "aud": format!("https://github.com/{}", self.owner()),
            "actor": self.actor(), "actor_id": number(self.actor()),
            "base_ref": if from { "main" } else { "" }, "head_ref": if from { self.reference.as_str() } else { "" },
            "event_name": self.event.as_str(),
            "job_workflow_ref": workflow, "workflow_ref": workflow,
            "ref": reference, "ref_type": if self.tag { "tag" } else { "branch" }, "ref_protected": "false",
            "repository": self.project, "repository_id": id,
            "repository_owner": self.owner(), "repository_owner_id": owner_id,
            "repository_visibility": "private", "runner_environment": "github-hosted",
            "run_id": "1", "run_number": "1", "run_attempt": "1",
            "workflow": file.trim_end_matches(".yml").trim_end_matches(".yaml"),
            "sha": hex::encode(&digest(&self.project)[..20]),
        });
        if !self.environment.is_empty() {
            claims["environment"] = self.environment.as_str().into();
        }
        claims
    }

    pub(super) fn gitlab(&self) -> Value {
        let kind = if self.tag { "tag" } else { "branch" };
        let source = match self.event {
            Event::Push => "push",
            Event::PullRequest | Event::PullRequestTarget => "merge_request_event",
            Event::Schedule => "schedule",
            Event::Manual => "web",
        };
        let namespace = self.project.rsplit_once('/').map_or("", |(group, _)| group);
        let start = if self.tag { "refs/tags" } else { "refs/heads" };
        let mut claims = json!({
            "iss": "https://gitlab.com", "aud": "https://gitlab.com",
            "sub": format!("project_path:{}:ref_type:{kind}:ref:{}", self.project, self.reference),
            "namespace_id": self.owner_number(), "namespace_path": namespace,
            "project_id": self.project_number(), "project_path": self.project, "project_visibility": "private",
            "user_id": number(self.actor()), "user_login": self.actor(), "user_email": format!("{}@example.com", self.actor()),
            "user_access_level": "maintainer",
            "pipeline_id": "1", "pipeline_source": source, "job_id": "1",
            "ref": self.reference, "ref_type": kind, "ref_path": format!("{start}/{}", self.reference), "ref_protected": "false",
            "runner_id": 1, "runner_environment": "gitlab-hosted",
            "ci_config_ref_uri": format!("gitlab.com/{}//.gitlab-ci.yml@{start}/{}", self.project, self.reference),
            "sha": hex::encode(&digest(&self.project)[..20]),
        });
        if !self.environment.is_empty() {
            claims["environment"] = self.environment.as_str().into();
            claims["environment_protected"] = "false".into();
            claims["deployment_tier"] = "production".into();
        }
        claims
    }

    pub(super) fn bitbucket(&self) -> Value {
        let workspace = uuid(self.owner());
        let repository = told(&self.project_id, || uuid(&self.project));
        let step = uuid("step");
        let environment = (!self.environment.is_empty()).then(|| uuid(&self.environment));
        let place = environment
            .as_ref()
            .map_or_else(String::new, |it| format!(":{{{it}}}"));
        let mut claims = json!({
            "iss": format!("https://api.bitbucket.org/2.0/workspaces/{}/pipelines-config/identity/oidc", self.owner()),
            "aud": format!("ari:cloud:bitbucket::workspace/{workspace}"),
            "sub": format!("{{{repository}}}{place}:{{{step}}}"),
            "workspaceUuid": format!("{{{workspace}}}"), "repositoryUuid": format!("{{{repository}}}"),
            "pipelineUuid": format!("{{{}}}", uuid("pipeline")), "stepUuid": format!("{{{step}}}"),
            "branchName": self.reference,
        });
        if let Some(environment) = environment {
            claims["deploymentEnvironmentUuid"] = format!("{{{environment}}}").into();
        }
        claims
    }

    pub(super) fn circleci(&self) -> Value {
        let organisation = told(&self.owner_id, || uuid(self.owner()));
        let project = told(&self.project_id, || uuid(&self.project));
        let start = if self.tag { "refs/tags" } else { "refs/heads" };
        json!({
            "iss": format!("https://oidc.circleci.com/org/{organisation}"), "aud": organisation,
            "sub": format!("org/{organisation}/project/{project}/user/{}", uuid(self.actor())),
            "oidc.circleci.com/org-id": organisation, "oidc.circleci.com/project-id": project,
            "oidc.circleci.com/vcs-origin": format!("github.com/{}", self.project),
            "oidc.circleci.com/vcs-ref": format!("{start}/{}", self.reference),
            "oidc.circleci.com/context-ids": [uuid(if self.environment.is_empty() { "context" } else { &self.environment })],
            "oidc.circleci.com/job-id": uuid("job"), "oidc.circleci.com/ssh-rerun": false,
        })
    }

    pub(super) fn buildkite(&self) -> Value {
        let (organisation, pipeline) = (self.owner(), self.name());
        let start = if self.tag { "refs/tags" } else { "refs/heads" };
        let commit = hex::encode(&digest(&self.project)[..20]);
        let step = told(&self.workflow, || "deploy".to_owned());
        let source = match self.event {
            Event::Schedule => "schedule",
            Event::Manual => "ui",
            _ => "webhook",
        };
        json!({
            "iss": "https://agent.buildkite.com", "aud": format!("https://buildkite.com/{organisation}"),
            "sub": format!("organization:{organisation}:pipeline:{pipeline}:ref:{start}/{}:commit:{commit}:step:{step}", self.reference),
            "organization_slug": organisation, "organization_id": told(&self.owner_id, || uuid(organisation)),
            "pipeline_slug": pipeline, "pipeline_id": told(&self.project_id, || uuid(&self.project)),
            "build_number": 1, "build_branch": self.reference, "build_tag": if self.tag { Value::from(self.reference.as_str()) } else { Value::Null },
            "build_commit": commit, "build_source": source, "step_key": step,
            "job_id": uuid("job"), "agent_id": uuid("agent"), "runner_environment": "self-hosted",
        })
    }

    pub(super) fn azure_devops(&self) -> Value {
        let organisation = told(&self.owner_id, || uuid(self.owner()));
        let connection = if self.part(2).is_empty() {
            "deploy"
        } else {
            self.part(2)
        };
        json!({
            "iss": format!("https://vstoken.dev.azure.com/{organisation}"),
            "aud": "api://AzureADTokenExchange",
            "sub": format!("sc://{}/{}/{connection}", self.owner(), self.part(1)),
        })
    }

    pub(super) fn hcp_terraform(&self) -> Value {
        let (organisation, project, workspace) = match self.project.split('/').collect::<Vec<_>>()[..]
        {
            [organisation, project, workspace, ..] => (organisation, project, workspace),
            [organisation, workspace] => (organisation, "Default Project", workspace),
            _ => (self.owner(), "Default Project", self.name()),
        };
        let phase = told(&self.environment, || "apply".to_owned());
        let full = format!("organization:{organisation}:project:{project}:workspace:{workspace}");
        json!({
            "iss": "https://app.terraform.io", "aud": "aws.workload.identity",
            "sub": format!("{full}:run_phase:{phase}"),
            "terraform_organization_id": told(&self.owner_id, || format!("org-{}", short(organisation))),
            "terraform_organization_name": organisation,
            "terraform_project_id": format!("prj-{}", short(project)), "terraform_project_name": project,
            "terraform_workspace_id": told(&self.project_id, || format!("ws-{}", short(workspace))),
            "terraform_workspace_name": workspace, "terraform_full_workspace": full,
            "terraform_run_id": "run-1", "terraform_run_phase": phase,
        })
    }

    pub(super) fn jenkins(&self) -> Value {
        let host = told(&self.issuer, || {
            "https://jenkins.example.com/oidc".to_owned()
        });
        let base = host.trim_end_matches('/').trim_end_matches("/oidc");
        let mut path = String::new();
        for part in self.project.split('/') {
            path.push_str("job/");
            path.push_str(part);
            path.push('/');
        }
        let branch = if self.reference.is_empty() {
            String::new()
        } else {
            format!("job/{}/", self.reference.replace('/', "%2F"))
        };
        json!({"iss": host, "aud": "sts.amazonaws.com", "sub": format!("{base}/{path}{branch}"), "build_number": 1})
    }

    pub(super) fn kubernetes(&self) -> Value {
        let (namespace, account) = (self.owner(), self.name());
        json!({
            "iss": "https://kubernetes.default.svc", "aud": ["https://kubernetes.default.svc"],
            "sub": format!("system:serviceaccount:{namespace}:{account}"),
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": account, "uid": uuid(&self.project)}},
        })
    }
}

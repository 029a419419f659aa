//! What is known of a run from the events that name it, and which other events it explains.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Because, Context, DateTime, Event, EventKind, Federated, RunKey, SKEW_MINUTES, TimeDelta, Told,
    Utc, subject,
};

/// Longest a run is believed to go on when no event ends it.
const LONGEST_HOURS: i64 = 6;

/// From when to when a run was on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    ended: bool,
}

impl Span {
    fn see(&mut self, event: &Event) {
        self.from = self.from.min(event.occurred_at);
        self.to = self.to.max(event.occurred_at);
        self.ended |= ends(event);
    }

    fn covers(&self, at: DateTime<Utc>) -> bool {
        let skew = TimeDelta::minutes(SKEW_MINUTES);
        let end = if self.ended {
            self.to
        } else {
            self.to.max(self.from + TimeDelta::hours(LONGEST_HOURS))
        };
        at >= self.from - skew && at <= end + skew
    }
}

/// Whether an event says that its run is over.
fn ends(event: &Event) -> bool {
    event.kind == EventKind::PipelineRun
        && (event.action.ends_with("completed_workflow_run")
            || event.action == "workflow_run.completed"
            || ["pipeline.success", "pipeline.failed", "pipeline.canceled"]
                .contains(&event.action.as_str()))
}

/// The run and its neighbours.
pub(super) struct Around {
    repository: String,
    run_id: String,
    span: Span,
    refs: BTreeSet<String>,
    environments: BTreeSet<String>,
    commits: BTreeSet<String>,
    jobs: BTreeSet<String>,
    /// Other runs of the repository.
    others: Vec<Span>,
}

impl Around {
    /// Reads what the events say of the run; `None` when none names it.
    pub(super) fn of(key: &RunKey, told: &[Told<'_>]) -> Option<Self> {
        let mut spans: BTreeMap<&str, Span> = BTreeMap::new();
        for event in told.iter().map(|told| told.event) {
            let (Some(run), Some(repository)) = (&event.run_id, &event.repository) else {
                continue;
            };
            if !repository.eq_ignore_ascii_case(&key.repository) {
                continue;
            }
            spans
                .entry(run)
                .or_insert(Span {
                    from: event.occurred_at,
                    to: event.occurred_at,
                    ended: false,
                })
                .see(event);
        }
        let span = spans.remove(key.run_id.as_str())?;
        let mut around = Self {
            repository: key.repository.clone(),
            run_id: key.run_id.clone(),
            span,
            refs: BTreeSet::new(),
            environments: BTreeSet::new(),
            commits: BTreeSet::new(),
            jobs: BTreeSet::new(),
            others: spans.into_values().collect(),
        };
        for event in told.iter().map(|told| told.event) {
            if around.names(event) {
                around.refs.extend(event.git_ref.as_deref().map(full));
                around.environments.extend(event.environment.clone());
                around.commits.extend(event.commit.clone());
                around.jobs.extend(event.joins.job.clone());
            }
        }
        Some(around)
    }

    fn names(&self, event: &Event) -> bool {
        event.run_id.as_deref() == Some(self.run_id.as_str())
            && event
                .repository
                .as_ref()
                .is_none_or(|name| name.eq_ignore_ascii_case(&self.repository))
    }

    fn is_here(&self, event: &Event) -> bool {
        event
            .repository
            .as_ref()
            .is_some_and(|name| name.eq_ignore_ascii_case(&self.repository))
    }

    /// Whether an event belongs to the run by its own words, why, and whether only this run explains it.
    pub(super) fn first_hand(&self, event: &Event, known: &Federated) -> Option<(Because, bool)> {
        if self.names(event) {
            return Some((Because::RunId, true));
        }
        // It names another run.
        if event.run_id.is_some() {
            return None;
        }
        // A job is of one run, whenever it deploys: a manual one may wait for days. One that is not this run's is another's,
        // whatever commit it has.
        if let Some(job) = event.joins.job.as_ref().filter(|_| self.is_here(event)) {
            let ours = self.jobs.contains(job);
            return ours.then(|| (Because::Job(job.clone()), true));
        }
        if !self.span.covers(event.occurred_at) {
            return None;
        }
        let alone = !self
            .others
            .iter()
            .any(|other| other.covers(event.occurred_at));
        if let (Some(issuer), Some(text)) = (&event.issuer, &event.subject)
            && let Some(exact) = self.fits(issuer, text)
        {
            return Some((Because::Subject(text.clone()), alone && exact));
        }
        if let Some(credential) = &event.joins.federated_credential
            && let Some((issuer, text)) = known.get(credential)
            && let Some(exact) = self.fits(issuer, text)
        {
            return Some((
                Because::FederatedCredential(credential.clone()),
                alone && exact,
            ));
        }
        let deployed = matches!(
            event.kind,
            EventKind::Deployment | EventKind::DeploymentApproval
        );
        match &event.commit {
            Some(commit) if deployed && self.is_here(event) && self.commits.contains(commit) => {
                Some((Because::Commit(commit.clone()), alone))
            }
            _ => None,
        }
    }

    /// Whether a subject is one this run's jobs are given: `None` when not, and whether its context is the run's.
    fn fits(&self, issuer: &str, text: &str) -> Option<bool> {
        let parsed = subject::parse(issuer, text);
        let repository = parsed.repository?;
        if !repository
            .full_name()
            .eq_ignore_ascii_case(&self.repository)
        {
            return None;
        }
        match parsed.context {
            Context::Ref(name) if self.refs.is_empty() => Some(name.is_empty()),
            Context::Ref(name) => self.refs.contains(&full(&name)).then_some(true),
            // An environment the run never spoke of may still be one of its jobs'.
            Context::Environment(name) if self.environments.is_empty() => Some(name.is_empty()),
            Context::Environment(name) => self.environments.contains(&name).then_some(true),
            Context::PullRequest | Context::Opaque => Some(false),
        }
    }
}

fn full(name: &str) -> String {
    if name.starts_with("refs/") {
        name.to_owned()
    } else {
        format!("refs/heads/{name}")
    }
}

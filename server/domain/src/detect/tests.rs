//! A feed in small, for the tests of the rules, and what holds of all of them.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use contract::events::{EventFormat, EventKind, IdKind, Outcome};
use contract::identities::{IdentityKind, IdentityState};
use uuid::Uuid;

use super::*;
use crate::event::{ActorNature, Event, Runner};

/// The identity of the tests.
const PIPELINE: IdentityId = IdentityId(Uuid::from_u128(7));

/// So many minutes into a day of the tests.
pub fn moment(day: i64, minute: i64) -> DateTime<Utc> {
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("valid time");
    start + TimeDelta::days(day) + TimeDelta::minutes(minute)
}

/// Rule ids, of findings that are whole.
pub fn rules(found: &[Detected]) -> Vec<&str> {
    for one in found {
        assert!(
            !one.detail.is_empty() && one.detail.ends_with('.'),
            "{one:?}"
        );
        assert!(
            !one.fix.is_empty() && one.evidence.len() > 2 && !one.events.is_empty(),
            "{one:?}"
        );
    }
    found.iter().map(|one| one.rule.as_str()).collect()
}

/// A pipeline the roll knows.
pub fn known() -> Known {
    Known {
        name: "shop · deploy".to_owned(),
        kind: IdentityKind::Pipeline,
        state: IdentityState::Active,
        break_glass: false,
        declared: vec![("acme/shop".to_owned(), None)],
        keys: Vec::new(),
        tickets: Vec::new(),
        records: Vec::new(),
    }
}

/// Events of one identity, judged as they come.
pub struct Feed {
    /// What it remembers.
    pub memory: Memory,
    /// Whose events they are.
    pub identity: Option<IdentityId>,
    /// Events so far.
    pub count: u128,
}

impl Default for Feed {
    fn default() -> Self {
        Self {
            memory: Memory::default(),
            identity: Some(PIPELINE),
            count: 0,
        }
    }
}

impl Feed {
    /// Twenty days of the same, without a finding.
    pub fn learnt(act: impl Fn(&mut Self, i64) -> Vec<Detected>) -> Self {
        let mut feed = Self::default();
        for day in 0..20 {
            assert_eq!(act(&mut feed, day), [], "day {day}");
        }
        feed
    }

    /// Says what the roll knows of the identity.
    pub fn know(&mut self, known: Known) {
        self.memory.know(PIPELINE, known);
    }

    /// What nothing proved wrong by a moment.
    pub fn due(&mut self, day: i64, minute: i64) -> Vec<Detected> {
        self.memory.due(moment(day, minute))
    }

    fn judge(&mut self, event: &Event, affected: Option<IdentityId>) -> Vec<Detected> {
        self.count += 1;
        let id = EventId(Uuid::from_u128(self.count));
        let mut seen = Seen::of(id, self.identity, event.occurred_at, event);
        seen.affected = affected;
        step(&mut self.memory, &seen)
    }

    fn event(kind: EventKind, action: &str, at: DateTime<Utc>) -> Event {
        let mut event = Event::new(
            EventFormat::AwsCloudtrail,
            action.to_owned(),
            at,
            (IdKind::Vendor, String::new()),
        );
        event.kind = kind;
        event.outcome = Outcome::Success;
        event
    }

    /// Takes a role with a token for production, from a hosted runner.
    pub fn assume_at(
        &mut self,
        day: i64,
        minute: i64,
        role: &str,
        change: impl FnOnce(&mut Event),
    ) -> Vec<Detected> {
        let mut event = Self::event(
            EventKind::CredentialAssumption,
            "AssumeRoleWithWebIdentity",
            moment(day, minute),
        );
        event.issuer = Some("https://token.actions.githubusercontent.com".to_owned());
        event.subject = Some("repo:acme/shop:environment:production".to_owned());
        event.role = Some(role.to_owned());
        event.source_ip = Some("20.57.124.8".to_owned());
        event.joins.agent = Some("aws-cli/2.22.7 exec-env/GitHub_Actions".to_owned());
        event.joins.minted_key = Some(format!("ASIA{day}{minute}{}", self.count));
        change(&mut event);
        self.judge(&event, None)
    }

    /// The same, at the start of a day.
    pub fn assume(
        &mut self,
        day: i64,
        role: &str,
        change: impl FnOnce(&mut Event),
    ) -> Vec<Detected> {
        self.assume_at(day, 0, role, change)
    }

    /// The same, as it always is.
    pub fn takes(&mut self, day: i64, role: &str) -> Vec<Detected> {
        self.assume(day, role, |_| {})
    }

    /// Reads a secret.
    pub fn reads(
        &mut self,
        day: i64,
        secret: &str,
        stage: Option<contract::identities::Environment>,
    ) -> Vec<Detected> {
        let mut event = Self::event(EventKind::SecretAccess, "GetSecretValue", moment(day, 0));
        event.target = Some(secret.to_owned());
        event.environment = stage.map(|stage| stage.as_str().to_owned());
        self.judge(&event, None)
    }

    /// Deploys a branch somewhere.
    pub fn deploys_to(&mut self, day: i64, branch: &str, place: &str) -> Vec<Detected> {
        let mut event = Self::event(
            EventKind::Deployment,
            "deployment_status.created",
            moment(day, 0),
        );
        event.repository = Some("acme/shop".to_owned());
        event.git_ref = Some(branch.to_owned());
        event.environment = Some(place.to_owned());
        self.judge(&event, None)
    }

    /// Deploys a branch to production.
    pub fn deploys(&mut self, day: i64, branch: &str) -> Vec<Detected> {
        self.deploys_to(day, branch, "production")
    }

    /// Is refused a token, so many seconds into a day; nobody's.
    pub fn refused(&mut self, day: i64, second: i64, repository: &str) -> Vec<Detected> {
        let mut event = Self::event(
            EventKind::AuthenticationFailure,
            "AssumeRoleWithWebIdentity",
            moment(day, 0),
        );
        event.occurred_at += TimeDelta::seconds(second);
        event.outcome = Outcome::Failure;
        event.issuer = Some("https://token.actions.githubusercontent.com".to_owned());
        event.subject = Some(format!("repo:{repository}:ref:refs/heads/main"));
        event.joins.reason = Some("AccessDenied".to_owned());
        let own = self.identity.take();
        let found = self.judge(&event, None);
        self.identity = own;
        found
    }

    /// Is refused, and the log does not say who asked.
    pub fn refused_without_claim(&mut self, second: i64) -> Vec<Detected> {
        let mut event = Self::event(EventKind::AuthenticationFailure, "login", moment(0, 0));
        event.occurred_at += TimeDelta::seconds(second);
        event.outcome = Outcome::Failure;
        self.judge(&event, None)
    }

    /// Is denied something, so many seconds into a day.
    pub fn denied(&mut self, day: i64, second: i64) -> Vec<Detected> {
        let mut event = Self::event(
            EventKind::AuthorizationFailure,
            "ListBuckets",
            moment(day, 0),
        );
        event.occurred_at += TimeDelta::seconds(second);
        event.outcome = Outcome::Failure;
        self.judge(&event, None)
    }

    fn of_run(kind: EventKind, action: &str, day: i64, run: &str, actor: &str) -> Event {
        let mut event = Self::event(kind, action, moment(day, 0));
        event.format = EventFormat::GithubAudit;
        event.repository = Some("acme/shop".to_owned());
        event.git_ref = Some("refs/heads/main".to_owned());
        event.run_id = Some(run.to_owned());
        event.actor = Some(actor.to_owned());
        event
    }

    /// A run begins.
    pub fn run(&mut self, day: i64, run: &str, actor: &str) -> Vec<Detected> {
        self.judge(
            &Self::of_run(
                EventKind::PipelineRun,
                "workflows.created_workflow_run",
                day,
                run,
                actor,
            ),
            None,
        )
    }

    /// Somebody approves a run's deployment to production.
    pub fn approved(&mut self, day: i64, run: &str, by: &str) -> Vec<Detected> {
        self.approved_for(day, run, by, Some("production"))
    }

    /// Somebody approves a run's deployment, to somewhere if the source says so.
    pub fn approved_for(
        &mut self,
        day: i64,
        run: &str,
        by: &str,
        place: Option<&str>,
    ) -> Vec<Detected> {
        let kind = EventKind::DeploymentApproval;
        let mut event = Self::of_run(kind, "workflows.approve_workflow_job", day, run, by);
        event.environment = place.map(str::to_owned);
        self.judge(&event, None)
    }

    /// Somebody goes round what protects an environment, or one that the source does not name.
    pub fn bypassed(
        &mut self,
        day: i64,
        run: &str,
        by: &str,
        place: Option<&str>,
    ) -> Vec<Detected> {
        let kind = EventKind::DeploymentApproval;
        let mut event = Self::of_run(kind, "workflows.bypass_protection_rules", day, run, by);
        event.environment = place.map(str::to_owned);
        self.judge(&event, None)
    }

    /// A run's job for production begins.
    pub fn released(&mut self, day: i64, run: &str) -> Vec<Detected> {
        let mut event = Self::of_run(
            EventKind::PipelineRun,
            "workflows.prepared_workflow_job",
            day,
            run,
            "mona",
        );
        event.environment = Some("production".to_owned());
        self.judge(&event, None)
    }

    /// A run's job is given to a runner.
    pub fn ran_on(
        &mut self,
        day: i64,
        run: &str,
        runner: &str,
        hosted: Option<bool>,
    ) -> Vec<Detected> {
        let mut event = Self::of_run(
            EventKind::PipelineRun,
            "workflows.prepared_workflow_job",
            day,
            run,
            "mona",
        );
        event.joins.runner = Some(Runner {
            name: runner.to_owned(),
            hosted,
            ..Runner::default()
        });
        self.judge(&event, None)
    }

    /// A person changes something of the identity.
    pub fn changed(
        &mut self,
        day: i64,
        kind: EventKind,
        change: impl FnOnce(&mut Event),
    ) -> Vec<Detected> {
        let mut event = Self::event(kind, "UpdateSomething", moment(day, 0));
        event.actor = Some("kofi@acme.example".to_owned());
        event.target = Some("deploy".to_owned());
        event.joins.actor_nature = ActorNature::Person;
        change(&mut event);
        let own = self.identity.take();
        let affected = self.memory.known(own).is_some().then_some(PIPELINE);
        let found = self.judge(&event, affected);
        self.identity = own;
        found
    }

    /// The identity changes something of itself.
    pub fn changes_itself(&mut self, day: i64, kind: EventKind) -> Vec<Detected> {
        let event = Self::event(kind, "AttachRolePolicy", moment(day, 0));
        self.judge(&event, Some(PIPELINE))
    }

    /// Does something of a format, so many seconds into a day.
    pub fn acts(
        &mut self,
        day: i64,
        second: i64,
        format: EventFormat,
        change: impl FnOnce(&mut Event),
    ) -> Vec<Detected> {
        let mut event = Self::event(EventKind::Other, "Act", moment(day, 0));
        event.format = format;
        event.occurred_at += TimeDelta::seconds(second);
        change(&mut event);
        self.judge(&event, None)
    }

    /// Signs in to Entra with a secret, which opens a session of its own.
    pub fn signs_in(&mut self, day: i64, second: i64, key: &str, address: &str) -> Vec<Detected> {
        self.acts(day, second, EventFormat::Entra, |event| {
            event.kind = EventKind::CredentialAssumption;
            event.source_ip = Some(address.to_owned());
            event.joins.token_id = Some(key.to_owned());
            event.joins.session = Some(format!("uti-{day}-{second}"));
        })
    }

    /// Calls with a key from an address, so many seconds into a day.
    pub fn calls(&mut self, day: i64, second: i64, key: &str, address: &str) -> Vec<Detected> {
        let mut event = Self::event(EventKind::Other, "ListObjects", moment(day, 0));
        event.occurred_at += TimeDelta::seconds(second);
        event.source_ip = Some(address.to_owned());
        event.joins.access_key = Some(key.to_owned());
        self.judge(&event, None)
    }
}

#[test]
fn every_rule_file_is_registered_under_its_own_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/detect/rules");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder of rules")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let registered: BTreeSet<String> = REGISTRY.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(files, registered);
}

#[test]
fn every_rule_explains_itself_and_has_its_three_tests() {
    for one in REGISTRY {
        assert!(
            one.rationale.ends_with('.') && one.fix.ends_with('.') && !one.name.is_empty(),
            "{}",
            one.id
        );
        let technique = one.controls[0];
        assert!(
            technique.starts_with('T') && technique[1..5].bytes().all(|b| b.is_ascii_digit()),
            "{}",
            one.id
        );
        for family in ["NHI", "SOC 2 ", "ISO 27001 ", "NIST 800-53 ", "PCI DSS "] {
            assert!(
                one.controls
                    .iter()
                    .any(|control| control.starts_with(family)),
                "{} names no {family}",
                one.id
            );
        }
        assert!(
            crate::finding::rule(one.id).is_none(),
            "{} is a posture rule too",
            one.id
        );
        let path = format!(
            "{}/src/detect/rules/{}.rs",
            env!("CARGO_MANIFEST_DIR"),
            one.id
        );
        let text = std::fs::read_to_string(&path).expect("the rule's file");
        for name in ["fn fires", "fn nearly_fires", "fn unknown"] {
            assert!(text.contains(name), "{} lacks {name}", one.id);
        }
    }
}

#[test]
fn a_baseline_stays_small_and_remembers_what_is_usual() {
    let mut baseline = Baseline::default();
    let id = EventId(Uuid::nil());
    for n in 0..10_000 {
        baseline.see(Aspect::Secret, "often", moment(0, n), id);
        baseline.see(Aspect::Secret, &format!("once-{n}"), moment(0, n), id);
    }
    let at = moment(0, 10_000);
    assert!(baseline.values(Aspect::Secret, at).count() <= 400);
    assert_eq!(
        baseline
            .habit(Aspect::Secret, "often", at)
            .expect("kept")
            .times,
        10_000
    );
    assert!(baseline.gone().len() >= 9_600);
}

#[test]
fn what_was_kept_and_put_back_judges_the_same() {
    let mut whole = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
    let mut halved = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
    let mut memory = Memory::default();
    for (scope, baseline) in halved.memory.baselines() {
        for (aspect, value, habit) in baseline.changes() {
            memory
                .baseline_mut(scope.clone())
                .restore(aspect, value.to_owned(), habit);
        }
    }
    halved.memory = memory;
    assert_eq!(whole.takes(20, "admin"), halved.takes(20, "admin"));
}

//! What goes wrong in the month.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::{EventFormat, EventKind, Outcome};
use domain::event::{ActorNature, Event, Runner};

use crate::company::{Company, One, event};
use crate::life::{assume, call, of_run, send};
use crate::{LEARNING, Sent, day};

/// An incident: by which rule it must be found, its number among those of the rule, and on which day.
pub struct Incident {
    pub rule: &'static str,
    pub n: usize,
    pub day: i64,
}

const PLAN: &[(&str, usize)] = &[
    ("unusual_role", 4),
    ("failed_oidc_validation", 4),
    ("first_secret_access", 4),
    ("unexpected_deployment", 4),
    ("outside_pipeline", 5),
    ("unticketed_change", 4),
    ("new_persistent_runner", 3),
    ("unapproved_deployment", 4),
    ("denial_burst", 3),
    ("two_networks", 3),
    ("old_key_used", 2),
];

/// All of them, spread over the month.
pub fn all() -> Vec<Incident> {
    let each = |(rule, count): &(&'static str, usize)| {
        let rule = *rule;
        (0..*count).map(move |n| (rule, n))
    };
    let all = PLAN.iter().flat_map(each).enumerate();
    all.map(|(place, (rule, n))| {
        // An old key can come back only after its successor settled.
        let at = if rule == "old_key_used" {
            26 + n
        } else {
            place * 7 % 28
        };
        Incident {
            rule,
            n,
            day: LEARNING + i64::try_from(at).unwrap(),
        }
    })
    .collect()
}

/// Lets it happen.
pub fn act(company: &Company, incident: &Incident, place: usize, sent: &mut Vec<Sent>) {
    let before = sent.len();
    let at = day(incident.day) + TimeDelta::seconds(3 * 3600 + i64::try_from(place).unwrap() * 97);
    let n = incident.n;
    match incident.rule {
        "unusual_role" => in_run(company.plain(n), place, at, sent, |one, run| {
            assume(
                one,
                "arn:aws:iam::111122223333:role/breakglass-admin",
                run.at,
                &run.address,
                &run.key,
            )
        }),
        "first_secret_access" => in_run(company.plain(10 + n), place, at, sent, |_, run| {
            let mut event = call(
                EventKind::SecretAccess,
                "GetSecretValue",
                run.at,
                &run.key,
                &run.address,
            );
            event.target = Some("prod/payments/signing-key".to_owned());
            event
        }),
        "failed_oidc_validation" => forged(n, at, sent),
        "unexpected_deployment" => from_branch(company.plain(20 + n), place, at, sent),
        "outside_pipeline" => outside(company.plain(30 + n), n, place, at, sent),
        "unticketed_change" => changed(company.plain(40 + n), n, at, sent),
        "new_persistent_runner" => brought(company.plain(50 + n), place, at, sent),
        "unapproved_deployment" => unapproved(company.approved(n), n, place, at, sent),
        "denial_burst" => burst(company.service(n), at, sent),
        "two_networks" => twice(company, n, place, at, sent),
        "old_key_used" => old_key(company, n, at, sent),
        other => panic!("{other} is not played"),
    }
    for one in &mut sent[before..] {
        one.planted = Some(place);
    }
}

/// A run somebody meddles with.
struct Run {
    at: DateTime<Utc>,
    address: String,
    key: String,
}

fn in_run(
    one: &One,
    place: usize,
    at: DateTime<Utc>,
    sent: &mut Vec<Sent>,
    act: impl Fn(&One, &Run) -> Event,
) {
    let id = format!("x{place}");
    send(
        sent,
        Some(one),
        of_run(
            one,
            &id,
            EventKind::PipelineRun,
            "workflows.created_workflow_run",
            at,
        ),
        20,
    );
    let run = Run {
        at: at + TimeDelta::seconds(60),
        address: "20.7.1.1".to_owned(),
        key: format!("ASIAx{place}"),
    };
    send(sent, Some(one), act(one, &run), 60);
    let end = at + TimeDelta::seconds(300);
    send(
        sent,
        Some(one),
        of_run(
            one,
            &id,
            EventKind::PipelineRun,
            "workflows.completed_workflow_run",
            end,
        ),
        20,
    );
}

/// A stranger's tokens, ten in an hour.
fn forged(n: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    for turn in 0..10 {
        let mut event = event(
            EventFormat::AwsCloudtrail,
            EventKind::AuthenticationFailure,
            "AssumeRoleWithWebIdentity",
            at + TimeDelta::minutes(turn * 6),
        );
        event.outcome = Outcome::Failure;
        event.issuer = Some("https://token.actions.githubusercontent.com".to_owned());
        event.subject = Some(format!("repo:evil-{n}/app:ref:refs/heads/main"));
        event.joins.reason = Some("AccessDenied".to_owned());
        send(sent, None, event, 60);
    }
}

fn from_branch(one: &One, place: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    let id = format!("x{place}");
    for (action, after) in [
        ("workflows.created_workflow_run", 0),
        ("workflows.prepared_workflow_job", 30),
    ] {
        let mut event = of_run(
            one,
            &id,
            EventKind::PipelineRun,
            action,
            at + TimeDelta::seconds(after),
        );
        event.git_ref = Some("refs/heads/hotfix/skip-review".to_owned());
        event.environment = Some("production".to_owned());
        send(sent, Some(one), event, 20);
    }
    if one.approved {
        let mut approval = of_run(
            one,
            &id,
            EventKind::DeploymentApproval,
            "workflows.approve_workflow_job",
            at,
        );
        approval.actor = Some("lead-99".to_owned());
        send(sent, Some(one), approval, 20);
    }
}

/// The token where no run is on; by a person's program the last two.
fn outside(one: &One, n: usize, place: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    let mut event = assume(one, &one.role, at, "198.51.100.9", &format!("ASIAx{place}"));
    if n > 2 {
        event.joins.agent = Some("aws-cli/2.22.7 os/macos#24.1".to_owned());
    }
    send(sent, Some(one), event, 60);
}

fn changed(one: &One, n: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    let kind = [
        EventKind::TrustChange,
        EventKind::PermissionChange,
        EventKind::CredentialChange,
    ][n % 3];
    let mut event = event(EventFormat::AwsCloudtrail, kind, "Change", at);
    event.actor = Some("somebody@acme.example".to_owned());
    event.target = Some(one.role.clone());
    event.joins.actor_nature = ActorNature::Person;
    event.joins.made_key = Some("AKIANOBODYKNOWS".to_owned());
    send(sent, None, event, 60);
    sent.last_mut().unwrap().affected = Some(one.id);
}

fn brought(one: &One, place: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    for turn in 0..3 {
        let mut event = of_run(
            one,
            &format!("x{place}{turn}"),
            EventKind::PipelineRun,
            "workflows.prepared_workflow_job",
            at + TimeDelta::minutes(turn * 40),
        );
        event.joins.runner = Some(Runner {
            name: "under-the-desk".to_owned(),
            hosted: Some(false),
            ..Runner::default()
        });
        send(sent, Some(one), event, 20);
    }
}

/// Half by the author, half by nobody.
fn unapproved(one: &One, n: usize, place: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    let id = format!("x{place}");
    send(
        sent,
        Some(one),
        of_run(
            one,
            &id,
            EventKind::PipelineRun,
            "workflows.created_workflow_run",
            at,
        ),
        20,
    );
    if n.is_multiple_of(2) {
        let mut event = of_run(
            one,
            &id,
            EventKind::DeploymentApproval,
            "workflows.approve_workflow_job",
            at + TimeDelta::seconds(40),
        );
        event.environment = Some("production".to_owned());
        send(sent, Some(one), event, 20);
    }
    let mut event = of_run(
        one,
        &id,
        EventKind::PipelineRun,
        "workflows.prepared_workflow_job",
        at + TimeDelta::seconds(60),
    );
    event.environment = Some("production".to_owned());
    send(sent, Some(one), event, 20);
}

fn burst(one: &One, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    for turn in 0..40 {
        let mut event = call(
            EventKind::AuthorizationFailure,
            "ListSecrets",
            at + TimeDelta::seconds(turn * 5),
            &one.key(0),
            &format!("10.{}.4.7", one.n % 200),
        );
        event.outcome = Outcome::Failure;
        send(sent, Some(one), event, 60);
    }
}

/// A session copied out of a run, twice; a lasting key once.
fn twice(company: &Company, n: usize, place: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    if n == 2 {
        let one = company.service(12);
        for (address, after) in [
            (format!("10.{}.4.7", one.n % 200), 0),
            ("203.0.113.77".to_owned(), 300),
        ] {
            let event = call(
                EventKind::Other,
                "GetObject",
                at + TimeDelta::seconds(after),
                &one.key(0),
                &address,
            );
            send(sent, Some(one), event, 60);
        }
        return;
    }
    let one = company.plain(55 + n);
    in_run(one, place, at, sent, |one, run| {
        assume(one, &one.role, run.at, &run.address, &run.key)
    });
    let event = call(
        EventKind::Other,
        "ListBuckets",
        at + TimeDelta::seconds(200),
        &format!("ASIAx{place}"),
        "203.0.113.77",
    );
    send(sent, Some(one), event, 60);
}

fn old_key(company: &Company, n: usize, at: DateTime<Utc>, sent: &mut Vec<Sent>) {
    let mut rotated = company
        .one
        .iter()
        .filter(|one| one.rotates.is_some_and(|on| on < LEARNING + 10));
    let one = rotated.nth(n).unwrap();
    let event = call(
        EventKind::Other,
        "GetObject",
        at,
        &one.key(0),
        &format!("10.{}.4.7", one.n % 200),
    );
    send(sent, Some(one), event, 60);
}

//! What everybody does on a day when nothing is wrong.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::{EventFormat, EventKind, Outcome};
use contract::identities::IdentityKind;
use domain::event::{ActorNature, Event, Runner};

use crate::company::{Company, Dice, One, event};
use crate::{LEARNING, MONTH, Sent, day};

/// Networks of hosted runners.
const HOSTED: u64 = 40;

/// The day's events, in no order.
pub fn act(company: &Company, n: i64) -> Vec<Sent> {
    let mut sent = Vec::new();
    for one in company.one.iter().filter(|one| one.since <= n) {
        let mut dice = Dice::of(u64::try_from(one.n).unwrap(), u64::try_from(n).unwrap());
        match one.kind {
            IdentityKind::Pipeline => {
                for turn in 0..5 + dice.below(5) {
                    let at = day(n) + TimeDelta::seconds(dice.seconds(6 * 3600, 21 * 3600));
                    run(
                        one,
                        &format!("{}{n:03}{turn}", one.n),
                        at,
                        &mut dice,
                        &mut sent,
                    );
                }
            }
            IdentityKind::ServiceAccount => service(one, n, &mut dice, &mut sent),
            _ => workload(one, n, &mut dice, &mut sent),
        }
    }
    people(company, n, &mut sent);
    firsts(company, n, &mut sent);
    sent
}

/// Sends an event with the lag of its source.
pub fn send(sent: &mut Vec<Sent>, one: Option<&One>, event: Event, lag: i64) {
    sent.push(Sent {
        received_at: event.occurred_at + TimeDelta::seconds(lag),
        identity: one.map(|one| one.id),
        affected: None,
        planted: None,
        event,
    });
}

/// An event of a run, as GitHub tells it.
pub fn of_run(one: &One, run: &str, kind: EventKind, action: &str, at: DateTime<Utc>) -> Event {
    let mut event = event(EventFormat::GithubAudit, kind, action, at);
    event.repository = Some(one.repository.clone());
    event.run_id = Some(run.to_owned());
    event.actor = Some(format!("dev-{}", one.n % 37));
    event.git_ref = Some(if one.tags {
        format!("refs/tags/v{run}")
    } else {
        "refs/heads/main".to_owned()
    });
    event.joins.actor_nature = ActorNature::Pipeline;
    event
}

/// A token presented for a role, from an address; the key it opens.
pub fn assume(one: &One, role: &str, at: DateTime<Utc>, address: &str, key: &str) -> Event {
    let mut event = event(
        EventFormat::AwsCloudtrail,
        EventKind::CredentialAssumption,
        "AssumeRoleWithWebIdentity",
        at,
    );
    event.issuer = Some("https://token.actions.githubusercontent.com".to_owned());
    event.subject = Some(one.subject());
    event.role = Some(role.to_owned());
    event.source_ip = Some(address.to_owned());
    event.joins.agent = Some("configure-aws-credentials-for-github-actions".to_owned());
    event.joins.minted_key = Some(key.to_owned());
    event
}

/// A call with a key from an address.
pub fn call(kind: EventKind, action: &str, at: DateTime<Utc>, key: &str, address: &str) -> Event {
    let mut event = event(EventFormat::AwsCloudtrail, kind, action, at);
    event.source_ip = Some(address.to_owned());
    event.joins.agent = Some("aws-cli/2.22.7 exec-env/GitHub_Actions".to_owned());
    event.joins.access_key = Some(key.to_owned());
    event
}

/// A hosted runner's address.
pub fn hosted(dice: &mut Dice) -> String {
    format!(
        "20.{}.{}.{}",
        dice.below(HOSTED),
        dice.below(250),
        dice.below(250)
    )
}

fn run(one: &One, id: &str, at: DateTime<Utc>, dice: &mut Dice, sent: &mut Vec<Sent>) {
    // Some deliveries of the code host come late: after what the run did elsewhere.
    let lag = if dice.chance(30) {
        dice.seconds(300, 1500)
    } else {
        dice.seconds(5, 90)
    };
    let mut github = |event: Event| send(sent, Some(one), event, lag);
    github(of_run(
        one,
        id,
        EventKind::PipelineRun,
        "workflows.created_workflow_run",
        at,
    ));
    let mut clock = at + TimeDelta::seconds(dice.seconds(10, 60));
    if one.approved {
        let mut approval = of_run(
            one,
            id,
            EventKind::DeploymentApproval,
            "workflows.approve_workflow_job",
            clock,
        );
        approval.environment = Some("production".to_owned());
        approval.actor = Some(format!("lead-{}", one.n % 11));
        github(approval);
        clock += TimeDelta::seconds(5);
    }
    let mut job = of_run(
        one,
        id,
        EventKind::SecretAccess,
        "workflows.prepared_workflow_job",
        clock,
    );
    job.environment = one.production.then(|| "production".to_owned());
    let fresh = if one.restless {
        format!("PREVIEW_{id}")
    } else {
        "DEPLOY_TOKEN".to_owned()
    };
    job.target = Some(fresh);
    job.actor = None;
    job.joins.runner = Some(runner(one, id));
    github(job);
    let end = clock + TimeDelta::seconds(dice.seconds(240, 900));
    github(of_run(
        one,
        id,
        EventKind::PipelineRun,
        "workflows.completed_workflow_run",
        end,
    ));
    let address = hosted(dice);
    clock += TimeDelta::seconds(dice.seconds(20, 60));
    if dice.chance(5) {
        // The vendor's tool tries again by itself.
        for n in 0..3 {
            let mut refused = assume(
                one,
                &one.role,
                clock + TimeDelta::seconds(n * 6),
                &address,
                "",
            );
            refused.kind = EventKind::AuthenticationFailure;
            refused.outcome = Outcome::Failure;
            refused.joins.reason = Some("AccessDenied".to_owned());
            refused.joins.minted_key = None;
            send(sent, None, refused, 60);
        }
        clock += TimeDelta::seconds(20);
    }
    let key = format!("ASIA{id}");
    send(
        sent,
        Some(one),
        assume(one, &one.role, clock, &address, &key),
        dice.seconds(20, 240),
    );
    for n in 0..3 + dice.below(4) {
        clock += TimeDelta::seconds(dice.seconds(3, 30));
        let event = work(one, n, clock, &key, &address, dice);
        send(sent, Some(one), event, 120);
    }
}

fn work(one: &One, n: u64, at: DateTime<Utc>, key: &str, address: &str, dice: &mut Dice) -> Event {
    let (kind, action) = match n {
        0 => (EventKind::SecretAccess, "GetSecretValue"),
        1 if one.terraform => (EventKind::PermissionChange, "PutRolePolicy"),
        2 if one.terraform => (EventKind::TrustChange, "UpdateAssumeRolePolicy"),
        1 => (EventKind::Deployment, "UpdateService"),
        _ => (EventKind::Other, "DescribeServices"),
    };
    let mut event = call(kind, action, at, key, address);
    event.target = Some(match kind {
        EventKind::SecretAccess => format!("prod/app-{}/db", one.n),
        _ => format!("app-{}", one.n),
    });
    if dice.chance(3) {
        event.kind = EventKind::AuthorizationFailure;
        event.outcome = Outcome::Failure;
    }
    event
}

fn runner(one: &One, run: &str) -> Runner {
    let (name, hosted) = if one.ephemeral {
        (format!("one-off-{run}"), false)
    } else if one.persistent {
        (format!("old-box-{}", one.n), false)
    } else {
        ("GitHub Actions 7".to_owned(), true)
    };
    Runner {
        name,
        hosted: Some(hosted),
        ..Runner::default()
    }
}

/// A service: a key, a network, a few secrets. A trickle of denials, a rotation, a move.
fn service(one: &One, n: i64, dice: &mut Dice, sent: &mut Vec<Sent>) {
    let moved = one.moves.is_some_and(|on| n >= on);
    let address = if moved {
        format!("198.18.{}.9", one.n % 200)
    } else {
        format!("10.{}.4.{}", one.n % 200, dice.below(200))
    };
    let newer = one.rotates.is_some_and(|on| n >= on);
    let overlap = one.rotates.is_some_and(|on| n >= on && n < on + 3);
    for turn in 0..160 {
        let at = day(n) + TimeDelta::seconds(turn * 535 + dice.seconds(0, 500));
        let generation = usize::from(newer && !(overlap && dice.chance(400)));
        let kind = if dice.chance(40) {
            EventKind::SecretAccess
        } else {
            EventKind::Other
        };
        let mut event = call(kind, "GetObject", at, &one.key(generation), &address);
        event.joins.agent = Some("aws-sdk-rust/1.8 os/linux".to_owned());
        event.target = Some(format!("svc/{}/{}", one.n, dice.below(3)));
        if dice.chance(4) {
            event.kind = EventKind::AuthorizationFailure;
            event.outcome = Outcome::Failure;
        }
        send(sent, Some(one), event, 200);
    }
}

/// A workload in a cluster: no address of its own, the same secrets all day.
fn workload(one: &One, n: i64, dice: &mut Dice, sent: &mut Vec<Sent>) {
    for turn in 0..165 {
        let at = day(n) + TimeDelta::seconds(turn * 520 + dice.seconds(0, 500));
        let mut event = event(
            EventFormat::KubernetesAudit,
            EventKind::SecretAccess,
            "get secrets",
            at,
        );
        event.target = Some(format!("secrets/app-{}-{}", one.n, dice.below(4)));
        event.environment = Some("production".to_owned());
        send(sent, Some(one), event, 15);
    }
}

/// What people change on a day: whose, what and when.
fn changes(n: i64) -> impl Iterator<Item = (usize, EventKind, DateTime<Utc>)> {
    let mut dice = Dice::of(999, u64::try_from(n).unwrap());
    (0..6).map(move |_| {
        let whose = usize::try_from(dice.below(300)).unwrap();
        let at = day(n) + TimeDelta::seconds(dice.seconds(8 * 3600, 17 * 3600));
        let kind = [
            EventKind::TrustChange,
            EventKind::PermissionChange,
            EventKind::CredentialChange,
        ][usize::try_from(dice.below(3)).unwrap()];
        (whose, kind, at)
    })
}

/// The tickets under which people change one identity: the roll knows them.
pub fn tickets_of(whose: usize) -> Vec<String> {
    (0..LEARNING + MONTH)
        .filter(|n| changes(*n).any(|(one, ..)| one == whose))
        .map(|n| format!("OPS-{n}"))
        .collect()
}

/// People change trusts, keys and permissions, each under a ticket.
fn people(company: &Company, n: i64, sent: &mut Vec<Sent>) {
    for (whose, kind, at) in changes(n) {
        let whose = &company.one[whose];
        let mut event = event(EventFormat::AwsCloudtrail, kind, "Change", at);
        event.actor = Some("kofi@acme.example".to_owned());
        event.target = Some(whose.role.clone());
        event.joins.actor_nature = ActorNature::Person;
        event.joins.ticket = Some(format!("OPS-{n}"));
        send(sent, None, event, 120);
        sent.last_mut().unwrap().affected = Some(whose.id);
    }
}

/// Two changes of pipelines that nobody announced: what they do for the first time is right, and looks wrong.
fn firsts(company: &Company, n: i64, sent: &mut Vec<Sent>) {
    let first = |place: usize, on: i64| (n >= LEARNING + on).then(|| company.plain(place));
    for (place, on) in [(60, 6), (61, 19)] {
        if let Some(one) = first(place, on) {
            let at = day(n) + TimeDelta::hours(12);
            let mut event = event(EventFormat::VaultAudit, EventKind::SecretAccess, "read", at);
            event.target = Some("prod/app/new-flag-service".to_owned());
            send(sent, Some(one), event, 30);
        }
    }
}

//! Six that nobody registered: events alone know of them, and make them *discovered*.

use chrono::{DateTime, TimeDelta, Utc};
use contract::events::EventKind;
use serde_json::{Value, json};

use super::Day;
use super::canonical::Canonical;
use super::cloudtrail::{self, Call, SERVICE_AGENT, Session};
use super::code_host::{self, Run};
use crate::demo::dice::Dice;
use crate::demo::outside;

/// Lets strangers act on a day.
pub(super) fn act(day: &mut Day<'_>) {
    let strangers: [(&str, i64, u64, Act); 6] = [
        ("data/pricing-lab", 1, 900, pricing_lab),
        ("hackathon-shelf", 25, 300, hackathon),
        ("svc-old-reporting", 290, 140, old_reporting),
        ("tmp-data-migration", 38, 350, migration),
        ("release-drafter[bot]", 72, 400, drafter),
        ("scratch:debug-shell", 12, 500, debug_shell),
    ];
    for (name, since, per_mille, act) in strangers {
        let mut dice = day.dice(name);
        let weekday = if day.is_weekend() {
            per_mille / 6
        } else {
            per_mille
        };
        // The first and the latest days are certain, so that each is known.
        let times = if day.ago == since || day.ago == 1 {
            1
        } else {
            dice.times(weekday)
        };
        if day.ago <= since {
            for _ in 0..times {
                let at = day.start + TimeDelta::seconds(dice.between(7 * 3600, 19 * 3600));
                act(day, at, &mut dice);
            }
        }
    }
}

type Act = fn(&mut Day<'_>, DateTime<Utc>, &mut Dice);

fn pricing_lab(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let record = Canonical::new(EventKind::PipelineRun, "pipeline.finished", at, dice)
        .by(
            outside::GITLAB,
            &outside::gitlab_subject("data/pricing-lab"),
        )
        .with("ref", "refs/heads/main")
        .with("commit", &dice.hex(40))
        .with("run_id", &dice.between(4_000_000, 5_000_000).to_string())
        .with("actor", "tomas-herrera")
        .done();
    day.push("gitlab", at, record);
}

fn hackathon(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let run = Run {
        place: "hackathon-shelf",
        workflow: "deploy",
        branch: "main",
        event: "push",
        actor: "camila-rojas",
        id: u64::try_from(at.timestamp() / 60).unwrap_or(0) * 640 + dice.below(600),
        number: u64::try_from(31 - day.ago).unwrap_or(1),
        sha: dice.hex(40),
    };
    day.push("github-audit", at, code_host::created(at, &run, dice));
    let end = at + TimeDelta::seconds(dice.between(60, 300));
    day.push(
        "github-audit",
        end,
        code_host::completed(end, at, &run, "success", dice),
    );
}

fn old_reporting(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let arn = format!("arn:aws:iam::{}:user/svc-old-reporting", outside::FINANCE);
    let key = Dice::of("svc-old-reporting", 9).key("AKIA");
    let caller = cloudtrail::user(outside::FINANCE, &arn, &key, "192.0.2.240");
    let call = Call {
        service: "s3",
        name: "GetObject",
        read_only: true,
        request: json!({"bucketName": "finance-reports", "key": "monthly.csv"}),
        response: Value::Null,
    };
    let record = cloudtrail::record(at, &caller, call, dice);
    day.push("aws-cloudtrail", at, Value::Object(record));
}

fn migration(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let role = format!(
        "arn:aws:iam::{}:role/tmp-data-migration",
        outside::PRODUCTION
    );
    let key = dice.key("ASIA");
    let session = Session {
        account: outside::PRODUCTION,
        role: &role,
        name: "i-0c1d2e3f4a5b60718",
        key: &key,
        at: at - TimeDelta::minutes(40),
    };
    let caller = session.caller("10.12.77.4", SERVICE_AGENT);
    let call = Call {
        service: "secretsmanager",
        name: "GetSecretValue",
        read_only: true,
        request: json!({"secretId": "prod/shop-db"}),
        response: Value::Null,
    };
    let record = cloudtrail::record(at, &caller, call, dice);
    day.push("aws-cloudtrail", at, Value::Object(record));
}

fn drafter(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let mut entry = code_host::of_repository(
        "pull_request.create",
        at,
        Some("release-drafter[bot]"),
        "storefront",
        dice,
    );
    entry.insert(
        "programmatic_access_type".to_owned(),
        json!("GitHub App server-to-server token"),
    );
    day.push("github-audit", at, Value::Object(entry));
}

fn debug_shell(day: &mut Day<'_>, at: DateTime<Utc>, dice: &mut Dice) {
    let record = Canonical::new(EventKind::SecretAccess, "get secrets", at, dice)
        .by(
            outside::CLUSTER,
            "system:serviceaccount:scratch:debug-shell",
        )
        .with("actor", "debug-shell")
        .with("target", "secrets/shop-db")
        .with("environment", "production")
        .with("source_ip", "10.40.9.77")
        .done();
    day.push("kubernetes-audit", at, record);
}

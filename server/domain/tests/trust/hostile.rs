//! Files made to hurt: JSON, HCL and YAML that are broken, deep, wide or say a thing twice. Each gives an answer or a clear
//! error within seconds, and memory stays within bounds: every test is a process of its own.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use domain::trust::scan::{Brought, import_sarif, scan};
use domain::trust::{Decision, Facts, Governance, Language, Token, Wish, read, read_all};

/// Most seconds one of these may take.
const SECONDS: u64 = 20;
/// Most memory the process may ever have held, in KiB.
const PEAK: u64 = 1_500_000;

fn token() -> Token {
    Token::read(r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:acme/app:ref:refs/heads/main","aud":"sts.amazonaws.com"}"#).unwrap()
}

/// Everything that may be asked of what a file holds.
fn judge(text: &str, language: Option<Language>) -> Result<usize, String> {
    let facts = Facts::default();
    let all = read_all(text.as_bytes(), language).map_err(|why| why.to_string())?;
    for it in all.iter().take(50) {
        it.trust.evaluate(&token(), &facts);
        it.trust.admits(&facts);
        it.trust.lint(&facts);
        let _ = it.trust.tighten(&[token()], Wish::default(), &facts);
    }
    Ok(all.len())
}

#[track_caller]
fn soon<T>(what: &str, ask: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let answer = ask();
    let took = started.elapsed();
    println!("{what}: {took:?}");
    assert!(took < Duration::from_secs(SECONDS), "{what} took {took:?}");
    answer
}

/// Where the kernel tells (Linux) it is held against the bound.
fn within_memory() {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else {
        println!("skipped: the kernel does not tell the peak of memory");
        return;
    };
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse::<u64>().ok())
        .unwrap();
    println!("peak {peak} KiB");
    assert!(peak < PEAK, "{peak} KiB");
}

/// A role in Terraform.
fn role(name: &str, subject: &str) -> String {
    format!(
        "resource \"aws_iam_role\" \"{name}\" {{\n  assume_role_policy = jsonencode({{ Version = \"2012-10-17\", Statement = [{{ Effect = \"Allow\", Principal = {{ Federated = \"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com\" }}, Action = \"sts:AssumeRoleWithWebIdentity\", Condition = {{ StringLike = {{ \"token.actions.githubusercontent.com:sub\" = \"{subject}\" }} }} }}] }})\n}}\n"
    )
}

#[test]
fn broken_terraform_is_told_with_its_place() {
    for (text, what) in [
        (
            "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({",
            "cut off",
        ),
        (
            "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = <<EOT\n{}\n",
            "no end of the here document",
        ),
        (
            "resource \"aws_iam_role\" \"r\" {\n  a = \"${\n}\n",
            "an open template",
        ),
        ("resource aws_iam_role r {{{\n", "braces"),
    ] {
        let why = soon(what, || judge(text, None)).unwrap_err();
        assert!(why.contains("line") || why.contains(':'), "{what}: {why}");
    }
}

#[test]
fn wide_and_deep_terraform_json_ends() {
    let role = |at: usize| {
        format!(
            r#"{{"type":"aws_iam_role","name":"r","address":"aws_iam_role.r[{at}]","mode":"managed","values":{{"assume_role_policy":"{{\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":\"*\"}}]}}"}}}}"#
        )
    };
    let roles: Vec<String> = (0..10_000).map(role).collect();
    let plan = format!(
        r#"{{"planned_values":{{"root_module":{{"resources":[{}]}}}}}}"#,
        roles.join(",")
    );
    let read = soon("a plan of 10,000 roles", || judge(&plan, None));
    assert_eq!(read, Ok(10_000));
    let configured = |policy: &str| {
        format!(r#"{{"resource":{{"aws_iam_role":{{"r":{{"assume_role_policy":{policy}}}}}}}}}"#)
    };
    for deep in [60, 3_000, 200_000] {
        for (what, open, close) in [("lists", "[", "]"), ("objects", r#"{"a":"#, "}")] {
            let text = configured(&format!("{}1{}", open.repeat(deep), close.repeat(deep)));
            let _ = soon(&format!("{deep} {what}"), || judge(&text, None));
        }
        for (what, open, close) in [("templates", r#"\"${"#, r#"}\""#), ("open ones", "${", "")] {
            let text = configured(&format!("\"{}1{}\"", open.repeat(deep), close.repeat(deep)));
            let _ = soon(&format!("{deep} {what}"), || judge(&text, None));
        }
    }
    within_memory();
}

#[test]
fn wide_and_deep_terraform_ends() {
    let mut many = String::new();
    for at in 0..10_000 {
        many += &role(&format!("r{at}"), &format!("repo:acme/app{at}:*"));
    }
    let read = soon("10,000 roles", || judge(&many, None));
    println!("{read:?}");
    let long = role("r", &"x*".repeat(2_600_000));
    let _ = soon("a subject of 5 MB", || judge(&long, None));
    for (what, open, close) in [
        ("deep lists", "[", "]"),
        ("deep calls", "f(", ")"),
        ("deep groups", "(", ")"),
        ("deep templates", "\"${", "}\""),
        ("deep conditions", "true ? ", " : 1"),
        ("many nots", "!", ""),
        ("deep objects", "{ a = ", " }"),
    ] {
        for deep in [60, 3_000, 200_000] {
            let text = format!(
                "locals {{\n  a = {}1{}\n}}\n{}",
                open.repeat(deep),
                close.repeat(deep),
                role("r", "repo:a/b:*")
            );
            let _ = soon(what, || judge(&text, None));
        }
    }
    let mut round = String::from("locals {\n");
    for at in 0..2_000 {
        writeln!(
            round,
            "  a{at} = \"${{local.a{}}}${{local.a{}}}\"",
            (at + 1) % 2_000,
            (at + 7) % 2_000
        )
        .unwrap();
    }
    round += "}\n";
    round += &role("r", "${local.a0}");
    let _ = soon("locals that name each other in a ring", || {
        judge(&round, None)
    });
    let mut doubling = String::from("locals {\n  a0 = \"xxxxxxxx\"\n");
    for at in 1..60 {
        writeln!(
            doubling,
            "  a{at} = \"${{local.a{}}}${{local.a{}}}\"",
            at - 1,
            at - 1
        )
        .unwrap();
    }
    doubling += "}\n";
    doubling += &role("r", "${local.a59}");
    let _ = soon("locals that double", || judge(&doubling, None));
    within_memory();
}

#[test]
fn hostile_yaml_ends() {
    let octo = Some(Language::OctoSts);
    for (what, text) in [
        ("deep lists", "- ".repeat(100_000)),
        ("deep flow", "[".repeat(100_000)),
        ("deep maps", "{a: ".repeat(100_000)),
        ("deep keys", "? ".repeat(100_000)),
        (
            "many anchors",
            (0..50_000).fold(String::new(), |mut all, at| {
                writeln!(all, "a{at}: &a{at} x").unwrap();
                all
            }),
        ),
        ("a long scalar", format!("subject: {}", "x".repeat(5 << 20))),
        ("a long key", format!("{}: x", "x".repeat(5 << 20))),
        ("many lines", "a: 1\n".repeat(300_000)),
        ("tabs", "a:\n\t- b\n".repeat(1_000)),
        ("quotes", "\"".repeat(100_001)),
        ("tags", "!<x> ".repeat(50_000)),
    ] {
        let _ = soon(what, || judge(&text, octo));
        let _ = soon(what, || scan("x.yml", &text));
    }
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for at in 1..30 {
        let before = format!("*a{}", at - 1);
        writeln!(
            laughs,
            "a{at}: &a{at} [{}]",
            [before.as_str(); 9].join(", ")
        )
        .unwrap();
    }
    let why = soon("laughs", || judge(&laughs, octo)).unwrap_err();
    assert!(why.contains("alias"), "{why}");
    within_memory();
}

#[test]
fn keys_that_stand_twice_are_reported_in_every_syntax() {
    let facts = Facts::default();
    let octo = "issuer: https://token.actions.githubusercontent.com\nsubject: repo:acme/app:ref:refs/heads/main\nsubject: repo:evil/app:ref:refs/heads/main\n";
    let trust = read(octo.as_bytes(), Some(Language::OctoSts)).unwrap();
    assert_eq!(trust.evaluate(&token(), &facts).decision, Decision::Unknown);
    assert!(
        trust
            .lint(&facts)
            .iter()
            .any(|it| it.rule == "duplicate-key")
    );
    let vault = r#"{"role_type":"jwt","user_claim":"sub","bound_audiences":"x","bound_claims":{"sub":"a","sub":"b"}}"#;
    let trust = read(vault.as_bytes(), Some(Language::Vault)).unwrap();
    assert_eq!(trust.evaluate(&token(), &facts).decision, Decision::Unknown);
    let twice = format!("{}{}", role("r", "repo:a/b:*"), role("r", "repo:c/d:*"));
    let _ = soon("a resource twice", || judge(&twice, None));
    let gcp = r#"{"attribute_mapping":{"google.subject":"assertion.sub","google.subject":"assertion.actor"},"oidc":{"issuer_uri":"https://gitlab.com"}}"#;
    let trust = read(gcp.as_bytes(), Some(Language::Gcp)).unwrap();
    assert_eq!(trust.evaluate(&token(), &facts).decision, Decision::Unknown);
}

#[test]
fn long_conditions_of_every_language_end() {
    let many: Vec<String> = (0..10_000)
        .map(|at| format!("repo:acme/app{at}:*"))
        .collect();
    let list = serde_json::to_string(&many).unwrap();
    let stars = "*a".repeat(100_000);
    for (language, text) in [
        (
            Language::Vault,
            format!(
                r#"{{"role_type":"jwt","user_claim":"sub","bound_audiences":"sts.amazonaws.com","bound_claims_type":"glob","bound_claims":{{"sub":{list}}}}}"#
            ),
        ),
        (
            Language::Vault,
            format!(
                r#"{{"role_type":"jwt","user_claim":"sub","bound_audiences":"sts.amazonaws.com","bound_claims_type":"glob","bound_claims":{{"sub":"{stars}"}}}}"#
            ),
        ),
        (
            Language::Entra,
            format!(
                r#"{{"issuer":"https://token.actions.githubusercontent.com","audiences":["a"],"claimsMatchingExpression":{{"value":"claims['sub'] matches '{stars}'"}}}}"#
            ),
        ),
        (
            Language::Entra,
            format!(
                "[{}]",
                vec![r#"{"issuer":"https://gitlab.com","subject":"x","audiences":["a"]}"#; 10_000]
                    .join(",")
            ),
        ),
        (
            Language::Gcp,
            format!(
                r#"{{"attribute_mapping":{{"google.subject":"assertion.sub"}},"attribute_condition":"assertion.sub in {}","oidc":{{"issuer_uri":"https://gitlab.com"}}}}"#,
                list.replace('"', "'")
            ),
        ),
        (
            Language::Gcp,
            format!(
                r#"{{"attribute_mapping":{{"google.subject":"assertion.sub"}},"attribute_condition":"assertion.sub.matches('{}')","oidc":{{"issuer_uri":"https://token.actions.githubusercontent.com"}}}}"#,
                "(a{1,500}){1,500}".repeat(5)
            ),
        ),
        (
            Language::Gcp,
            format!(
                r#"{{"attribute_mapping":{{"google.subject":"assertion.sub"}},"_bindings":{list},"oidc":{{"issuer_uri":"https://gitlab.com"}}}}"#
            ),
        ),
        (Language::Kubernetes, format!(r#"{{"subjects":{list}}}"#)),
        (
            Language::OctoSts,
            format!(
                "issuer: https://gitlab.com\nsubject_pattern: '{}'\n",
                "(x+x+)+y".repeat(2_000)
            ),
        ),
    ] {
        let read = soon(language.as_str(), || judge(&text, Some(language)));
        println!("{read:?}");
    }
    within_memory();
}

#[test]
fn large_pipelines_results_and_answers_end() {
    let mut jobs = String::from("on: push\npermissions: {}\njobs:\n");
    for at in 0..10_000 {
        writeln!(
            jobs,
            "  j{at}:\n    runs-on: x\n    steps:\n      - run: echo ${{{{ secrets.A{at} }}}}"
        )
        .unwrap();
    }
    let found = soon("10,000 jobs", || scan("x.yml", &jobs)).unwrap();
    assert!(found.len() >= 10_000);
    let gitlab = (0..5_000).fold(String::new(), |mut all, at| {
        writeln!(
            all,
            "j{at}:\n  extends: j{}\n  script: [x]",
            (at + 1) % 5_000
        )
        .unwrap();
        all
    });
    let files = [(".gitlab-ci.yml".to_owned(), gitlab)].into();
    soon("jobs that extend each other in a ring", || {
        domain::trust::jobs_of(&files)
    });
    let long = format!(
        "on: push\njobs:\n  a:\n    steps:\n      - run: |\n          {}\n",
        "x".repeat(5 << 20)
    );
    let _ = soon("a script of 5 MB", || scan("x.yml", &long));
    let result = r#"{"ruleId":"r","message":{"text":"m"}}"#;
    let sarif = |n: usize| {
        format!(
            r#"{{"runs":[{{"tool":{{"driver":{{"name":"t"}}}},"results":[{}]}}]}}"#,
            vec![result; n].join(",")
        )
    };
    assert_eq!(
        soon("40,000 results", || import_sarif(&sarif(40_000)))
            .unwrap()
            .found
            .len(),
        40_000
    );
    assert!(
        soon("too many results", || import_sarif(&sarif(60_000)))
            .unwrap_err()
            .contains("more than")
    );
    let branches = vec![r#"{"name":"main*****a","protected":true}"#; 50_000].join(",");
    let told = soon("50,000 branches", || {
        Governance::read(&[&format!("[{branches}]")])
    })
    .unwrap();
    soon("a branch of them", || told.branch(&"a".repeat(5_000)));
    assert!(Governance::read(&[&"[".repeat(100_000)]).is_err());
    let mut brought = Brought::default();
    let garbage = [b"PK\x03\x04".to_vec(), vec![0xff; 1 << 20]].concat();
    soon("garbage as an archive", || {
        brought.take("x.zip", &garbage);
    });
    assert_eq!(brought.wrong.len(), 1);
    within_memory();
}

#[test]
fn large_tokens_end() {
    let claims = format!(
        r#"{{"sub":"{}","aud":[{}]}}"#,
        "a".repeat(5 << 20),
        vec!["\"x\""; 100_000].join(",")
    );
    let huge = soon("a token of 5 MB", || Token::read(&claims)).unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*","Condition":{"StringLike":{"x:sub":"*a*a*a*b"}}}}"#;
    let trust = read(policy.as_bytes(), None).unwrap();
    soon("judged", || trust.evaluate(&huge, &Facts::default()));
    assert!(Token::read(&"[".repeat(100_000)).is_err());
    assert!(Token::read(&format!("a.{}.b", "!".repeat(1 << 20))).is_err());
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    assert!(soon("deep claims", || Token::read(&deep)).is_err());
}

//! `rollcall trust` and `rollcall scan` as a shell sees them: output shapes and exit codes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// A folder of files that goes away with the test.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("rollcall-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn put(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        path.display().to_string()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn rollcall(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rollcall"))
        .args(args)
        .output()
        .unwrap()
}

fn json_of(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn policy(sub: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}, "StringLike": {"token.actions.githubusercontent.com:sub": sub}}}]}).to_string()
}

fn claims(sub: &str) -> String {
    json!({"iss": "https://token.actions.githubusercontent.com", "sub": sub, "aud": "sts.amazonaws.com"}).to_string()
}

#[test]
fn shapes_and_exit_codes_of_trust() {
    let files = Files::new("trust");
    let wide = files.put("wide.json", &policy("repo:*"));
    let good = files.put("good.json", &policy("repo:acme@1/app@2:environment:prod"));
    let broken = files.put("broken.json", "{\"Statement\": [");
    let token = files.put("token.json", &claims("repo:acme@1/app@2:environment:prod"));
    let other = files.put("other.json", &claims("repo:evil/app:pull_request"));

    let lint = rollcall(&[
        "trust",
        "lint",
        "--language",
        "aws",
        "--trust",
        &wide,
        "--json",
    ]);
    assert_eq!(lint.status.code(), Some(1));
    let found = json_of(&lint);
    let critical = found
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["rule"] == "any-tenant-wildcard")
        .unwrap();
    assert_eq!(critical["severity"], "critical");
    assert!(
        critical["position"]["line"].is_u64()
            && critical["confidence"].is_string()
            && critical["message"].is_string()
    );
    let clean = rollcall(&["trust", "lint", "--trust", &good, "--json"]);
    assert_eq!((clean.status.code(), json_of(&clean)), (Some(0), json!([])));

    let allow = rollcall(&[
        "trust", "simulate", "--trust", &good, "--claims", &token, "--json",
    ]);
    assert_eq!(
        (allow.status.code(), &json_of(&allow)["decision"]),
        (Some(0), &json!("allow"))
    );
    let deny = rollcall(&[
        "trust", "simulate", "--trust", &good, "--claims", &other, "--json",
    ]);
    assert_eq!(
        (deny.status.code(), &json_of(&deny)["decision"]),
        (Some(1), &json!("deny"))
    );
    assert!(!json_of(&deny)["reasons"].as_array().unwrap().is_empty());
    let context = files.put("context.json", "{\"provider\":{\"client_ids\":[\"else\"]}}");
    let listed = rollcall(&[
        "trust",
        "simulate",
        "--trust",
        &good,
        "--claims",
        &token,
        "--context",
        &context,
        "--json",
    ]);
    assert_eq!(json_of(&listed)["decision"], "deny");

    let ring = rollcall(&["trust", "admits", "--trust", &wide, "--json"]);
    assert_eq!(
        (ring.status.code(), &json_of(&ring)["ring"]),
        (Some(0), &json!("provider"))
    );

    let tight = rollcall(&[
        "trust", "tighten", "--trust", &wide, "--claims", &token, "--json",
    ]);
    assert_eq!(tight.status.code(), Some(0));
    let kept = files.put("tight.json", &json_of(&tight)["trust"].to_string());
    assert_eq!(
        rollcall(&["trust", "simulate", "--trust", &kept, "--claims", &token])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(
        rollcall(&["trust", "simulate", "--trust", &kept, "--claims", &other])
            .status
            .code(),
        Some(1)
    );

    for unreadable in [
        rollcall(&["trust", "lint", "--trust", &broken]),
        rollcall(&["trust", "lint", "--trust", "/nonexistent"]),
        rollcall(&["trust", "simulate", "--trust", &good]),
        rollcall(&["trust", "lint", "--trust", &good, "--context", &broken]),
    ] {
        assert_eq!(unreadable.status.code(), Some(2));
        assert!(
            String::from_utf8(unreadable.stderr)
                .unwrap()
                .starts_with("error: ")
        );
    }
}

#[test]
fn shapes_and_exit_codes_of_scan() {
    let files = Files::new("scan");
    let bad = "on: pull_request_target\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: echo ${{ github.event.pull_request.title }}\n";
    files.put("bad/.github/workflows/ci.yml", bad);
    files.put("bad/.github/workflows/notes.txt", "no");
    let folder = files.0.join("bad").display().to_string();
    let json = rollcall(&["scan", &folder, "--json"]);
    assert_eq!(json.status.code(), Some(1));
    let rules: Vec<String> = json_of(&json)
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["rule"].as_str().unwrap().to_owned())
        .collect();
    for rule in [
        "wf-prt-misuse",
        "wf-injection",
        "wf-unpinned",
        "wf-broad-permissions",
        "wf-artipacked",
    ] {
        assert!(rules.iter().any(|it| it == rule), "{rule} not in {rules:?}");
    }
    let sarif = rollcall(&["scan", &folder, "--format", "sarif"]);
    let report = json_of(&sarif);
    assert_eq!(report["version"], "2.1.0");
    assert_eq!(
        report["runs"][0]["results"].as_array().unwrap().len(),
        rules.len()
    );
    let good = files.put("good/.github/workflows/ci.yml", "on: push\npermissions: {}\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cargo test\n");
    assert_eq!(rollcall(&["scan", &good]).status.code(), Some(0));
    let broken = files.put("broken.yml", "a: [1\n");
    assert_eq!(rollcall(&["scan", &broken]).status.code(), Some(2));
    assert_eq!(rollcall(&["scan", "/nonexistent"]).status.code(), Some(2));
}

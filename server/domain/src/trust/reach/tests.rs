#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::trust::read;

fn policy(host: &str, aud: &str, conditions: &str) -> Trust {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::1:oidc-provider/{host}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{host}:aud":"{aud}"}},{conditions}}}}}]}}"#
    );
    read(text.as_bytes(), None).unwrap()
}

fn trust(pattern: &str) -> Trust {
    let host = "token.actions.githubusercontent.com";
    let like = format!(r#""StringLike":{{"{host}:sub":"{pattern}"}}"#);
    policy(host, "sts.amazonaws.com", &like)
}

fn jobs() -> Vec<Job> {
    let permissions = "permissions: {id-token: write, contents: read}\n";
    let files: BTreeMap<String, String> = [
        (".github/workflows/pr.yml", format!("on: pull_request_target\n{permissions}jobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n        with: {{ref: '${{{{ github.event.pull_request.head.sha }}}}'}}\n")),
        (".github/workflows/deploy.yml", format!("on: {{push: {{branches: [main]}}}}\n{permissions}jobs:\n  deploy:\n    environment: production\n    runs-on: x\n    steps: [{{run: ./deploy, uses: x, with: {{role-to-assume: 'arn:aws:iam::1:role/gone'}}}}]\n")),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into();
    jobs_of(&files)
}

fn home() -> Home {
    Home {
        name: "acme/app".into(),
        ids: Some(("1".into(), "2".into())),
        ..Home::default()
    }
}

fn guarded<'a>(name: &'a str, trust: &'a Trust) -> Guarded<'a> {
    Guarded {
        name,
        target: "",
        trust,
    }
}

fn rules(joined: &Joined) -> Vec<(&str, &str)> {
    let found = joined.findings.iter();
    found.map(|it| (it.rule, it.identity.as_str())).collect()
}

#[test]
fn jobs_meet_the_identities_they_open() {
    let (main, deploy, dead, stranger) = (
        trust("repo:acme/app:ref:refs/heads/main"),
        trust("repo:acme@1/app@2:environment:production"),
        trust("repo:acme/app:environment:staging"),
        trust("repo:acme/other:*"),
    );
    let all = [
        guarded("main", &main),
        guarded("deploy", &deploy),
        guarded("dead", &dead),
        guarded("other", &stranger),
    ];
    let joined = join(&home(), &jobs(), &all, &Governance::default());
    let opened: Vec<(&str, &str)> = joined
        .reaches
        .iter()
        .map(|it| (it.job.as_str(), it.identity.as_str()))
        .collect();
    assert_eq!(opened, [("test", "main"), ("deploy", "deploy")]);
    assert_eq!(
        rules(&joined),
        [
            ("reachable-by-pull-request-target", "main"),
            ("dead-trust", "dead")
        ]
    );
}

#[test]
fn a_job_that_asks_for_a_role_that_refuses_it_is_told() {
    let gone = trust("repo:acme/app:environment:staging");
    let all = [Guarded {
        name: "gone",
        target: "arn:aws:iam::1:role/gone",
        trust: &gone,
    }];
    let joined = join(&home(), &jobs(), &all, &Governance::default());
    assert_eq!(rules(&joined), [("unused-identity", "gone")]);
    for (rule, _) in rules(&joined) {
        assert!(MEETINGS.iter().any(|(known, _)| *known == rule));
    }
}

#[test]
fn two_roles_of_one_subject_and_what_protects_it() {
    let (build, deploy) = (
        trust("repo:acme/app:environment:production"),
        trust("repo:acme/app:*"),
    );
    let all = [guarded("build", &build), guarded("deploy", &deploy)];
    let open = r#"{"environments":[{"name":"production","protection_rules":[]}]}"#;
    let told = Governance::read(&[open]).unwrap();
    let joined = join(&home(), &jobs(), &all, &told);
    let found: Vec<&str> = joined.findings.iter().map(|it| it.rule).collect();
    assert!(found.contains(&"transitive"), "{found:?}");
    assert!(
        found.contains(&"trust-on-environment-without-reviewers"),
        "{found:?}"
    );
    let unprotected = Governance::read(&[r#"[{"name":"main","protected":false}]"#]).unwrap();
    let joined = join(&home(), &jobs(), &all, &unprotected);
    assert!(
        joined
            .findings
            .iter()
            .any(|it| it.rule == "trust-on-unprotected-branch")
    );
}

#[test]
fn projects_of_gitlab_are_joined_by_their_own_claims() {
    let like = r#""StringLike":{"gitlab.com:sub":"project_path:acme/app:ref_type:branch:ref:*"}"#;
    let (wide, audience) = (
        policy("gitlab.com", "sts.amazonaws.com", like),
        policy("gitlab.com", "https://other", like),
    );
    let vault = read(
        br#"{"role_type":"jwt","user_claim":"project_id","bound_audiences":["sts.amazonaws.com"],"bound_claims":{"project_path":"acme/app","ref_protected":"true","environment":"production"},"_bound_issuer":"https://gitlab.com"}"#,
        None,
    )
    .unwrap();
    let text = "deploy:\n  id_tokens: {T: {aud: sts.amazonaws.com}}\n  environment: production\n  script: [./deploy]\nreview:\n  id_tokens: {T: {aud: sts.amazonaws.com}}\n  script: [./x]\n  rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]\n";
    let jobs = jobs_of(&[(".gitlab-ci.yml".to_owned(), text.to_owned())].into());
    let home = Home {
        forge: Forge::Gitlab,
        name: "acme/app".into(),
        ids: Some(("3".into(), "7".into())),
        ..Home::default()
    };
    let told = Governance::read(&[
        r#"[{"name":"main","push_access_levels":[{"access_level":40}]}]"#,
        r#"[{"name":"production","deploy_access_levels":[],"required_approval_count":0}]"#,
    ])
    .unwrap();
    let all = [
        guarded("wide", &wide),
        guarded("audience", &audience),
        guarded("vault", &vault),
    ];
    let joined = join(&home, &jobs, &all, &told);
    let opened: Vec<(&str, &str, &str)> = joined
        .reaches
        .iter()
        .map(|it| (it.job.as_str(), it.identity.as_str(), it.subject.as_str()))
        .collect();
    let main = "project_path:acme/app:ref_type:branch:ref:main";
    let fresh = "project_path:acme/app:ref_type:branch:ref:any-new-branch";
    for expected in [
        ("deploy", "wide", main),
        ("deploy", "wide", fresh),
        ("review", "wide", fresh),
        ("deploy", "vault", main),
    ] {
        assert!(opened.contains(&expected), "{expected:?} in {opened:?}");
    }
    assert!(
        !opened.contains(&("deploy", "vault", fresh)),
        "the ref is not protected"
    );
    let found = rules(&joined);
    assert!(found.contains(&("trust-on-unprotected-branch", "wide")));
    assert!(found.contains(&("trust-on-environment-without-reviewers", "vault")));
    assert!(found.contains(&("dead-trust", "audience")), "{found:?}");
}

//! Pipelines: every rule fires on its flaw and is silent on the mended form.

use domain::trust::scan::{REGISTRY, is_pipeline, sarif, scan};

fn rules(text: &str) -> Vec<&'static str> {
    scan("ci.yml", text)
        .unwrap()
        .into_iter()
        .map(|it| it.rule)
        .collect()
}

const CALM: &str = "on: push
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    permissions:
      id-token: write
    steps:
      - uses: aws-actions/configure-aws-credentials@0123456789012345678901234567890123456789
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
      - run: terraform apply
";

/// A workflow with these steps, calm otherwise.
fn steps(on: &str, steps: &str) -> String {
    format!(
        "on: {on}\npermissions: {{}}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"
    )
}

/// An Azure pipeline with a step, and further inputs of it.
fn ado(inputs: &str) -> String {
    format!(
        "trigger: [main]\njobs:\n  - job: build\n    steps:\n      - script: echo\n      - task: AWSCLI@1\n        inputs:\n          regionName: x\n{inputs}"
    )
}

/// A CircleCI file whose job runs a command and gets a context.
fn circle(command: &str, placed: &str) -> String {
    format!(
        "version: 2.1\norbs: {{aws: circleci/aws-cli@4.1.3}}\njobs:\n  deploy:\n    steps:\n      - run: {command}\nworkflows:\n  w:\n    jobs:\n      - hold: {{type: approval}}\n      - deploy: {{context: [prod], {placed}}}\n"
    )
}

#[test]
fn a_calm_workflow_has_no_findings() {
    assert_eq!(rules(CALM), Vec::<&str>::new());
}

#[test]
fn every_rule_fires_and_is_silent() {
    let checkout = "      - uses: actions/checkout@0123456789012345678901234567890123456789\n        with: {persist-credentials: false}\n";
    let cases: Vec<(&str, String, String)> = vec![
        ("wf-broad-permissions", CALM.replace("permissions: {}", "permissions: write-all"), CALM.into()),
        ("wf-broad-permissions", CALM.replace("permissions: {}\n", "").replace("    permissions:\n      id-token: write\n", ""), CALM.into()),
        ("wf-id-token-wide", CALM.replace("aws-actions/configure-aws-credentials", "acme/thing"), CALM.into()),
        ("wf-static-cloud-creds", CALM.replace("role-to-assume: arn:aws:iam::123456789012:role/deploy", "aws-access-key-id: ${{ secrets.KEY }}"), CALM.into()),
        ("wf-static-cloud-creds", CALM.replace("      - run: terraform apply", "      - run: terraform apply\n        env:\n          ARM_CLIENT_SECRET: ${{ secrets.ARM }}"), CALM.into()),
        ("wf-deploy-without-environment", CALM.replace("    environment: production\n", ""), CALM.into()),
        ("wf-build-deploy-same-job", CALM.replace("    steps:\n", &format!("    steps:\n{checkout}      - run: npm ci\n")), CALM.into()),
        ("wf-unpinned", CALM.replace("@0123456789012345678901234567890123456789", "@v4"), CALM.into()),
        ("wf-secret-in-log", steps("push", "      - run: echo ${{ secrets.TOKEN }}\n"), steps("push", "      - run: echo \"x=${{ secrets.TOKEN }}\" >> \"$GITHUB_OUTPUT\"\n")),
        ("wf-secret-in-log", steps("push", "      - run: tool\n        env:\n          ALL: ${{ toJSON(secrets) }}\n"), steps("push", "      - run: tool\n")),
        ("wf-self-hosted-nonephemeral", CALM.replace("ubuntu-latest", "[self-hosted, linux]"), CALM.replace("ubuntu-latest", "[self-hosted, ephemeral]")),
        ("wf-prt-misuse", steps("pull_request_target", &checkout.replace("{persist", "{ref: \"${{ github.event.pull_request.head.sha }}\", persist")), steps("pull_request_target", checkout)),
        ("wf-prt-misuse", CALM.replace("on: push", "on: issue_comment"), steps("issue_comment", checkout)),
        ("wf-injection", steps("issues", "      - run: echo \"${{ github.event.issue.title }}\"\n"), steps("issues", "      - run: echo \"$TITLE\"\n        env:\n          TITLE: ${{ github.event.issue.title }}\n")),
        ("wf-secrets-inherit", "on: push\npermissions: {}\njobs:\n  j:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n".into(), "on: push\npermissions: {}\njobs:\n  j:\n    uses: ./.github/workflows/x.yml\n".into()),
        ("wf-cache-poisoning", steps("release", "      - uses: actions/cache@0123456789012345678901234567890123456789\n"), steps("push", "      - uses: actions/cache@0123456789012345678901234567890123456789\n")),
        ("ado-static-connection", ado("          awsCredentials: prod\n"), ado("")),
        ("ado-static-connection", format!("variables: {{AWS_SECRET_ACCESS_KEY: $(key)}}\n{}", ado("")), ado("")),
        ("ado-deploy-without-environment", ado("").replace("echo", "terraform apply"), ado("")),
        ("ado-unpinned-template", format!("resources: {{repositories: [{{repository: t, name: a/t, ref: refs/heads/main}}]}}\n{}", ado("")), format!("resources: {{repositories: [{{repository: t, name: a/t, ref: refs/tags/v1}}]}}\n{}", ado(""))),
        ("circle-static-cloud-creds", circle("aws s3 sync x --key $AWS_SECRET_ACCESS_KEY", "filters: {branches: {only: main}}"), circle("make", "filters: {branches: {only: main}}")),
        ("circle-context-unrestricted", circle("make", "requires: [other]"), circle("make", "filters: {branches: {only: main}}")),
        ("circle-context-unrestricted", circle("make", "requires: [other]"), circle("make", "requires: [hold]")),
        ("circle-unpinned-orb", circle("make", "requires: [hold]").replace("@4.1.3", "@4"), circle("make", "requires: [hold]")),
        ("wf-artipacked", steps("push", "      - uses: actions/checkout@0123456789012345678901234567890123456789\n"), steps("push", checkout)),
        ("gl-job-jwt", "job:\n  script: [vault write auth/jwt/login jwt=$CI_JOB_JWT]\n".into(), "job:\n  script: [vault write auth/jwt/login jwt=$VAULT_TOKEN]\n".into()),
        ("gl-id-token-aud", "job:\n  script: [x]\n  id_tokens:\n    A: {aud: https://a}\n    B: {aud: https://a}\n".into(), "job:\n  script: [x]\n  id_tokens:\n    A: {aud: https://a}\n    B: {aud: https://b}\n".into()),
        ("gl-static-cloud-creds", "variables: {AWS_ACCESS_KEY_ID: x}\njob:\n  script: [x]\n".into(), "variables: {AWS_REGION: x}\njob:\n  script: [x]\n".into()),
        ("gl-deploy-without-environment", "deploy:\n  script: [terraform apply]\n  rules: [{if: x}]\n".into(), "deploy:\n  script: [terraform apply]\n  environment: production\n  rules: [{if: x}]\n".into()),
        ("gl-deploy-unprotected", "deploy:\n  script: [terraform apply]\n  environment: production\n".into(), "deploy:\n  script: [terraform apply]\n  environment: production\n  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]\n".into()),
        ("gl-include-remote", "include: [{remote: https://x.example/a.yml}]\njob:\n  script: [x]\n".into(), "include: [{local: /a.yml}]\njob:\n  script: [x]\n".into()),
    ];
    for (rule, bad, good) in &cases {
        assert!(
            rules(bad).contains(rule),
            "{rule} not in {:?}\n{bad}",
            rules(bad)
        );
        assert!(
            !rules(good).contains(rule),
            "{rule} in {:?}\n{good}",
            rules(good)
        );
    }
    for rule in REGISTRY {
        assert!(
            cases.iter().any(|(id, ..)| *id == rule.id),
            "{} has no case",
            rule.id
        );
    }
}

#[test]
fn an_expression_is_understood_not_searched() {
    let issues = |step: &str| rules(&steps("issues", &format!("      - run: {step}\n")));
    for bad in [
        "echo ${{ github['event']['issue']['title'] }}",
        "echo ${{ GitHub.Event.Issue.Title }}",
        "echo ${{ format('}}{0}', github.event.issue.title) }}",
        "echo ${{ inputs.title || github.event.issue.title }}",
        "echo ${{ github.event.commits[0].message }}",
        "echo '${{ toJSON(github.event) }}'",
    ] {
        assert!(issues(bad).contains(&"wf-injection"), "{bad}");
    }
    for good in [
        "echo ${{ github.event.issue.title == 'x' }}",
        "echo ${{ contains(github.event.issue.title, 'x') && 'yes' || 'no' }}",
        "echo ${{ 'github.event.issue.title' }}",
        "echo ${{ github.event.issue.number }}",
    ] {
        assert!(!issues(good).contains(&"wf-injection"), "{good}");
    }
    let printed = |step: &str| issues(step).contains(&"wf-secret-in-log");
    assert!(printed("echo ${{ secrets['TOKEN'] }}"));
    assert!(!printed("echo see secrets.txt"), "a file, no secret");
    let head = "      - uses: actions/checkout@0123456789012345678901234567890123456789\n        with: {ref: \"${{ github.event['pull_request']['head']['sha'] }}\"}\n";
    assert!(rules(&steps("pull_request_target", head)).contains(&"wf-prt-misuse"));
}

#[test]
fn files_are_known_and_broken_ones_told() {
    assert!(
        is_pipeline("a/.github/workflows/x.yaml")
            && is_pipeline("action.yml")
            && is_pipeline("x/.gitlab-ci.yml")
    );
    assert!(!is_pipeline("a/.github/workflows/x.md") && !is_pipeline("docker-compose.yml"));
    assert!(scan("x", "a: [1\n").is_err());
    assert!(scan("x", "version: 3\n").unwrap_err().contains("neither"));
    let composite = "runs:\n  using: composite\n  steps:\n    - uses: actions/setup-node@v4\n";
    assert!(rules(composite).contains(&"wf-unpinned"));
}

#[test]
fn sarif_names_every_rule_and_place() {
    let issues = scan(
        "ci.yml",
        &CALM.replace("@0123456789012345678901234567890123456789", "@v4"),
    )
    .unwrap();
    let report = sarif(&issues, "1.0.0");
    assert_eq!(report["version"], "2.1.0");
    let run = &report["runs"][0];
    assert_eq!(
        run["tool"]["driver"]["rules"].as_array().unwrap().len(),
        REGISTRY.len()
    );
    let result = &run["results"][0];
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(
        run["tool"]["driver"]["rules"][index]["id"],
        result["ruleId"]
    );
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        10
    );
}

/// Real workflows: those inside the crates of the cargo registry.
#[test]
fn real_workflows_are_read() {
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || std::path::PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        Into::into,
    );
    let mut open = vec![home.join("registry/src")];
    let (mut files, mut issues, mut unread) = (0_usize, 0_usize, Vec::new());
    while let Some(dir) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&dir) else {
            continue;
        };
        for path in entries
            .filter_map(Result::ok)
            .map(|it| std::fs::DirEntry::path(&it))
        {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            // Workflows stand at the top of a crate; nothing else is walked.
            let depth = path
                .strip_prefix(home.join("registry/src"))
                .map_or(0, |it| it.components().count());
            if path.is_dir() && (depth <= 2 || name == ".github" || name == "workflows") {
                open.push(path);
            } else if depth > 3 && is_pipeline(&path.display().to_string()) {
                files += 1;
                match scan(&name, &std::fs::read_to_string(&path).unwrap_or_default()) {
                    Ok(found) => issues += found.len(),
                    Err(why) => unread.push(format!("{}: {why}", path.display())),
                }
            }
        }
    }
    if files == 0 {
        println!("skipped: no workflows in the cargo registry");
        return;
    }
    println!("{files} workflows, {issues} findings, unread: {unread:?}");
    assert!(unread.len() * 50 <= files, "{unread:?}");
}

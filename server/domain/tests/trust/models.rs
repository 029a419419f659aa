//! What we read of a workflow is what `github-actions-models` reads: jobs, events, permissions, environments.

use std::collections::BTreeMap;

use domain::trust::jobs_of;
use github_actions_models::common::{BasePermission, Permission, Permissions};
use github_actions_models::workflow::job::DeploymentEnvironment;
use github_actions_models::workflow::{Job, Workflow};

/// Every way the syntax has of saying these.
const WORKFLOWS: &[&str] = &[
    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n",
    "on: [push, pull_request]\npermissions: write-all\njobs:\n  a:\n    runs-on: [self-hosted, linux]\n    environment: production\n    steps:\n      - uses: actions/checkout@v4\n",
    "on:\n  push:\n    branches: [main]\n  workflow_dispatch:\n  schedule:\n    - cron: '0 0 * * *'\npermissions:\n  contents: read\n  id-token: write\njobs:\n  a:\n    runs-on: ubuntu-latest\n    environment:\n      name: staging\n      url: https://example.com\n    steps:\n      - run: ./deploy\n  b:\n    needs: a\n    runs-on: ubuntu-latest\n    permissions: {}\n    steps:\n      - run: ./tell\n        env:\n          A: 1\n",
    "name: called\non:\n  workflow_call:\n    inputs:\n      where:\n        type: string\n        required: true\n    secrets:\n      token:\n        required: true\njobs:\n  a:\n    runs-on: ubuntu-latest\n    permissions: read-all\n    environment: ${{ inputs.where }}\n    steps:\n      - run: make\n",
    "on:\n  pull_request_target:\n    types: [opened]\njobs:\n  call:\n    uses: acme/shared/.github/workflows/deploy.yml@0123456789012345678901234567890123456789\n    permissions:\n      id-token: write\n    with:\n      where: production\n    secrets: inherit\n",
    "on: release\nenv:\n  A: b\njobs:\n  a:\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n    runs-on: ${{ matrix.os }}\n    if: github.event.action == 'published'\n    timeout-minutes: 5\n    steps:\n      - name: one\n        uses: docker://alpine:3\n        with:\n          args: x\n      - id: two\n        run: |\n          make\n          make install\n        shell: bash\n",
];

/// Whether a job can ask for a token: its own permissions, else the workflow's.
fn id_token(own: &Permissions, whole: &Permissions) -> bool {
    let said = match own {
        Permissions::Base(BasePermission::Default) => whole,
        own => own,
    };
    match said {
        Permissions::Base(base) => *base == BasePermission::WriteAll,
        Permissions::Explicit(scopes) => scopes.get("id-token") == Some(&Permission::Write),
    }
}

#[test]
fn a_workflow_is_read_as_its_models_read_it() {
    let mut compared = 0;
    for text in WORKFLOWS {
        let model: Workflow = yaml_serde::from_str(text).unwrap();
        let file = (".github/workflows/a.yml".to_owned(), (*text).to_owned());
        let ours = jobs_of(&BTreeMap::from([file]));
        let names: Vec<&str> = ours.iter().map(|job| job.name.as_str()).collect();
        let theirs: Vec<&str> = model.jobs.keys().map(String::as_str).collect();
        assert_eq!(names, theirs, "{text}");
        for (our, their) in ours.iter().zip(model.jobs.values()) {
            let events = usize::try_from(model.on.events.count()).unwrap();
            assert_eq!(our.events.len(), events, "{text}");
            let (permissions, environment) = match their {
                Job::NormalJob(job) => (&job.permissions, job.environment.as_ref()),
                Job::ReusableWorkflowCallJob(job) => (&job.permissions, None),
            };
            assert_eq!(
                our.id_token,
                id_token(permissions, &model.permissions),
                "{text}"
            );
            let environment = environment.map(|environment| match environment {
                DeploymentEnvironment::Name(name) | DeploymentEnvironment::NameURL { name, .. } => {
                    name.as_str()
                }
            });
            assert_eq!(our.environment.as_deref(), environment, "{text}");
            compared += 1;
        }
    }
    assert_eq!(compared, 7);
}

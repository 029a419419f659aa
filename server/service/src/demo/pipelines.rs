//! Pipelines the demo's security team brought in: of one repository that is open to strangers' code, and of one that is
//! kept in order.

use contract::identities::{IdentityState, TrustLanguage};
use domain::demo::Organisation;
use domain::trust::scan::Brought;

use crate::trust::{Named, keep};
use crate::{Op, Result};

/// Keeps the pipelines of two repositories whose trusts are on the roll.
///
/// # Errors
/// When the database refuses.
pub(super) async fn bring(op: &Op, acme: &Organisation) -> Result<()> {
    let documents = acme
        .identities
        .iter()
        .filter(|it| it.state == IdentityState::Active)
        .flat_map(|it| &it.trusts)
        .filter(|it| it.language == TrustLanguage::Aws)
        .filter_map(|it| Some((repository(&it.document)?, it.document.contains(":*"))));
    let (mut open, mut calm) = (None, None);
    for (name, wide) in documents {
        let place = if wide { &mut open } else { &mut calm };
        place.get_or_insert(name);
    }
    if let Some(name) = open {
        keep(op, &named(&name), strangers(&name)).await?;
    }
    if let Some(name) = calm {
        keep(op, &named(&name), in_order()).await?;
    }
    Ok(())
}

/// The repository a policy names, without its ids.
fn repository(document: &str) -> Option<String> {
    let rest = document.split("repo:").nth(1)?;
    let (owner, rest) = rest.split_once('/')?;
    let end = rest.find([':', '@', '"', '*'])?;
    let owner = owner.split('@').next().unwrap_or_default();
    let name = &rest[..end];
    (!name.is_empty()).then(|| format!("{owner}/{name}"))
}

fn named(name: &str) -> Named {
    Named {
        forge: "github".to_owned(),
        name: name.to_owned(),
        ..Named::default()
    }
}

/// A preview that builds what anybody sends, with a token.
fn strangers(name: &str) -> Brought {
    let preview = "name: preview\non: pull_request_target\npermissions:\n  contents: read\n  id-token: write\njobs:\n  preview:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n      - run: npm ci && npm run build\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: arn:aws:iam::471982203366:role/preview\n";
    let deploy = "name: deploy\non:\n  push:\n    branches: [main]\npermissions:\n  contents: read\n  id-token: write\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    steps:\n      - uses: actions/checkout@v4\n      - run: terraform apply -auto-approve\n";
    let protections = format!(
        r#"[{{"full_name":"{name}","default_branch":"main"}},[{{"name":"main","protected":false}}],{{"environments":[{{"name":"production","protection_rules":[]}}]}}]"#
    );
    let zizmor = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"zizmor","rules":[]}},"results":[{"ruleId":"zizmor/artipacked","level":"warning","message":{"text":"credential persistence through GitHub Actions artifacts"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":".github/workflows/deploy.yml"},"region":{"startLine":13}}}]}]}]}"#;
    let mut brought = Brought::default();
    brought.take(".github/workflows/preview.yml", preview.as_bytes());
    brought.take(".github/workflows/deploy.yml", deploy.as_bytes());
    brought.take("protections.json", protections.as_bytes());
    brought.take("zizmor.sarif", zizmor.as_bytes());
    brought
}

/// One deployment, pinned and behind an environment.
fn in_order() -> Brought {
    let commit = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
    let deploy = format!(
        "name: deploy\non:\n  push:\n    branches: [main]\npermissions: {{}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: production\n    permissions:\n      contents: read\n      id-token: write\n    steps:\n      - uses: actions/checkout@{commit}\n        with:\n          persist-credentials: false\n      - uses: aws-actions/configure-aws-credentials@{commit}\n      - run: ./deploy\n"
    );
    let protections = r#"[[{"name":"main","protected":true}],{"environments":[{"name":"production","protection_rules":[{"type":"required_reviewers","prevent_self_review":true,"reviewers":[{"type":"Team","reviewer":{"slug":"release"}}]}]}]}]"#;
    let mut brought = Brought::default();
    brought.take(".github/workflows/deploy.yml", deploy.as_bytes());
    brought.take("protections.json", protections.as_bytes());
    brought
}

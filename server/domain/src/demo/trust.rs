//! Trust documents as the vendors print them, as tight or as loose as the line's story says.

use contract::identities::TrustLanguage;
use serde_json::{Value, json};

use super::outside::{self, PROJECT};
use super::roster::{Line, Recipe};

/// Language, what it guards, and the document.
pub(super) type Document = (TrustLanguage, String, Value);

/// Every trust of a line as it stands now.
pub(super) fn documents(line: &Line) -> Vec<Document> {
    admitting(line, &github_subjects(line))
}

/// Every trust of a line as it stood before somebody opened it.
pub(super) fn tight(line: &Line) -> Vec<Document> {
    let subject = format!("repo:{}:{}", outside::numbered(&line.place), context(line));
    admitting(line, &[subject])
}

fn admitting(line: &Line, github: &[String]) -> Vec<Document> {
    match line.recipe {
        Recipe::Github => of_grants(line, outside::GITHUB, github),
        Recipe::Gitlab => of_grants(
            line,
            outside::GITLAB,
            &[outside::gitlab_subject(&line.place)],
        ),
        Recipe::AzureDevops => vec![entra(
            line,
            outside::AZURE_DEVOPS,
            &outside::azure_devops_subject(line),
        )],
        Recipe::AwsRole => vec![(
            TrustLanguage::Aws,
            outside::role_arn(line),
            json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": outside::account(line)}}}]}),
        )],
        Recipe::EntraFederated => vec![entra(
            line,
            outside::CLUSTER,
            &format!("system:serviceaccount:it:{}", line.base()),
        )],
        Recipe::GoogleFederated => vec![google(
            line,
            outside::CLUSTER,
            &[format!("system:serviceaccount:data:{}", line.base())],
        )],
        Recipe::VaultJwt => vec![vault(
            line,
            &[format!("system:serviceaccount:build:{}", line.base())],
        )],
        Recipe::Kubernetes => vec![binding(line)],
        _ => Vec::new(),
    }
}

/// A pipeline has a trust for each cloud it works in.
fn of_grants(line: &Line, issuer: &str, subjects: &[String]) -> Vec<Document> {
    let mut all = Vec::new();
    let holds = |codes: &[&str]| {
        line.grants
            .iter()
            .any(|(code, _)| codes.contains(&code.as_str()))
    };
    if holds(&[
        "ecs", "task", "secret", "db", "push", "lambda", "s3w", "s3r", "cdn", "stack", "iam",
        "dns", "eks", "kms", "sns",
    ]) {
        all.push(aws(line, issuer, subjects));
    }
    if holds(&["run", "bq", "bqr", "gcs", "gsec"]) {
        all.push(google(line, issuer, subjects));
    }
    if holds(&["web", "kv", "dir"]) {
        all.push(entra(line, issuer, &subjects[0]));
    }
    if holds(&["dyn", "vault"]) {
        all.push(vault(line, subjects));
    }
    all
}

/// The subjects a GitHub trust admits: exact ones, unless the line's story is that they are not.
pub(super) fn github_subjects(line: &Line) -> Vec<String> {
    let numbered = outside::numbered(&line.place);
    let plain = outside::repository(&line.place);
    if line.has("ownerwide") {
        return vec![format!("repo:{}/*", outside::ORG)];
    }
    if line.has("repowide") {
        return vec![format!("repo:{plain}:*"), format!("repo:{numbered}:*")];
    }
    if line.has("envwide") || line.told("loosened").is_some() {
        return vec![format!("repo:{numbered}:environment:*")];
    }
    let repository = if line.has("mutable") { plain } else { numbered };
    vec![format!("repo:{repository}:{}", context(line))]
}

/// The context its runs have: an environment, or the main branch.
pub(super) fn context(line: &Line) -> String {
    environment(line).map_or_else(
        || "ref:refs/heads/main".to_owned(),
        |environment| format!("environment:{environment}"),
    )
}

/// The deployment environment of its jobs. What does not deploy has one of its own, so that their rules differ.
pub(super) fn environment(line: &Line) -> Option<String> {
    match (line.environment(), line.workflow()) {
        ("development", _) => None,
        _ if line.recipe == Recipe::GithubKey => None,
        (stage, workflow @ ("migrate" | "train" | "backfill")) => {
            Some(format!("{stage}-{workflow}"))
        }
        (stage, _) => Some(stage.to_owned()),
    }
}

fn aws(line: &Line, issuer: &str, subjects: &[String]) -> Document {
    let host = issuer.trim_start_matches("https://");
    let account = outside::account(line);
    let wild = subjects.iter().any(|subject| subject.contains('*'));
    let named = match subjects {
        [one] => json!(one),
        many => json!(many),
    };
    let (aud, sub) = (format!("{host}:aud"), format!("{host}:sub"));
    let mut exact = serde_json::Map::from_iter([(aud, json!("sts.amazonaws.com"))]);
    let mut condition = serde_json::Map::new();
    if wild {
        condition.insert("StringLike".to_owned(), json!({ sub: named }));
    } else {
        exact.insert(sub, named);
    }
    condition.insert("StringEquals".to_owned(), Value::Object(exact));
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::{account}:oidc-provider/{host}")},
        "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]});
    (TrustLanguage::Aws, outside::role_arn(line), document)
}

fn entra(line: &Line, issuer: &str, subject: &str) -> Document {
    let document = json!({"name": format!("{}-{}", line.base(), line.environment()), "issuer": issuer,
        "subject": subject, "audiences": ["api://AzureADTokenExchange"],
        "id": outside::federated_credential(line)});
    (
        TrustLanguage::Entra,
        format!("application {}", line.base()),
        document,
    )
}

fn google(line: &Line, issuer: &str, subjects: &[String]) -> Document {
    let condition: Vec<String> = subjects
        .iter()
        .map(|subject| format!("assertion.sub == '{subject}'"))
        .collect();
    let name = format!(
        "projects/771204963318/locations/global/workloadIdentityPools/pipelines/providers/{}",
        line.base()
    );
    let document = json!({"name": name, "state": "ACTIVE", "oidc": {"issuerUri": issuer},
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": condition.join(" || "),
        "serviceAccount": format!("{}@{PROJECT}.iam.gserviceaccount.com", line.base())});
    (TrustLanguage::Gcp, name, document)
}

fn vault(line: &Line, subjects: &[String]) -> Document {
    let wild = subjects.iter().any(|subject| subject.contains('*'));
    let document = json!({"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["https://vault.acme.example"],
        "bound_claims_type": if wild { "glob" } else { "string" }, "bound_claims": {"sub": subjects},
        "token_policies": [line.base()], "token_ttl": "15m", "token_max_ttl": "15m"});
    (
        TrustLanguage::Vault,
        format!("auth/jwt/role/{}-{}", line.base(), line.workflow()),
        document,
    )
}

fn binding(line: &Line) -> Document {
    let (namespace, name) = line
        .place
        .split_once(':')
        .unwrap_or(("default", &line.place));
    let document = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": namespace}]});
    (
        TrustLanguage::Kubernetes,
        format!("rolebinding {namespace}/{name}"),
        document,
    )
}

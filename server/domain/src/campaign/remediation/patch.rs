//! What carries a decision out: the targets as JSON, as commands of the platform's own tool, as Terraform.
//!
//! Nothing is run by Rollcall. Commands name what is taken away; a person reads them first.

use std::fmt::Write as _;

use contract::campaigns::{DecisionKind, ModifyTarget, Patch};
use contract::identities::{Platform, SelectorKind};
use serde_json::json;

use crate::campaign::snapshot::Snapshot;

/// Compiles what was decided on a frozen identity.
pub fn compile(it: &Snapshot, decision: DecisionKind, targets: &[ModifyTarget]) -> Patch {
    let document = json!({
        "identity": {"id": it.identity, "name": it.name, "platform": it.platform},
        "decision": decision,
        "changes": targets.iter().map(|t| json!({
            "key": t.key, "what": t.sentence, "before": text(&t.before), "after": text(&t.after),
        })).collect::<Vec<_>>(),
    });
    let mut commands = String::new();
    let mut terraform = String::new();
    if decision == DecisionKind::Revoke {
        revoke(it, &mut commands, &mut terraform);
    }
    for target in targets {
        one(it, target, &mut commands, &mut terraform);
    }
    Patch {
        json: serde_json::to_string_pretty(&document).unwrap_or_default(),
        commands,
        terraform,
    }
}

/// A document stays one, words stay words.
fn text(raw: &str) -> serde_json::Value {
    serde_json::from_str(raw)
        .ok()
        .filter(serde_json::Value::is_object)
        .unwrap_or_else(|| raw.into())
}

fn revoke(it: &Snapshot, commands: &mut String, terraform: &mut String) {
    let role = named(it, SelectorKind::AwsRole);
    match (it.platform, role) {
        (_, Some(arn)) => {
            let name = quote(arn.rsplit('/').next().unwrap_or(arn));
            let _ = writeln!(
                commands,
                "# refuses every session of the role, then takes it away\naws iam put-role-policy --role-name {name} --policy-name RollcallRevoked \\\n  --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}]}}'\naws iam delete-role --role-name {name}   # after its policies are detached"
            );
            let _ = writeln!(
                terraform,
                "# delete the resource of {arn}, then: terraform apply\nremoved {{\n  from = aws_iam_role.{}\n  lifecycle {{\n    destroy = true\n  }}\n}}",
                label(arn)
            );
        }
        (Platform::Kubernetes, _) => {
            let _ = writeln!(
                commands,
                "kubectl delete serviceaccount {}",
                quote(&it.name)
            );
        }
        (Platform::GoogleCloud, _) => {
            let _ = writeln!(
                commands,
                "gcloud iam service-accounts disable {}",
                quote(&it.name)
            );
        }
        _ => {
            let _ = writeln!(
                commands,
                "# {} on {}: withdraw its credentials, then disable it where it is defined",
                it.name,
                it.platform.label()
            );
        }
    }
    for credential in &it.credentials {
        let _ = writeln!(
            commands,
            "# withdraw {} “{}” {}",
            credential.credential_type.label(),
            credential.label,
            credential.reference
        );
    }
}

fn one(it: &Snapshot, target: &ModifyTarget, commands: &mut String, terraform: &mut String) {
    let (kind, id) = target.key.split_once(':').unwrap_or(("", ""));
    match kind {
        "permission" => {
            if let Some(p) = it.permissions.iter().find(|p| p.id.to_string() == id) {
                permission(it, &p.system, &p.action, &p.resource, commands, terraform);
            }
        }
        "rotate" => {
            if let Some(c) = it.credentials.iter().find(|c| c.id.to_string() == id) {
                let _ = writeln!(commands, "{}", rotate(c.credential_type, &c.reference));
            }
        }
        "federate" => {
            let _ = writeln!(
                commands,
                "# {}: add the trust first, deploy once with it, then withdraw the stored secret",
                target.sentence
            );
        }
        "trust" => trust(it, target, id, commands, terraform),
        _ => {
            let _ = writeln!(commands, "# {}", target.sentence);
        }
    }
}

fn permission(
    it: &Snapshot,
    system: &str,
    action: &str,
    resource: &str,
    commands: &mut String,
    terraform: &mut String,
) {
    match system {
        "aws" => {
            let role = named(it, SelectorKind::AwsRole).unwrap_or("ROLE");
            let name = quote(role.rsplit('/').next().unwrap_or(role));
            let _ = writeln!(
                commands,
                "# take {action} on {resource} out of the role's policies; a deny holds meanwhile\naws iam put-role-policy --role-name {name} --policy-name RollcallDropped-{} \\\n  --policy-document '{}'",
                label(action),
                deny(action, resource)
            );
            let _ = writeln!(
                terraform,
                "resource \"aws_iam_role_policy\" \"rollcall_dropped_{}\" {{\n  role   = \"{}\"\n  policy = jsonencode({})\n}}",
                label(action),
                role.rsplit('/').next().unwrap_or(role),
                deny(action, resource)
            );
        }
        "kubernetes" => {
            let _ = writeln!(
                commands,
                "# remove verb and resource of {} {} from the role, then: kubectl auth can-i {} --as={}",
                action,
                resource,
                quote(action),
                quote(&it.name)
            );
        }
        "gcp" | "google" => {
            let _ = writeln!(
                commands,
                "gcloud projects remove-iam-policy-binding {} --member={} --role={}",
                quote(resource),
                quote(&format!("serviceAccount:{}", it.name)),
                quote(action)
            );
        }
        _ => {
            let _ = writeln!(commands, "# {system}: take {action} on {resource} away");
        }
    }
}

fn deny(action: &str, resource: &str) -> String {
    let resource = if resource.starts_with("arn:") {
        resource
    } else {
        "*"
    };
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": resource}]})
        .to_string()
}

fn rotate(kind: contract::identities::CredentialType, reference: &str) -> String {
    use contract::identities::CredentialType as T;
    match kind {
        T::CloudAccessKey => format!(
            "aws iam create-access-key   # bring it to its user, then:\naws iam delete-access-key --access-key-id {}",
            quote(reference)
        ),
        T::ClientSecret => format!(
            "az ad app credential reset --id {} --append   # then: az ad app credential delete",
            quote(reference)
        ),
        _ => format!(
            "# {} {reference}: issue a new one beside it, move its users, withdraw the old one",
            kind.label()
        ),
    }
}

fn trust(
    it: &Snapshot,
    target: &ModifyTarget,
    id: &str,
    commands: &mut String,
    terraform: &mut String,
) {
    let Some(trust) = it.trusts.iter().find(|t| t.id.to_string() == id) else {
        return;
    };
    let concrete = text(&target.after).is_object();
    if trust.target.starts_with("arn:") && concrete {
        let name = trust.target.rsplit('/').next().unwrap_or(&trust.target);
        let _ = writeln!(
            commands,
            "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json   # `after` of the JSON",
            quote(name)
        );
        let _ = writeln!(
            terraform,
            "resource \"aws_iam_role\" \"{}\" {{\n  assume_role_policy = jsonencode({})\n}}",
            label(&trust.target),
            target.after
        );
    } else {
        let _ = writeln!(commands, "# {}: {}", target.sentence, target.after);
    }
}

fn named(it: &Snapshot, kind: SelectorKind) -> Option<&str> {
    it.selectors
        .iter()
        .find(|s| s.kind == kind)
        .map(|s| s.value.as_str())
}

/// Attack: a name with a quote in it must not become a command.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A name Terraform accepts.
fn label(text: &str) -> String {
    let tail = text.rsplit('/').next().unwrap_or(text);
    let mut out: String = tail
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if out.starts_with(|c: char| c.is_ascii_digit()) || out.is_empty() {
        out.insert(0, '_');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::recommend::targets;
    use crate::campaign::snapshot::tests::snapshot;

    #[test]
    fn a_dropped_permission_becomes_json_a_command_and_terraform() {
        let it = snapshot();
        let target = targets::drop_permission(&it.permissions[0]);
        let patch = compile(&it, DecisionKind::Modify, std::slice::from_ref(&target));
        let json: serde_json::Value = serde_json::from_str(&patch.json).expect("json");
        assert_eq!(json["changes"][0]["before"], target.before);
        assert!(!patch.commands.is_empty());
    }

    #[test]
    fn a_name_cannot_become_a_command() {
        assert_eq!(quote("a'; rm -rf /; '"), r"'a'\''; rm -rf /; '\'''");
        assert_eq!(label("arn:aws:iam::1:role/9-Deploy"), "_9_deploy");
    }
}

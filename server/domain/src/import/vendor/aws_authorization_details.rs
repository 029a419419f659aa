//! `aws iam get-account-authorization-details`: roles with their trust policies, users with their access keys, and
//! what both may do. Shape: AWS IAM API reference, `GetAccountAuthorizationDetails`.
//!
//! Roles that AWS services own (`/aws-service-role/`) are left out: nobody else can become or change them.

mod shape;

use std::collections::HashMap;

use contract::identities::{CredentialType, IdentityKind, Platform, SelectorKind, TrustLanguage};
use serde_json::Value;

use super::super::fields::{environment, environment_in};
use super::super::record::{Credential, ExternalId, Identity, Permission, Record, Trust};
use super::super::{Found, Place};
use super::aws_policy::{MOST, document, grants, texts};
use super::{entries, name, pages, selector, typed};
use crate::event::subject;
use crate::identity::permission;
use shape::{Attached, Group, Inline, Policy, Role, Tag, User};

/// What managed policies and groups grant, by ARN and by name.
#[derive(Default)]
struct Known {
    managed: HashMap<String, Vec<(String, String)>>,
    groups: HashMap<String, Vec<(String, String)>>,
}

pub(super) fn open<'a>(
    text: &'a str,
) -> Result<Box<dyn Iterator<Item = Found> + Send + 'a>, String> {
    let (mut users, mut roles, mut groups, mut policies) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for page in pages(text)? {
        let object = entries(page)
            .ok_or("This is no output of aws iam get-account-authorization-details.")?;
        for (key, list) in [
            ("UserDetailList", &mut users),
            ("RoleDetailList", &mut roles),
            ("GroupDetailList", &mut groups),
            ("Policies", &mut policies),
        ] {
            let Some(raw) = object.get(key) else { continue };
            let found: Vec<&'a serde_json::value::RawValue> =
                serde_json::from_str(raw.get()).map_err(|_| format!("“{key}” is no list."))?;
            list.extend(found);
        }
    }
    let mut known = Known::default();
    let mut unread = Vec::new();
    for (i, raw) in policies.into_iter().enumerate() {
        match serde_json::from_str::<Policy>(raw.get()) {
            Ok(policy) => {
                let granted = policy
                    .current()
                    .and_then(document)
                    .map(|d| grants(&d))
                    .unwrap_or_default();
                known.managed.insert(policy.arn, granted);
            }
            Err(why) => unread.push(Found::Problem(
                Place::of("Policies", i as u64 + 1).problem("", super::misread(&why)),
            )),
        }
    }
    for (i, raw) in groups.into_iter().enumerate() {
        match serde_json::from_str::<Group>(raw.get()) {
            Ok(group) => {
                let granted = known.of(&group.group_policy_list, &group.attached_managed_policies);
                known.groups.insert(group.group_name, granted);
            }
            Err(why) => unread.push(Found::Problem(
                Place::of("GroupDetailList", i as u64 + 1).problem("", super::misread(&why)),
            )),
        }
    }
    let known = std::sync::Arc::new(known);
    let of_users = known.clone();
    let users = users.into_iter().enumerate().flat_map(move |(i, raw)| {
        let known = of_users.clone();
        typed(
            &Place::of("UserDetailList", i as u64 + 1),
            raw,
            |place, one: &User| user(place, one, &known),
        )
    });
    let roles = roles.into_iter().enumerate().flat_map(move |(i, raw)| {
        let known = known.clone();
        typed(
            &Place::of("RoleDetailList", i as u64 + 1),
            raw,
            |place, one: &Role| role(place, one, &known),
        )
    });
    Ok(Box::new(unread.into_iter().chain(roles).chain(users)))
}

impl Known {
    fn of(&self, inline: &[Inline], attached: &[Attached]) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for policy in inline {
            all.extend(
                document(&policy.policy_document)
                    .map(|d| grants(&d))
                    .unwrap_or_default(),
            );
        }
        for policy in attached {
            match self.managed.get(&policy.policy_arn) {
                Some(granted) if !granted.is_empty() => all.extend(granted.iter().cloned()),
                // AWS leaves its own documents out unless asked; the name still says what it is.
                _ => all.push((policy.policy_name.clone(), "*".to_owned())),
            }
        }
        all
    }
}

fn role(place: &Place, role: &Role, known: &Known) -> Vec<Found> {
    if role.path.starts_with("/aws-service-role/") || role.path.starts_with("/service-role/aws-") {
        return vec![Found::Note(format!(
            "{} left out: a role that an AWS service owns",
            role.arn
        ))];
    }
    let policy = document(&role.assume_role_policy_document);
    let (kind, federated) = policy
        .as_ref()
        .map_or((IdentityKind::ServiceAccount, false), kind_of);
    let identity = identity(
        &role.arn,
        &role.role_name,
        &role.tags,
        kind,
        SelectorKind::AwsRole,
    );
    let identity = Identity {
        last_used_at: role
            .role_last_used
            .as_ref()
            .and_then(|used| used.last_used_date),
        evidence: format!("IAM role, made {}", role.create_date.format("%-d %b %Y")),
        ..identity
    };
    let mut records = vec![Record::Identity(Box::new(identity))];
    records.push(Record::Credential(Credential {
        identity: role.arn.clone(),
        external_id: Some(format!("{}#session", role.arn)),
        // Nobody holds a role: whoever its trust admits gets a session for at most twelve hours.
        credential_type: if federated {
            CredentialType::OidcFederation
        } else {
            CredentialType::Dynamic
        },
        label: Some("Role session".to_owned()),
        reference: None,
        issued_at: None,
        expires_at: None,
        rotated_at: None,
        last_used_at: None,
    }));
    if let Some(policy) = policy {
        records.push(Record::Trust(Trust {
            identity: role.arn.clone(),
            language: TrustLanguage::Aws,
            target: role.arn.clone(),
            document: policy.to_string(),
        }));
    }
    let granted = known.of(&role.role_policy_list, &role.attached_managed_policies);
    finish(place, records, &role.arn, granted)
}

fn user(place: &Place, user: &User, known: &Known) -> Vec<Found> {
    let identity = Identity {
        evidence: format!("IAM user, made {}", user.create_date.format("%-d %b %Y")),
        ..identity(
            &user.arn,
            &user.user_name,
            &user.tags,
            IdentityKind::ServiceAccount,
            SelectorKind::AwsUser,
        )
    };
    let mut records = vec![Record::Identity(Box::new(identity))];
    for key in user.access_keys.iter().chain(&user.access_key_metadata) {
        if key.status.as_deref() == Some("Inactive") {
            continue;
        }
        records.push(Record::Credential(Credential {
            identity: user.arn.clone(),
            external_id: None,
            credential_type: CredentialType::CloudAccessKey,
            label: Some("Access key".to_owned()),
            reference: Some(key.access_key_id.clone()),
            issued_at: key.create_date,
            expires_at: None,
            rotated_at: None,
            last_used_at: None,
        }));
    }
    let mut granted = known.of(&user.user_policy_list, &user.attached_managed_policies);
    for group in &user.group_list {
        granted.extend(known.groups.get(group).into_iter().flatten().cloned());
    }
    finish(place, records, &user.arn, granted)
}

fn identity(arn: &str, own: &str, tags: &[Tag], kind: IdentityKind, by: SelectorKind) -> Identity {
    let account = arn.split(':').nth(4).unwrap_or_default();
    let tag = |words: &[&str]| {
        tags.iter()
            .find(|tag| words.contains(&tag.key.to_lowercase().as_str()))
            .map(|tag| tag.value.as_str())
    };
    let place = tag(&["environment", "env", "stage"])
        .and_then(environment)
        .or_else(|| environment_in(own));
    Identity {
        external_id: Some(ExternalId {
            space: "aws",
            value: arn.to_owned(),
        }),
        name: name(&format!("{account}/{own}")),
        guessed: true,
        kind: Some(kind),
        platform: Some(Platform::Aws),
        purpose: tag(&["description", "purpose"]).and_then(super::words),
        environments: place.map(|found| vec![found]),
        suggested_owner: tag(&["owner", "team", "contact"])
            .and_then(super::words)
            .map(|who| (who, "AWS tag".to_owned())),
        selectors: vec![selector(by, arn)],
        ..Identity::default()
    }
}

/// Whom the trust lets in tells what the role is: a pipeline, a workload, or something else.
fn kind_of(policy: &Value) -> (IdentityKind, bool) {
    let statements = policy.get("Statement").map(|s| match s {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    });
    let (mut service, mut federated, mut pipeline) = (false, false, false);
    for principal in statements
        .into_iter()
        .flatten()
        .filter_map(|s| s.get("Principal"))
    {
        service |= principal.get("Service").is_some();
        for provider in texts(principal.get("Federated")) {
            let issuer = provider
                .split_once("oidc-provider/")
                .map(|(_, host)| format!("https://{host}"));
            federated |= issuer.is_some();
            pipeline |= issuer
                .and_then(|issuer| subject::platform(&issuer))
                .is_some_and(|platform| {
                    matches!(
                        platform,
                        Platform::GithubActions
                            | Platform::GitlabCi
                            | Platform::AzureDevops
                            | Platform::Other
                    )
                });
        }
    }
    let kind = match (pipeline, service || federated) {
        (true, _) => IdentityKind::Pipeline,
        (false, true) => IdentityKind::Workload,
        (false, false) => IdentityKind::ServiceAccount,
    };
    (kind, federated)
}

fn finish(
    place: &Place,
    records: Vec<Record>,
    arn: &str,
    granted: Vec<(String, String)>,
) -> Vec<Found> {
    let mut found: Vec<Found> = records
        .into_iter()
        .map(|one| Found::Record(place.clone(), one))
        .collect();
    let mut seen = std::collections::HashSet::new();
    let mut left = 0_usize;
    for (action, resource) in granted {
        if !seen.insert((action.clone(), resource.clone())) {
            continue;
        }
        if seen.len() > MOST {
            left += 1;
            continue;
        }
        found.push(Found::Record(
            place.clone(),
            Record::Permission(Permission {
                identity: arn.to_owned(),
                privileged: permission::is_privileged("aws", &action, &resource),
                system: "aws".to_owned(),
                action,
                resource,
                environment: None,
                granted_at: None,
                last_used_at: None,
            }),
        ));
    }
    if left > 0 {
        found.push(Found::Note(format!(
            "{arn}: {left} permissions beyond the first {MOST} left out"
        )));
    }
    found
}

//! The concrete things a "modify" can ask for, each with its before and after.

use contract::campaigns::ModifyTarget;
use contract::identities::{CredentialType, RotationState};

use crate::campaign::snapshot::{Credential, Permission, Snapshot, Trust};

/// Everything a modify of this identity may ask for: privileged permissions first.
pub fn all(it: &Snapshot) -> Vec<ModifyTarget> {
    let mut permissions: Vec<&Permission> = it.permissions.iter().collect();
    permissions.sort_by_key(|p| !p.privileged);
    let mut out: Vec<ModifyTarget> = permissions.into_iter().map(drop_permission).collect();
    for credential in &it.credentials {
        if credential.rotation != RotationState::NotNeeded {
            out.push(rotate(credential));
        }
        out.extend(federate(credential));
    }
    out.extend(
        it.trusts
            .iter()
            .map(|trust| narrow_trust(trust).unwrap_or_else(|| review_trust(trust))),
    );
    out
}

/// Takes a permission away.
pub fn drop_permission(permission: &Permission) -> ModifyTarget {
    ModifyTarget {
        key: format!("permission:{}", permission.id),
        sentence: format!("Remove {}", permission.raw()),
        before: permission.raw(),
        after: String::new(),
    }
}

/// Renews a credential's secret.
pub fn rotate(credential: &Credential) -> ModifyTarget {
    let since = credential.rotated_at.map_or_else(
        || "of unknown age".to_owned(),
        |at| format!("rotated {}", at.format("%Y-%m-%d")),
    );
    ModifyTarget {
        key: format!("rotate:{}", credential.id),
        sentence: format!(
            "Rotate {} “{}”",
            credential.credential_type.label(),
            credential.label
        ),
        before: format!("{} {}", credential.reference, since)
            .trim()
            .to_owned(),
        after: "a new secret, the old one withdrawn".to_owned(),
    }
}

/// Replaces a stored secret by federation, where the platforms speak it.
fn federate(credential: &Credential) -> Option<ModifyTarget> {
    matches!(
        credential.credential_type,
        CredentialType::CloudAccessKey
            | CredentialType::ClientSecret
            | CredentialType::PersonalAccessToken
    )
    .then(|| ModifyTarget {
        key: format!("federate:{}", credential.id),
        sentence: format!("Replace “{}” by OIDC federation", credential.label),
        before: format!(
            "{} {}",
            credential.credential_type.label(),
            credential.reference
        )
        .trim()
        .to_owned(),
        after: "OIDC federation, nothing stored".to_owned(),
    })
}

/// Narrows a trust to what was really seen; absent where that is unknown or already so.
pub fn narrow_trust(trust: &Trust) -> Option<ModifyTarget> {
    let tightest = trust
        .tightest
        .as_ref()
        .filter(|tightest| **tightest != trust.document)?;
    Some(ModifyTarget {
        key: format!("trust:{}", trust.id),
        sentence: format!("Narrow the trust of {} to what was seen", trust.target),
        before: trust.document.clone(),
        after: tightest.clone(),
    })
}

fn review_trust(trust: &Trust) -> ModifyTarget {
    ModifyTarget {
        key: format!("trust:{}", trust.id),
        sentence: format!("Narrow the trust of {}", trust.target),
        before: trust.document.clone(),
        after: "a narrower document, to be named in the reason".to_owned(),
    }
}

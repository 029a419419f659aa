//! Which kind an AWS call is: a table by service, then the verb.

use contract::events::EventKind;

use super::calls::CALLS;

/// Verbs that change something, where the table is silent.
const WRITES: &[&str] = &[
    "Add",
    "Allocate",
    "Apply",
    "Associate",
    "Attach",
    "Authorize",
    "Cancel",
    "Copy",
    "Create",
    "Delete",
    "Deregister",
    "Detach",
    "Disable",
    "Disassociate",
    "Enable",
    "Enter",
    "Import",
    "Invite",
    "Leave",
    "Modify",
    "Move",
    "Put",
    "Register",
    "Release",
    "Remove",
    "Replace",
    "Reset",
    "Restore",
    "Revoke",
    "Set",
    "Start",
    "Stop",
    "Tag",
    "Terminate",
    "Untag",
    "Update",
    "Upload",
];

/// A call's name without the API version some services append (`UpdateFunctionCode20150331v2`).
pub(super) fn bare(name: &str) -> &str {
    let Some(at) = name.find(|c: char| c.is_ascii_digit()) else {
        return name;
    };
    let tail = &name[at..];
    let dated = tail.len() >= 8
        && tail.starts_with("20")
        && tail.bytes().take(8).all(|byte| byte.is_ascii_digit());
    if dated && at > 0 { &name[..at] } else { name }
}

/// Tells the kind of a call that was not refused.
pub(super) fn kind(service: &str, name: &str, read_only: Option<bool>) -> EventKind {
    let listed = CALLS.iter().find(|(of, _, calls)| {
        *of == service && calls.split(' ').any(|call| matches_call(call, name))
    });
    if let Some((_, kind, _)) = listed {
        return *kind;
    }
    // Data and telemetry calls write too, but configure nothing.
    let data = matches!(
        name,
        "PutObject"
            | "CopyObject"
            | "DeleteObject"
            | "DeleteObjects"
            | "CreateLogStream"
            | "PutLogEvents"
            | "SendHeartbeat"
            | "PutInventory"
            | "PutComplianceItems"
            | "CreateControlChannel"
    );
    let writes = WRITES.iter().any(|verb| {
        name.strip_prefix(verb).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase())
        })
    });
    if writes && !data && read_only != Some(true) {
        EventKind::ConfigurationChange
    } else {
        EventKind::Other
    }
}

/// One `*` stands for anything.
fn matches_call(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, tail)) => {
            name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        }
    }
}

/// Calls of the parameter store that read values, secret ones only when they decrypt.
pub(super) fn reads_parameters(name: &str) -> bool {
    matches!(
        name,
        "GetParameter" | "GetParameters" | "GetParametersByPath" | "GetParameterHistory"
    )
}

/// Calls by which somebody proves who they are: a refusal there is about the token, not the permission.
pub(super) fn is_sign_in(service: &str, name: &str) -> bool {
    match service {
        "sts" => matches!(name, "AssumeRoleWithWebIdentity" | "AssumeRoleWithSAML"),
        "signin" => matches!(
            name,
            "ConsoleLogin" | "CheckMfa" | "ExternalIdPDirectoryLogin" | "CredentialVerification"
        ),
        "rolesanywhere" => name == "CreateSession",
        "sso" | "sso-oauth" => matches!(name, "Authenticate" | "CreateToken"),
        _ => false,
    }
}

/// Refusals for want of permission.
pub(super) fn is_denial(code: &str) -> bool {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "UnauthorizedAccess"
            | "Unauthorized"
            | "NotAuthorized"
            | "NotAuthorizedException"
            | "AuthorizationError"
            | "OptInRequired"
            | "Forbidden"
            | "OperationNotPermitted"
    ) || code.ends_with("AccessDenied")
        || code.ends_with("AccessDeniedException")
}

/// Refusals for a credential that is unknown, wrong or expired.
pub(super) fn is_bad_token(code: &str) -> bool {
    let code = code.strip_prefix("Client.").unwrap_or(code);
    matches!(
        code,
        "InvalidClientTokenId"
            | "CloudTrailInvalidClientTokenIdException"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "TokenRefreshRequired"
            | "InvalidAccessKeyId"
            | "InvalidIdentityToken"
            | "InvalidIdentityTokenException"
            | "IDPRejectedClaim"
            | "IDPCommunicationError"
            | "AuthFailure"
            | "IncompleteSignature"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "InvalidToken"
    )
}

#[cfg(test)]
mod tests {
    use EventKind::{
        ConfigurationChange, CredentialAssumption, CredentialChange, Deployment, Other,
        PermissionChange, SecretAccess, TrustChange,
    };

    use super::*;

    #[test]
    fn calls_are_told_by_service_and_name() {
        for (service, name, expected) in [
            ("sts", "AssumeRoleWithWebIdentity", CredentialAssumption),
            ("secretsmanager", "BatchGetSecretValue", SecretAccess),
            ("kms", "Decrypt", SecretAccess),
            ("iam", "CreateAccessKey", CredentialChange),
            ("iam", "UpdateAssumeRolePolicy", TrustChange),
            ("iam", "CreateOpenIDConnectProvider", TrustChange),
            ("iam", "AttachRolePolicy", PermissionChange),
            ("iam", "PutUserPolicy", PermissionChange),
            ("ecs", "UpdateService", Deployment),
            ("lambda", "UpdateFunctionCode", Deployment),
            ("codedeploy", "CreateDeployment", Deployment),
            ("cloudtrail", "StopLogging", ConfigurationChange),
            ("ec2", "DescribeInstances", Other),
            ("nova", "Frobnicate", Other),
            ("nova", "Startle", Other),
        ] {
            assert_eq!(kind(service, name, None), expected, "{service} {name}");
        }
    }

    #[test]
    fn api_versions_are_cut_off() {
        assert_eq!(bare("UpdateFunctionCode20150331v2"), "UpdateFunctionCode");
        assert_eq!(bare("AssumeRole"), "AssumeRole");
        assert_eq!(bare("Get2FA"), "Get2FA");
    }
}

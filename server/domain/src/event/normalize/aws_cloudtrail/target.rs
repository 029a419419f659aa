//! What a CloudTrail call was done to: the one name a reader looks for, from whichever field holds it.

use contract::events::EventKind;

use crate::event::Event;
use crate::event::json::Value;
use crate::event::read::{clean, path, scalar, text};

/// Request parameters that name the object, most telling first.
const NAMES: &[&str] = &[
    "secretId",
    "roleArn",
    "roleName",
    "userName",
    "functionName",
    "service",
    "stackName",
    "deploymentGroupName",
    "applicationName",
    "repositoryName",
    "openIDConnectProviderArn",
    "sAMLProviderArn",
    "trailName",
    "bucketName",
    "instanceId",
    "dBInstanceIdentifier",
    "groupName",
    "instanceProfileName",
    "policyArn",
    "policyName",
    "projectName",
    "pipelineName",
    "family",
    "keyId",
    "name",
    "path",
    "url",
];

/// Names the target; `None` when the record names nothing.
pub(super) fn target(record: &Value<'_>, event: &Event) -> Option<String> {
    let request = path(record, &["requestParameters"]);
    if event.action.starts_with("AssumeRole") {
        return event.role.clone();
    }
    if matches!(
        event.kind,
        EventKind::SecretAccess | EventKind::AuthorizationFailure
    ) && let Some(secret) = request.and_then(secret)
    {
        return Some(secret);
    }
    request
        .and_then(|request| NAMES.iter().find_map(|name| text(request, &[name])))
        .or_else(|| text(record, &["responseElements", "accessKey", "userName"]))
        .or_else(|| resource(record))
        .or_else(|| denied_resource(record))
}

/// The secret a request reads: an id, a list of them, a parameter, or what a decryption was for.
fn secret(request: &Value<'_>) -> Option<String> {
    let list = |key: &str| {
        let names: Vec<String> = path(request, &[key])?
            .as_array()?
            .iter()
            .filter_map(scalar)
            .collect();
        (!names.is_empty()).then(|| clean(&names.join(", ")))
    };
    let filters = || {
        let values: Vec<String> = path(request, &["filters"])?
            .as_array()?
            .iter()
            .filter_map(|filter| filter.get("values")?.as_array())
            .flatten()
            .filter_map(scalar)
            .collect();
        (!values.is_empty()).then(|| clean(&format!("filter: {}", values.join(", "))))
    };
    text(request, &["secretId"])
        .or_else(|| list("secretIdList"))
        .or_else(|| list("names"))
        .or_else(|| text(request, &["encryptionContext", "SecretARN"]))
        .or_else(|| text(request, &["encryptionContext", "PARAMETER_ARN"]))
        .or_else(filters)
}

fn resource(record: &Value<'_>) -> Option<String> {
    path(record, &["resources"])?
        .as_array()?
        .iter()
        .find_map(|resource| text(resource, &["ARN"]))
}

/// The resource named in "… is not authorized to perform: X on resource: ARN …".
fn denied_resource(record: &Value<'_>) -> Option<String> {
    let message = text(record, &["errorMessage"])?;
    let (_, rest) = message.split_once(" on resource: ")?;
    rest.split_whitespace()
        .next()
        .filter(|name| name.starts_with("arn:"))
        .map(str::to_owned)
}

//! Who acted in a CloudTrail record, and what sort of thing that is.

use crate::event::json::Value;
use crate::event::read::{path, text};
use crate::event::{ActorNature, Event, selectors, subject};

/// Issuers whose tokens people and apps carry, not pipelines.
const PEOPLE_ISSUERS: &[&str] = &[
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
];

/// Fills actor, principal, issuer, subject, the role held and the actor's nature.
pub(super) fn apply(record: &Value<'_>, event: &mut Event) {
    let identity = path(record, &["userIdentity"]);
    let who = |keys: &[&str]| identity.and_then(|found| text(found, keys));
    event.joins.access_key = who(&["accessKeyId"]);
    let arn = who(&["arn"]);
    match who(&["type"]).as_deref() {
        Some("WebIdentityUser") => web_identity(record, event),
        Some("AWSService") => {
            event.actor = who(&["invokedBy"]).or_else(|| text(record, &["sourceIPAddress"]));
            event.joins.actor_nature = ActorNature::Platform;
        }
        Some("Root") => {
            event.actor = Some("root".to_owned());
            event.principal = arn;
            event.joins.actor_nature = ActorNature::Person;
        }
        Some("AssumedRole") => {
            event.role = who(&["sessionContext", "sessionIssuer", "arn"])
                .or_else(|| selectors::role_of_session(arn.as_deref()?));
            event.actor = session_name(arn.as_deref())
                .or_else(|| who(&["sessionContext", "sessionIssuer", "userName"]))
                .or_else(|| who(&["principalId"]));
            event.principal = arn.or_else(|| who(&["principalId"]));
            event.joins.actor_nature = role_nature(record, event);
        }
        Some("AWSAccount") => {
            event.actor = arn
                .clone()
                .or_else(|| who(&["principalId"]))
                .or_else(|| who(&["accountId"]));
            event.principal = arn;
        }
        Some("SAMLUser") => {
            event.actor = who(&["userName"]).or_else(|| who(&["principalId"]));
            event.principal = who(&["principalId"]);
            event.joins.actor_nature = ActorNature::Person;
        }
        kind => {
            event.actor = who(&["userName"])
                .or_else(|| {
                    arn.as_deref()
                        .map(|arn| arn.rsplit(['/', ':']).next().unwrap_or(arn).to_owned())
                })
                .or_else(|| who(&["invokedBy"]))
                .or_else(|| who(&["principalId"]));
            event.principal = arn.or_else(|| who(&["principalId"]));
            if kind == Some("IAMUser") {
                event.joins.actor_nature = user_nature(record, event);
            }
        }
    }
}

/// `principalId` is `<provider ARN>:<audience>:<subject>`; `userName` is the subject alone.
fn web_identity(record: &Value<'_>, event: &mut Event) {
    let who = |key: &str| text(record, &["userIdentity", key]);
    let provider =
        who("identityProvider").or_else(|| text(record, &["responseElements", "provider"]));
    let principal = who("principalId");
    let provider = provider.or_else(|| {
        let rest = principal.as_deref()?;
        let at = rest.find(":oidc-provider/")? + ":oidc-provider/".len();
        let end = rest[at..].find(':').map_or(rest.len(), |end| at + end);
        Some(rest[..end].to_owned())
    });
    let name = who("userName")
        .or_else(|| text(record, &["responseElements", "subjectFromWebIdentityToken"]));
    let subject = name.or_else(|| {
        let rest = principal
            .as_deref()?
            .strip_prefix(provider.as_deref()?)?
            .strip_prefix(':')?;
        rest.split_once(':').map(|(_, subject)| subject.to_owned())
    });
    event.issuer = provider.map(|provider| {
        let host = provider
            .rsplit_once(":oidc-provider/")
            .map_or(provider.as_str(), |(_, host)| host);
        if host.starts_with("https://") {
            host.to_owned()
        } else {
            format!("https://{host}")
        }
    });
    event.actor.clone_from(&subject);
    event.subject = subject;
    event.principal = principal;
    let issuer = event.issuer.as_deref().unwrap_or_default();
    event.joins.actor_nature = if PEOPLE_ISSUERS
        .iter()
        .any(|host| issuer.strip_prefix("https://") == Some(*host))
    {
        ActorNature::Person
    } else if subject::platform(issuer).is_some() {
        ActorNature::Pipeline
    } else {
        ActorNature::Unknown
    };
}

fn session_name(arn: Option<&str>) -> Option<String> {
    let tail = arn?.split_once(":assumed-role/")?.1;
    tail.split_once('/')
        .map(|(_, session)| session.to_owned())
        .filter(|session| !session.is_empty())
}

/// A role session is a person's when single sign-on issued it, its name is an address, or a console drove it.
fn role_nature(record: &Value<'_>, event: &Event) -> ActorNature {
    let role = event.role.as_deref().unwrap_or_default();
    let session = event.actor.as_deref().unwrap_or_default();
    if role.contains("/aws-service-role/") || role.contains("/AWSServiceRoleFor") {
        return ActorNature::Platform;
    }
    if role.contains("AWSReservedSSO_") || session.contains('@') || interactive(record, event) {
        return ActorNature::Person;
    }
    ActorNature::Program
}

/// An IAM user is a program's when a long-lived key signed the call and nothing speaks for a person.
fn user_nature(record: &Value<'_>, event: &Event) -> ActorNature {
    let long_lived = event
        .joins
        .access_key
        .as_deref()
        .is_some_and(|key| key.starts_with("AKIA"));
    if interactive(record, event) {
        ActorNature::Person
    } else if long_lived {
        ActorNature::Program
    } else {
        ActorNature::Unknown
    }
}

/// Multi-factor authentication, a console or a browser.
fn interactive(record: &Value<'_>, event: &Event) -> bool {
    let attributes = ["userIdentity", "sessionContext", "attributes"];
    let mfa = path(record, &attributes).and_then(|found| text(found, &["mfaAuthenticated"]));
    let agent = event.joins.agent.as_deref().unwrap_or_default();
    mfa.as_deref() == Some("true")
        || text(record, &["eventType"])
            .is_some_and(|kind| kind == "AwsConsoleSignIn" || kind == "AwsConsoleAction")
        || text(record, &["sessionCredentialFromConsole"]).as_deref() == Some("true")
        || [
            "console.amazonaws.com",
            "signin.amazonaws.com",
            "console.aws.amazon.com",
        ]
        .iter()
        .any(|name| agent.contains(name))
        || agent.starts_with("Mozilla/")
        || agent.starts_with("[S3Console/")
        || agent.starts_with("AWS Internal")
}

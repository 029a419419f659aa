//! CloudTrail records: a token is changed for a session, and each later call carries the session's key.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::demo::dice::Dice;
use crate::demo::outside::REGION;

/// Who calls, with what.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub account: &'static str,
    pub identity: Value,
    pub address: String,
    pub agent: &'static str,
}

/// Agent of a pipeline's calls.
pub(super) const ACTION_AGENT: &str = "configure-aws-credentials-for-github-actions";
/// Agent of a service's calls.
pub(super) const SERVICE_AGENT: &str = "aws-sdk-rust/1.8 os/linux lang/rust/1.84";

/// A call with its parameters.
pub(super) struct Call<'a> {
    pub service: &'a str,
    pub name: &'a str,
    pub read_only: bool,
    pub request: Value,
    pub response: Value,
}

/// A record of a call.
pub(super) fn record(
    at: DateTime<Utc>,
    by: &Caller,
    call: Call<'_>,
    dice: &mut Dice,
) -> Map<String, Value> {
    let management = !matches!(call.name, "PutObject" | "GetObject");
    Map::from_iter([
        ("eventVersion".to_owned(), json!("1.10")),
        ("userIdentity".to_owned(), by.identity.clone()),
        (
            "eventTime".to_owned(),
            json!(at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ),
        (
            "eventSource".to_owned(),
            json!(format!("{}.amazonaws.com", call.service)),
        ),
        ("eventName".to_owned(), json!(call.name)),
        ("awsRegion".to_owned(), json!(REGION)),
        ("sourceIPAddress".to_owned(), json!(by.address)),
        ("userAgent".to_owned(), json!(by.agent)),
        ("requestParameters".to_owned(), call.request),
        ("responseElements".to_owned(), call.response),
        ("requestID".to_owned(), json!(dice.guid())),
        ("eventID".to_owned(), json!(dice.guid())),
        ("readOnly".to_owned(), json!(call.read_only)),
        ("eventType".to_owned(), json!("AwsApiCall")),
        ("managementEvent".to_owned(), json!(management)),
        ("recipientAccountId".to_owned(), json!(by.account)),
        (
            "eventCategory".to_owned(),
            json!(if management { "Management" } else { "Data" }),
        ),
    ])
}

/// The same record, refused.
pub(super) fn denied(mut record: Map<String, Value>, message: &str) -> Value {
    record.insert("errorCode".to_owned(), json!("AccessDenied"));
    record.insert("errorMessage".to_owned(), json!(message));
    record.insert("responseElements".to_owned(), Value::Null);
    Value::Object(record)
}

/// A token presented for a role.
pub(super) struct Token<'a> {
    pub account: &'static str,
    /// Host of the issuer.
    pub issuer: &'a str,
    pub subject: &'a str,
    pub role: &'a str,
    pub session: &'a str,
    pub address: &'a str,
}

impl Token<'_> {
    fn provider(&self) -> String {
        format!(
            "arn:aws:iam::{}:oidc-provider/{}",
            self.account, self.issuer
        )
    }

    fn caller(&self) -> Caller {
        let provider = self.provider();
        Caller {
            account: self.account,
            identity: json!({"type": "WebIdentityUser",
                "principalId": format!("{provider}:sts.amazonaws.com:{}", self.subject),
                "userName": self.subject, "identityProvider": provider}),
            address: self.address.to_owned(),
            agent: ACTION_AGENT,
        }
    }

    fn call(&self, response: Value) -> Call<'static> {
        Call {
            service: "sts",
            name: "AssumeRoleWithWebIdentity",
            read_only: true,
            request: json!({"roleArn": self.role, "roleSessionName": self.session, "durationSeconds": 3600}),
            response,
        }
    }

    /// It is refused.
    pub fn refused(&self, at: DateTime<Utc>, dice: &mut Dice) -> Value {
        let record = record(at, &self.caller(), self.call(Value::Null), dice);
        denied(
            record,
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        )
    }

    /// It is taken: the record, and who calls from now on.
    pub fn taken(&self, at: DateTime<Utc>, dice: &mut Dice) -> (Value, Caller) {
        let name = self.role.rsplit('/').next().unwrap_or(self.role);
        let key = dice.key("ASIA");
        let id = format!("{}:{}", role_id(self.role), self.session);
        let arn = format!(
            "arn:aws:sts::{}:assumed-role/{name}/{}",
            self.account, self.session
        );
        let response = json!({"subjectFromWebIdentityToken": self.subject, "audience": "sts.amazonaws.com",
            "provider": self.provider(), "assumedRoleUser": {"assumedRoleId": id, "arn": arn},
            "credentials": {"accessKeyId": key, "sessionToken": dice.word(48),
                "expiration": (at + chrono::TimeDelta::hours(1)).to_rfc3339_opts(SecondsFormat::Secs, true)}});
        let mut record = record(at, &self.caller(), self.call(response), dice);
        record.insert(
            "resources".to_owned(),
            json!([{"accountId": self.account, "type": "AWS::IAM::Role", "ARN": self.role}]),
        );
        let session = Session {
            account: self.account,
            role: self.role,
            name: self.session,
            key: &key,
            at,
        };
        let mut caller = session.caller(self.address, "aws-cli/2.22.7 exec-env/GitHub_Actions");
        caller.identity["sessionContext"]["webIdFederationData"] =
            json!({"federatedProvider": self.provider(), "attributes": {}});
        (Value::Object(record), caller)
    }
}

/// A role session.
pub(super) struct Session<'a> {
    pub account: &'static str,
    pub role: &'a str,
    pub name: &'a str,
    pub key: &'a str,
    pub at: DateTime<Utc>,
}

impl Session<'_> {
    /// Who calls within it.
    pub fn caller(&self, address: &str, agent: &'static str) -> Caller {
        let name = self.role.rsplit('/').next().unwrap_or(self.role);
        let id = role_id(self.role);
        Caller {
            account: self.account,
            identity: json!({"type": "AssumedRole", "principalId": format!("{id}:{}", self.name),
                "arn": format!("arn:aws:sts::{}:assumed-role/{name}/{}", self.account, self.name),
                "accountId": self.account, "accessKeyId": self.key,
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "principalId": id, "arn": self.role,
                        "accountId": self.account, "userName": name},
                    "attributes": {"creationDate": self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
                        "mfaAuthenticated": "false"}}}),
            address: address.to_owned(),
            agent,
        }
    }
}

fn role_id(role: &str) -> String {
    Dice::of(role, 40).key("AROA")
}

/// An IAM user with a long-lived key.
pub(super) fn user(account: &'static str, arn: &str, key: &str, address: &str) -> Caller {
    let name = arn.rsplit('/').next().unwrap_or(arn);
    Caller {
        account,
        identity: json!({"type": "IAMUser", "principalId": Dice::of(arn, 41).key("AIDA"), "arn": arn,
            "accountId": account, "accessKeyId": key, "userName": name}),
        address: address.to_owned(),
        agent: SERVICE_AGENT,
    }
}

/// A person signed in through single sign-on.
pub(super) fn person(
    account: &'static str,
    email: &str,
    at: DateTime<Utc>,
    dice: &mut Dice,
) -> Caller {
    let role = format!(
        "arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/{REGION}/AWSReservedSSO_AdministratorAccess_4c1f0b7a9d2e6358"
    );
    let key = dice.key("ASIA");
    let session = Session {
        account,
        role: &role,
        name: email,
        key: &key,
        at,
    };
    let mut caller = session.caller("198.51.100.7", "aws-cli/2.22.7 os/macos");
    caller.identity["sessionContext"]["attributes"]["mfaAuthenticated"] = json!("true");
    caller
}

//! A short, deterministic run of what the fuzz targets do: a record of every format, broken at random places.

use contract::events::EventFormat;

use super::cut::cut;
use super::read::read;

/// A record of each format, with the fields its reader looks at.
fn seed(format: EventFormat) -> &'static str {
    match format {
        EventFormat::GithubAudit => {
            r#"{"@timestamp":1785578400000,"_document_id":"a","action":"workflows.created_workflow_run","actor":"alice","repo":"acme/app","org":"acme","workflow_run_id":7,"head_branch":"main","event":"push","data":{"secrets_passed":["K"],"runner_labels":["x"]}}"#
        }
        EventFormat::GithubWebhook => {
            r#"{"action":"completed","workflow_run":{"id":7,"head_branch":"main","head_sha":"abc","conclusion":"success","path":".github/workflows/a.yml","actor":{"login":"alice"},"updated_at":"2026-08-01T10:00:00Z"},"repository":{"full_name":"acme/app","id":2,"owner":{"login":"acme","id":1}},"sender":{"login":"alice"}}"#
        }
        EventFormat::GitlabAudit => {
            r#"{"id":"1","author_id":5,"entity_id":2,"entity_type":"Project","details":{"custom_message":"Changed","author_name":"alice","target_id":2,"entity_path":"acme/app","event_name":"x"},"created_at":"2026-08-01T10:00:00.000Z"}"#
        }
        EventFormat::GitlabWebhook => {
            r#"{"object_kind":"pipeline","object_attributes":{"id":7,"ref":"main","tag":false,"sha":"abc","status":"success","source":"push","created_at":"2026-08-01 10:00:00 UTC"},"user":{"username":"alice"},"project":{"path_with_namespace":"acme/app","id":2},"builds":[{"id":1,"name":"deploy","environment":{"name":"production"}}]}"#
        }
        EventFormat::AwsCloudtrail => {
            r#"{"eventVersion":"1.08","eventID":"e","eventTime":"2026-08-01T10:00:00Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRoleWithWebIdentity","userIdentity":{"type":"WebIdentityUser","principalId":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:acme/app:ref:refs/heads/main","userName":"repo:acme/app:ref:refs/heads/main","identityProvider":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"},"requestParameters":{"roleArn":"arn:aws:iam::1:role/deploy","roleSessionName":"ci"},"responseElements":{"credentials":{"accessKeyId":"ASIAX"}},"sourceIPAddress":"10.0.0.1"}"#
        }
        EventFormat::Entra => {
            r#"{"time":"2026-08-01T10:01:00.1234567Z","category":"ServicePrincipalSignInLogs","operationName":"Sign-in activity","resultType":"0","properties":{"id":"s","appId":"a","servicePrincipalName":"d","federatedCredentialId":"f","ipAddress":"10.0.0.1"}}"#
        }
        EventFormat::AzureActivity => {
            r#"{"time":"2026-08-01T10:01:00Z","resourceId":"/SUBSCRIPTIONS/1/X","operationName":"MICROSOFT.X/WRITE","category":"Administrative","resultType":"Success","correlationId":"c","identity":{"claims":{"appid":"a"}},"callerIpAddress":"10.0.0.1"}"#
        }
        EventFormat::AzureDevopsAudit => {
            r#"{"Id":"1","CorrelationId":"c","ActionId":"Release.DeploymentCompleted","ActorUPN":"a@x","ActorUserId":"u","Timestamp":"2026-08-01T10:00:00Z","ProjectName":"p","Data":{"PipelineName":"x","StageName":"prod"}}"#
        }
        EventFormat::GcpAudit => {
            r#"{"insertId":"i","timestamp":"2026-08-01T10:00:00Z","logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","methodName":"google.identity.sts.v1.SecurityTokenService.ExchangeToken","serviceName":"sts.googleapis.com","authenticationInfo":{"principalSubject":"principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/repo:acme/app:ref:refs/heads/main"},"status":{},"metadata":{"mapped_principal":"x"}}}"#
        }
        EventFormat::VaultAudit => {
            r#"{"time":"2026-08-01T10:00:00Z","type":"response","auth":{"display_name":"jwt-x","accessor":"a","metadata":{"role":"deploy"},"entity_id":"e"},"request":{"id":"r","operation":"update","path":"auth/jwt/login","mount_type":"jwt"},"response":{"auth":{"accessor":"b"}}}"#
        }
        EventFormat::KubernetesAudit => {
            r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","verb":"create","user":{"username":"system:serviceaccount:ns:name"},"objectRef":{"resource":"deployments","namespace":"ns","name":"app","apiGroup":"apps"},"responseStatus":{"code":201},"requestReceivedTimestamp":"2026-08-01T10:00:00.000000Z"}"#
        }
        EventFormat::OktaSystemLog => {
            r#"{"uuid":"u","published":"2026-08-01T10:00:00.000Z","eventType":"app.oauth2.token.grant","outcome":{"result":"SUCCESS"},"actor":{"id":"a","type":"PublicClientApp","displayName":"d"},"target":[{"id":"t","type":"AppInstance"}],"client":{"ipAddress":"10.0.0.1"}}"#
        }
        EventFormat::Rollcall => {
            r#"{"action":"a","occurred_at":"2026-08-01T10:00:00Z","vendor_id":"1","actor":"x","outcome":"success","subject":"repo:acme/app:pull_request"}"#
        }
    }
}

const PIECES: [&str; 18] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "null",
    "true",
    "-1e309",
    "\\u0000",
    "\n",
    "payload=%7B",
    "\u{feff}",
    "2026-13-45T99:99:99Z",
    "repo:@/@:",
    "[[[[",
    "\u{202e}",
];

/// Xorshift: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(most.max(1)).unwrap()).unwrap()
    }

    /// Breaks a text at one to four places.
    fn broken(&mut self, seed: &str) -> String {
        let mut text = seed.to_owned();
        for _ in 0..=self.below(3) {
            let at = (0..=self.below(text.len()))
                .rev()
                .find(|at| text.is_char_boundary(*at))
                .unwrap();
            let end = (at..=text.len())
                .skip(self.below(12))
                .find(|end| text.is_char_boundary(*end))
                .unwrap_or(text.len());
            match self.below(5) {
                0 => text.truncate(at),
                1 => text.replace_range(at..end, ""),
                2 => {
                    let part = text[at..end].repeat(3);
                    text.insert_str(at, &part);
                }
                // A value of another kind in the place of a text, so that it stays JSON.
                3 => text = text.replacen("\":\"", "\":[{}],\"x\":\"", 1 + self.below(3)),
                _ => text.insert_str(at, PIECES[self.below(PIECES.len())]),
            }
        }
        text
    }
}

#[test]
fn broken_records_of_every_format_come_back() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let started = std::time::Instant::now();
    for format in EventFormat::ALL {
        let whole = seed(*format);
        assert!(
            serde_json::from_str::<serde_json::Value>(whole).is_ok(),
            "{format}"
        );
        for _ in 0..400 {
            let text = dice.broken(whole);
            read(format.as_str(), text.as_bytes());
            cut(text.as_bytes());
        }
    }
    // Several records, whole and broken, in one delivery.
    for _ in 0..400 {
        let many: Vec<String> = (0..dice.below(6))
            .map(|_| {
                let format = EventFormat::ALL[dice.below(EventFormat::ALL.len())];
                dice.broken(seed(format))
            })
            .collect();
        let glue = ["", "\n", "\r\n", ","][dice.below(4)];
        cut(many.join(glue).as_bytes());
        cut(format!("[{}]", many.join(",")).as_bytes());
    }
    assert!(
        started.elapsed() < std::time::Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
}

//! Google Cloud, Vault, Kubernetes, Okta, and senders of your own.

use super::{How, TOKEN, post, vector_sink};

pub(super) fn google(url: &str) -> Vec<How> {
    let pull = format!(
        "gcloud logging read 'logName:\"cloudaudit.googleapis.com\"' --organization ORG_ID \\\n\
         \x20 --freshness 1h --limit 5000 --format json |\n\
         \x20 {}",
        post(url)
    );
    let subscription = "gcloud logging sinks create rollcall pubsub.googleapis.com/projects/PROJECT/topics/rollcall \\\n\
         \x20 --organization ORG_ID --include-children --log-filter 'logName:\"cloudaudit.googleapis.com\"'"
        .to_owned();
    let drain = format!(
        "[sources.audit]\n\
         type = \"gcp_pubsub\"\n\
         project = \"PROJECT\"\n\
         subscription = \"rollcall\"\n\
         \n\
         {}",
        vector_sink("audit", url)
    );
    vec![
        How::new(
            "Turn data access logs on",
            "IAM, Audit logs: Data Read for the Security Token Service, Service Account Credentials and Secret Manager. Without them nobody sees which pipeline became which service account.",
        ),
        How::new(
            "Send the logs to a topic",
            "One sink for the whole organisation, and a subscription of the topic.",
        )
        .with("google-sink", subscription, "needs gcloud"),
        How::new(
            "Forward the subscription",
            "Vector pulls it and posts what it gets. Or let Pub/Sub push: choose Google's token as the proof, and this page shows how.",
        )
        .with("google-vector", drain, "vector.toml"),
        How::new(
            "Or ask for them",
            "Asking for more than was missed costs nothing.",
        )
        .with("google-pull", pull, "needs gcloud and curl"),
    ]
}

pub(super) fn vault(url: &str) -> Vec<How> {
    let forward = format!(
        "[sources.audit]\n\
         type = \"file\"\n\
         include = [\"/var/log/vault/audit.log\"]\n\
         \n\
         {}",
        vector_sink("audit", url)
    );
    vec![
        How::new(
            "Enable an audit device",
            "Values stay hashed: leave log_raw off. The accessors of tokens are needed to tell which login a read belongs to, so leave hmac_accessor on; the same device hashes them alike.",
        )
        .with(
            "vault-enable",
            "vault audit enable file file_path=/var/log/vault/audit.log".to_owned(),
            "or bao audit enable",
        ),
        How::new(
            "Forward it",
            "Vault stops answering when it cannot write to any audit device, so let it write a file and forward that, and never make Rollcall its only device.",
        )
        .with("vault-vector", forward, "vector.toml, on each node"),
    ]
}

pub(super) fn kubernetes(url: &str) -> Vec<How> {
    let policy = "apiVersion: audit.k8s.io/v1\n\
         kind: Policy\n\
         omitStages: [RequestReceived]\n\
         rules:\n\
         - level: Metadata\n\
         \x20 resources: [{group: \"\", resources: [secrets, serviceaccounts/token]}]\n\
         - level: Metadata\n\
         \x20 verbs: [create, update, patch, delete]\n\
         - level: None"
        .to_owned();
    let webhook = format!(
        "apiVersion: v1\n\
         kind: Config\n\
         clusters: [{{name: rollcall, cluster: {{server: \"{url}\"}}}}]\n\
         users: [{{name: rollcall, user: {{token: \"{TOKEN}\"}}}}]\n\
         contexts: [{{name: rollcall, context: {{cluster: rollcall, user: rollcall}}}}]\n\
         current-context: rollcall"
    );
    vec![
        How::new(
            "Say what is logged",
            "Metadata is enough: bodies of secrets must not leave the cluster.",
        )
        .with("kubernetes-policy", policy, "--audit-policy-file"),
        How::new(
            "Send it",
            "The API server posts its own batches. Put the token itself into the file: it does not read the environment.",
        )
        .with("kubernetes-webhook", webhook, "--audit-webhook-config-file"),
        How::new(
            "On a managed cluster",
            "EKS: subscribe a Firehose stream to the control plane's log group. AKS: a diagnostic setting with kube-audit-admin to an event hub. GKE: its entries are audit logs of Google Cloud.",
        ),
    ]
}

pub(super) fn okta(url: &str) -> Vec<How> {
    let pull = format!(
        "curl --fail -H \"Authorization: SSWS $OKTA_TOKEN\" \\\n\
         \x20 \"https://ORG.okta.com/api/v1/logs?limit=1000&since=$(date -u -d '1 hour ago' +%FT%TZ)\" |\n\
         \x20 {}",
        post(url)
    );
    let hook = format!(
        "URL                      {url}\n\
         Authentication field     Authorization\n\
         Authentication secret    Bearer {TOKEN}"
    );
    vec![
        How::new(
            "Make an event hook",
            "Workflow, Event hooks, Create event hook, then Verify: Rollcall answers Okta's challenge. Okta sends an event once more when it hears no answer in 3 seconds; it counts once.",
        )
        .with("okta-hook", hook, "what to fill in"),
        How::new(
            "Ask for the rest",
            "Not every event may be hooked, grants of tokens to service apps among them: ask the system log for those.",
        )
        .with("okta-pull", pull, "needs curl"),
    ]
}

pub(super) fn own(url: &str) -> Vec<How> {
    let send = format!(
        "curl --fail -H \"Authorization: Bearer {TOKEN}\" {url} --data-binary @- <<'EOF'\n\
         {{\"kind\":\"deployment\",\"outcome\":\"success\",\"action\":\"deploy\",\"occurred_at\":\"2026-11-20T09:44:51Z\",\"vendor_id\":\"shop-4.212.0\",\"repository\":\"acme/shop\",\"ref\":\"refs/heads/main\",\"run_id\":\"18842\",\"environment\":\"production\",\"target\":\"shop 4.212.0\"}}\n\
         EOF"
    );
    vec![
        How::new(
            "Send lines of JSON",
            "One object a line, an array, or a vendor's envelope; plain or gzip. The records of every vendor in the list of formats are recognised by their content; anything else uses Rollcall's own field names.",
        )
        .with("own-send", send, "an event of your own"),
        How::new(
            "Or sign them",
            "Standard Webhooks is taken too: webhook-id, webhook-timestamp and webhook-signature, made with the token. A sender that makes its own secret (whsec_…) has it entered under Proof. A delivery more than 5 minutes old is refused.",
        ),
        How::new(
            "Read the answer",
            "200 means it is kept. The answer counts what was new, what was seen before, and names each record that could not be read with its place and reason. Send again whenever no answer came.",
        ),
    ]
}

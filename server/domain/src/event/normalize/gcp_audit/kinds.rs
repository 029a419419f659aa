//! Which kind a Google Cloud method is, by service and the last words of its name.

use contract::events::EventKind;

use super::super::kubernetes_audit;
use super::super::verbs::{has, writes};

/// What was asked of Google Cloud.
pub(super) struct Call<'a> {
    service: &'a str,
    method: &'a str,
    resource: &'a str,
}

impl<'a> Call<'a> {
    pub(super) fn new(service: &'a str, method: &'a str, resource: Option<&'a str>) -> Self {
        Self {
            service,
            method,
            resource: resource.unwrap_or_default(),
        }
    }

    /// The last word of the method: `ExchangeToken` of the long and of the short name.
    fn verb(&self) -> &'a str {
        self.method.rsplit('.').next().unwrap_or(self.method)
    }

    /// Whether an outside token was exchanged.
    pub(super) fn exchanges(&self) -> bool {
        self.verb() == "ExchangeToken"
    }

    /// Whether a credential of a service account was asked for.
    pub(super) fn impersonates(&self) -> bool {
        matches!(
            self.verb(),
            "GenerateAccessToken"
                | "GenerateIdToken"
                | "SignJwt"
                | "SignBlob"
                | "signJwt"
                | "signBlob"
        )
    }

    /// The kind of a refused call: 16 is UNAUTHENTICATED, 7 PERMISSION_DENIED; a refused exchange is a refused token.
    pub(super) fn refused(&self, code: Option<i64>) -> EventKind {
        if self.exchanges() {
            return EventKind::AuthenticationFailure;
        }
        match code {
            Some(16) => EventKind::AuthenticationFailure,
            Some(0 | 7) | None => EventKind::AuthorizationFailure,
            Some(_) => self.kind(),
        }
    }

    pub(super) fn kind(&self) -> EventKind {
        if let Some(rest) = self.method.strip_prefix("io.k8s.") {
            return kubernetes(rest);
        }
        let verb = self.verb();
        if self.exchanges() || self.impersonates() {
            return EventKind::CredentialAssumption;
        }
        if matches!(
            verb,
            "AccessSecretVersion" | "Decrypt" | "AsymmetricDecrypt" | "RawDecrypt"
        ) {
            return EventKind::SecretAccess;
        }
        let lower = self.method.to_ascii_lowercase();
        if lower.ends_with("setiampolicy") || lower.ends_with("setiampermissions") {
            // Who may become a service account is trust; anything else is permission.
            return if self.resource.contains("/serviceAccounts/") {
                EventKind::TrustChange
            } else {
                EventKind::PermissionChange
            };
        }
        if !changes(verb) {
            return EventKind::Other;
        }
        if has(
            &lower,
            &[
                "workloadidentitypool",
                "workforcepool",
                "workforceprovider",
                "ssoprofile",
                "identityprovider",
                "samlprovider",
                "oidcprovider",
            ],
        ) {
            return EventKind::TrustChange;
        }
        if has(
            &lower,
            &[
                "serviceaccountkey",
                "apikey",
                "hmackey",
                "sshpublickey",
                "clientauthconfig",
            ],
        ) || self.service.starts_with("secretmanager")
            || self.service.starts_with("apikeys")
            || self.service.starts_with("cloudkms") && has(&lower, &["cryptokey", "import"])
        {
            return EventKind::CredentialChange;
        }
        if has(
            &lower,
            &[
                "serviceaccount",
                "createrole",
                "updaterole",
                "deleterole",
                "undeleterole",
                "denypolic",
                "projectownershipinvite",
                "membership",
            ],
        ) {
            return EventKind::PermissionChange;
        }
        if lower.ends_with("approverollout") || lower.ends_with("approvebuild") {
            return EventKind::DeploymentApproval;
        }
        if self.service.starts_with("cloudbuild")
            && has(
                &lower,
                &[
                    "createbuild",
                    "retrybuild",
                    "runbuildtrigger",
                    "cancelbuild",
                ],
            )
        {
            return EventKind::PipelineRun;
        }
        if self.deploys(&lower) {
            return EventKind::Deployment;
        }
        EventKind::ConfigurationChange
    }

    fn deploys(&self, lower: &str) -> bool {
        let of =
            |service: &str, words: &[&str]| self.service.starts_with(service) && has(lower, words);
        of(
            "run.",
            &[
                "createservice",
                "replaceservice",
                "updateservice",
                "createjob",
                "replacejob",
                "runjob",
            ],
        ) || of(
            "clouddeploy",
            &[
                "createrelease",
                "createrollout",
                "advancerollout",
                "rollbacktarget",
            ],
        ) || of("cloudfunctions", &["createfunction", "updatefunction"])
            || of("appengine", &["createversion", "updateservice"])
            || of(
                "deploymentmanager",
                &[
                    "deployments.insert",
                    "deployments.update",
                    "deployments.patch",
                    "deployments.delete",
                ],
            )
            || of("config.", &["createdeployment", "updatedeployment"])
    }
}

/// `compute.instances.insert` says the change last; `google.iam.admin.v1.CreateRole` in front of the last word.
fn changes(verb: &str) -> bool {
    writes(verb)
        || has(
            &verb.to_ascii_lowercase(),
            &["created", "updated", "deleted", "sendcommand"],
        )
}

/// `core.v1.pods.exec.create`: group, version, resource, perhaps a subresource, verb.
fn kubernetes(rest: &str) -> EventKind {
    let mut parts = rest.split('.').skip_while(|part| !is_version(part)).skip(1);
    let Some(resource) = parts.next() else {
        return EventKind::Other;
    };
    let rest: Vec<&str> = parts.collect();
    match rest.as_slice() {
        [verb] => kubernetes_audit::kind(verb, resource, ""),
        [subresource, .., verb] => kubernetes_audit::kind(verb, resource, subresource),
        [] => EventKind::Other,
    }
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_have_their_kinds() {
        for (service, method, resource, expected) in [
            (
                "sts.googleapis.com",
                "google.identity.sts.v1.SecurityTokenService.ExchangeToken",
                "",
                EventKind::CredentialAssumption,
            ),
            (
                "iamcredentials.googleapis.com",
                "GenerateAccessToken",
                "",
                EventKind::CredentialAssumption,
            ),
            (
                "secretmanager.googleapis.com",
                "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion",
                "",
                EventKind::SecretAccess,
            ),
            (
                "secretmanager.googleapis.com",
                "google.cloud.secretmanager.v1.SecretManagerService.AddSecretVersion",
                "",
                EventKind::CredentialChange,
            ),
            (
                "iam.googleapis.com",
                "google.iam.admin.v1.CreateServiceAccountKey",
                "",
                EventKind::CredentialChange,
            ),
            (
                "iam.googleapis.com",
                "google.iam.admin.v1.CreateServiceAccount",
                "",
                EventKind::PermissionChange,
            ),
            (
                "iam.googleapis.com",
                "google.iam.admin.v1.SetIAMPolicy",
                "projects/-/serviceAccounts/1",
                EventKind::TrustChange,
            ),
            (
                "cloudresourcemanager.googleapis.com",
                "SetIamPolicy",
                "projects/p",
                EventKind::PermissionChange,
            ),
            (
                "iam.googleapis.com",
                "google.iam.v1.WorkloadIdentityPools.UpdateWorkloadIdentityPoolProvider",
                "",
                EventKind::TrustChange,
            ),
            (
                "cloudbuild.googleapis.com",
                "google.devtools.cloudbuild.v1.CloudBuild.CreateBuild",
                "",
                EventKind::PipelineRun,
            ),
            (
                "run.googleapis.com",
                "google.cloud.run.v1.Services.ReplaceService",
                "",
                EventKind::Deployment,
            ),
            (
                "k8s.io",
                "io.k8s.core.v1.secrets.list",
                "",
                EventKind::SecretAccess,
            ),
            (
                "k8s.io",
                "io.k8s.core.v1.pods.exec.create",
                "",
                EventKind::Other,
            ),
            ("k8s.io", "io.k8s.readyz", "", EventKind::Other),
            (
                "compute.googleapis.com",
                "v1.compute.firewalls.patch",
                "",
                EventKind::ConfigurationChange,
            ),
            (
                "storage.googleapis.com",
                "storage.objects.get",
                "",
                EventKind::Other,
            ),
        ] {
            assert_eq!(
                Call::new(service, method, Some(resource)).kind(),
                expected,
                "{method}"
            );
        }
    }
}

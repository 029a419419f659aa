//! A row about a permission.

use contract::imports::ImportProblem;

use super::{Column, column};
use crate::identity::permission;
use crate::import::fields::Fields;
use crate::import::record::Permission;

pub(super) const COLUMNS: &[Column] = &[
    column(
        "identity",
        &[
            "identity_name",
            "identity_id",
            "identity_external_id",
            "name",
        ],
    ),
    column("system", &["platform", "provider"]),
    column("action", &["permission", "role"]),
    column("resource", &["scope", "target"]),
    column("environment", &["env", "environments"]),
    column("privileged", &["is_privileged"]),
    column("granted_at", &["granted", "since"]),
    column("last_used_at", &["last_used"]),
];

pub(super) fn read(mut fields: Fields) -> Result<Permission, Vec<ImportProblem>> {
    let identity = fields.needed("identity", "whose permission it is, by name or external id");
    fields.needed("system", "the system it holds in, such as aws");
    fields.needed("action", "what it allows, such as ecs:UpdateService");
    let system = fields
        .line("system", 60)
        .map(|system| system.to_lowercase());
    let action = fields.line("action", 300);
    let resource = fields
        .line("resource", 1_000)
        .unwrap_or_else(|| "*".to_owned());
    let environment = fields.environments("environment");
    if environment.as_ref().is_some_and(|all| all.len() > 1) {
        fields.wrong(
            "environment",
            "a permission holds in one environment; write one row for each",
        );
    }
    let said = fields.flag("privileged");
    let (granted_at, last_used_at) = (fields.past("granted_at"), fields.past("last_used_at"));
    let one = identity
        .zip(system)
        .zip(action)
        .map(|((identity, system), action)| Permission {
            identity,
            privileged: said
                .unwrap_or_else(|| permission::is_privileged(&system, &action, &resource)),
            system,
            action,
            resource,
            environment: environment.and_then(|all| all.first().copied()),
            granted_at,
            last_used_at,
        });
    fields.finish(one)
}

//! GitHub token permissions, `permission:level` as workflows and apps write them.

use super::{Entry, builds, deploys, plain, strong};

pub const ENTRIES: &[Entry] = &[
    plain(
        "contents:read",
        "Read the code of {}",
        "Read the code of every repository",
    ),
    strong(
        "contents:write",
        "Push code to {}",
        "Push code to every repository",
    ),
    plain(
        "pull-requests:read",
        "Read pull requests of {}",
        "Read pull requests",
    ),
    plain(
        "pull-requests:write",
        "Open and change pull requests of {}",
        "Open and change pull requests",
    ),
    plain(
        "issues:write",
        "Open and change issues of {}",
        "Open and change issues",
    ),
    plain("checks:write", "Report checks on {}", "Report checks"),
    plain("statuses:write", "Report statuses on {}", "Report statuses"),
    builds(plain(
        "packages:write",
        "Publish packages of {}",
        "Publish any package",
    )),
    plain("packages:read", "Read packages of {}", "Read packages"),
    deploys(plain(
        "deployments:write",
        "Record deployments of {}",
        "Record deployments",
    )),
    plain(
        "id-token:write",
        "Prove to clouds that it is {}",
        "Prove to clouds who it is",
    ),
    strong(
        "actions:write",
        "Start and stop workflows of {}",
        "Start and stop any workflow",
    ),
    strong(
        "workflows:write",
        "Change the workflows of {}",
        "Change any workflow",
    ),
    strong(
        "secrets:write",
        "Change the secrets of {}",
        "Change any secret",
    ),
    strong(
        "administration:write",
        "Change the settings of {}",
        "Change any repository’s settings",
    ),
    strong(
        "members:write",
        "Change who belongs to {}",
        "Change who belongs to the organisation",
    ),
    plain(
        "members:read",
        "See who belongs to {}",
        "See who belongs to the organisation",
    ),
    strong(
        "organization_administration:write",
        "Change the settings of {}",
        "Change the organisation’s settings",
    ),
    strong(
        "repo",
        "Do anything in the repositories of {}",
        "Do anything in every repository",
    ),
    strong("admin:org", "Administer {}", "Administer the organisation"),
    strong(
        "workflow",
        "Change the workflows of {}",
        "Change any workflow",
    ),
    builds(plain(
        "write:packages",
        "Publish packages of {}",
        "Publish any package",
    )),
    plain(
        "read:org",
        "See who belongs to {}",
        "See who belongs to the organisation",
    ),
    strong(
        "delete_repo",
        "Delete the repository {}",
        "Delete any repository",
    ),
];

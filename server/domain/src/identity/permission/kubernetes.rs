//! Kubernetes rules, `verb resource`; the resource of the permission is the namespace.

use super::{Entry, deploys, plain, strong};

pub const ENTRIES: &[Entry] = &[
    strong(
        "cluster-admin",
        "Do anything in the cluster {}",
        "Do anything in the cluster",
    ),
    strong("* *", "Do anything in {}", "Do anything in the cluster"),
    deploys(strong(
        "patch deployments",
        "Deploy to {}",
        "Deploy anywhere in the cluster",
    )),
    deploys(strong(
        "update deployments",
        "Deploy to {}",
        "Deploy anywhere in the cluster",
    )),
    strong(
        "create deployments",
        "Start new workloads in {}",
        "Start new workloads anywhere",
    ),
    strong(
        "delete deployments",
        "Delete workloads in {}",
        "Delete workloads anywhere",
    ),
    plain("get pods", "See what runs in {}", "See what runs anywhere"),
    plain("list pods", "See what runs in {}", "See what runs anywhere"),
    strong(
        "create pods/exec",
        "Run commands inside {}",
        "Run commands inside any workload",
    ),
    strong(
        "create pods",
        "Start containers in {}",
        "Start containers anywhere",
    ),
    strong(
        "get secrets",
        "Read secrets in {}",
        "Read every secret of the cluster",
    ),
    strong(
        "list secrets",
        "Read secrets in {}",
        "Read every secret of the cluster",
    ),
    plain(
        "get configmaps",
        "Read settings in {}",
        "Read settings anywhere",
    ),
    plain(
        "update configmaps",
        "Change settings in {}",
        "Change settings anywhere",
    ),
    strong(
        "create rolebindings",
        "Grant permissions in {}",
        "Grant permissions anywhere",
    ),
    strong(
        "create clusterrolebindings",
        "Grant permissions in the whole cluster",
        "Grant permissions in the whole cluster",
    ),
    strong("impersonate *", "Act as anybody in {}", "Act as anybody"),
];

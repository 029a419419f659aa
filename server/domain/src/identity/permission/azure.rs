//! Azure built-in roles and Microsoft Graph application permissions.

use super::{Entry, builds, deploys, plain, strong};

pub const ENTRIES: &[Entry] = &[
    strong(
        "Owner",
        "Do anything in {}, and grant it to others",
        "Do anything, and grant it to others",
    ),
    deploys(strong(
        "Contributor",
        "Change anything in {}",
        "Change anything in the subscription",
    )),
    strong(
        "User Access Administrator",
        "Grant anybody access to {}",
        "Grant anybody access to anything",
    ),
    plain("Reader", "See everything in {}", "See everything"),
    builds(plain(
        "AcrPush",
        "Push images to {}",
        "Push images to any registry",
    )),
    plain(
        "AcrPull",
        "Pull images from {}",
        "Pull images from any registry",
    ),
    deploys(strong(
        "Website Contributor",
        "Deploy the web app {}",
        "Deploy any web app",
    )),
    plain(
        "Key Vault Secrets User",
        "Read secrets in {}",
        "Read secrets in any vault",
    ),
    strong(
        "Key Vault Secrets Officer",
        "Read and change secrets in {}",
        "Read and change any secret",
    ),
    strong(
        "Key Vault Administrator",
        "Do anything in the vault {}",
        "Do anything in any vault",
    ),
    plain(
        "Storage Blob Data Reader",
        "Read files in {}",
        "Read files anywhere",
    ),
    strong(
        "Storage Blob Data Contributor",
        "Write and delete files in {}",
        "Write and delete files anywhere",
    ),
    deploys(strong(
        "Azure Kubernetes Service Cluster Admin Role",
        "Do anything in the cluster {}",
        "Do anything in any cluster",
    )),
    plain(
        "Azure Kubernetes Service Cluster User Role",
        "Sign in to the cluster {}",
        "Sign in to any cluster",
    ),
    plain(
        "Monitoring Metrics Publisher",
        "Write metrics to {}",
        "Write metrics",
    ),
    strong(
        "Application.ReadWrite.All",
        "Change any application in the directory",
        "Change any application in the directory",
    ),
    strong(
        "Directory.ReadWrite.All",
        "Change anything in the directory",
        "Change anything in the directory",
    ),
    strong(
        "RoleManagement.ReadWrite.Directory",
        "Grant any directory role",
        "Grant any directory role",
    ),
    plain(
        "Directory.Read.All",
        "Read the whole directory",
        "Read the whole directory",
    ),
    plain(
        "User.Read.All",
        "Read every person’s profile",
        "Read every person’s profile",
    ),
    strong("Mail.Send", "Send mail as anybody", "Send mail as anybody"),
];

//! Google Cloud predefined roles.

use super::{Entry, builds, deploys, plain, strong};

pub const ENTRIES: &[Entry] = &[
    strong(
        "roles/owner",
        "Do anything in {}, and grant it to others",
        "Do anything, and grant it to others",
    ),
    strong(
        "roles/editor",
        "Change almost anything in {}",
        "Change almost anything",
    ),
    plain("roles/viewer", "See everything in {}", "See everything"),
    builds(plain(
        "roles/artifactregistry.writer",
        "Push images to {}",
        "Push images to any registry",
    )),
    plain(
        "roles/artifactregistry.reader",
        "Pull images from {}",
        "Pull images from any registry",
    ),
    deploys(strong(
        "roles/run.developer",
        "Deploy the Cloud Run service {}",
        "Deploy any Cloud Run service",
    )),
    deploys(strong(
        "roles/run.admin",
        "Deploy and open up the Cloud Run service {}",
        "Deploy and open up any Cloud Run service",
    )),
    deploys(strong(
        "roles/cloudfunctions.developer",
        "Deploy the function {}",
        "Deploy any function",
    )),
    deploys(strong(
        "roles/container.developer",
        "Deploy to the cluster {}",
        "Deploy to any cluster",
    )),
    strong(
        "roles/container.admin",
        "Do anything in the cluster {}",
        "Do anything in any cluster",
    ),
    plain(
        "roles/secretmanager.secretAccessor",
        "Read the secret {}",
        "Read any secret",
    ),
    strong(
        "roles/secretmanager.admin",
        "Change the secret {}",
        "Change any secret",
    ),
    plain(
        "roles/storage.objectViewer",
        "Read files in {}",
        "Read files in any bucket",
    ),
    plain(
        "roles/storage.objectCreator",
        "Write files to {}",
        "Write files to any bucket",
    ),
    strong(
        "roles/storage.objectAdmin",
        "Write and delete files in {}",
        "Write and delete files in any bucket",
    ),
    strong(
        "roles/storage.admin",
        "Do anything in the bucket {}",
        "Do anything in any bucket",
    ),
    plain(
        "roles/bigquery.dataViewer",
        "Read the data of {}",
        "Read any data set",
    ),
    plain(
        "roles/bigquery.dataEditor",
        "Change the data of {}",
        "Change any data set",
    ),
    plain("roles/bigquery.jobUser", "Run queries in {}", "Run queries"),
    strong(
        "roles/bigquery.admin",
        "Do anything in BigQuery of {}",
        "Do anything in BigQuery",
    ),
    strong(
        "roles/iam.serviceAccountUser",
        "Act as the service account {}",
        "Act as any service account",
    ),
    strong(
        "roles/iam.serviceAccountTokenCreator",
        "Make tokens for {}",
        "Make tokens for any service account",
    ),
    strong(
        "roles/iam.serviceAccountKeyAdmin",
        "Make keys for {}",
        "Make keys for any service account",
    ),
    plain(
        "roles/iam.workloadIdentityUser",
        "Become the service account {}",
        "Become any service account that lets it",
    ),
    plain("roles/logging.logWriter", "Write logs to {}", "Write logs"),
    plain(
        "roles/pubsub.publisher",
        "Send messages to {}",
        "Send messages to any topic",
    ),
];

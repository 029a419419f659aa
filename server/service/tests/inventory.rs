//! The inventory against a real database: request to active, posture, list, findings.

#[path = "inventory/counts.rs"]
mod counts;
#[path = "inventory/departures.rs"]
mod departures;
#[path = "inventory/discovered.rs"]
mod discovered;
#[path = "inventory/edit.rs"]
mod edit;
#[path = "inventory/findings.rs"]
mod findings;
#[path = "inventory/glass.rs"]
mod glass;
#[path = "inventory/hooks.rs"]
mod hooks;
#[path = "inventory/house.rs"]
mod house;
#[path = "inventory/imports.rs"]
mod imports;
#[path = "inventory/lifecycle.rs"]
mod lifecycle;
#[path = "inventory/list.rs"]
mod list;
#[path = "inventory/merging.rs"]
mod merging;
#[path = "inventory/notices.rs"]
mod notices;
#[path = "inventory/pipelines.rs"]
mod pipelines;
#[path = "inventory/receiver.rs"]
mod receiver;
#[path = "inventory/rotation.rs"]
mod rotation;
#[path = "inventory/runners.rs"]
mod runners;
#[path = "inventory/touched.rs"]
mod touched;
#[path = "inventory/trust.rs"]
mod trust;

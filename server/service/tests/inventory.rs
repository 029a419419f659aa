//! The inventory against a real database: request to active, posture, list, findings.

#[path = "inventory/counts.rs"]
mod counts;
#[path = "inventory/discovered.rs"]
mod discovered;
#[path = "inventory/findings.rs"]
mod findings;
#[path = "inventory/house.rs"]
mod house;
#[path = "inventory/imports.rs"]
mod imports;
#[path = "inventory/lifecycle.rs"]
mod lifecycle;
#[path = "inventory/list.rs"]
mod list;
#[path = "inventory/touched.rs"]
mod touched;

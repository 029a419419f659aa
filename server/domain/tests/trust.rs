//! Trust from outside: the reference's cases, real documents, an independent oracle, and what must not break it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "tests"
)]

#[path = "trust/cases.rs"]
mod cases;
#[path = "trust/data.rs"]
mod data;
#[path = "trust/fuzz.rs"]
mod fuzz;
#[path = "trust/hostile.rs"]
mod hostile;
#[path = "trust/infra.rs"]
mod infra;
#[path = "trust/models.rs"]
mod models;
#[path = "trust/oracle.rs"]
mod oracle;
#[path = "trust/poke.rs"]
mod poke;
#[path = "trust/robust.rs"]
mod robust;
#[path = "trust/scan.rs"]
mod scan;

//! One folder per area, one page per file; private parts stand beside their page.

pub mod activity;
pub mod adding;
pub mod campaigns;
pub mod docs;
pub mod events;
pub mod findings;
pub mod identities;
pub mod imports;
pub mod not_found;
pub mod overview;
pub mod people;
pub mod reviews;
pub mod roles;
pub mod runners;
pub mod runs;
pub mod search;
pub mod settings;
pub mod sign_in;
pub mod sources;
pub mod teams;
pub mod trust;

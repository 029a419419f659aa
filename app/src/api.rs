//! Server functions, one file per area, same names as `pages`. A body opens the operation, calls the
//! service, and returns a contract view; nothing else.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of each argument list and documents no field"
)]

pub mod activity;
pub mod break_glass;
pub mod campaigns;
pub mod destinations;
pub mod devices;
pub mod discovered;
pub mod docs;
pub mod events;
pub mod findings;
pub mod identities;
pub mod imports;
pub mod notices;
pub mod overview;
pub mod people;
pub mod reviews;
pub mod rotation;
pub mod runners;
pub mod search;
pub mod session;
pub mod sources;
pub mod stories;
pub mod tokens;
pub mod trust;

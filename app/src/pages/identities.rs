//! Identities: the list, one identity, and the request for a new one.

pub mod address;
pub mod detail;
pub mod discovered;
pub mod edit;
mod facets;
pub mod list;
pub mod parts;
pub mod request;
pub mod table;
mod tabs;
mod transitions;
mod views;

//! Sources: where events come from, how well each is heard, and how to connect one.

mod attempts;
mod connect;
mod detail;
mod issuer;
mod kept;
mod list;
mod new;
mod proof;

pub use detail::SourcePage;
pub use list::SourcesPage;
pub use new::NewSourcePage;

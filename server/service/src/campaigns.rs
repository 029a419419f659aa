//! Campaigns and reviews: what managers, reviewers and watchers can do with them.

mod close;
mod decide;
mod draft;
mod facets;
mod freeze;
mod life;
mod reassign;
mod reroute;
mod review;
mod scope;
mod start;
mod view;

pub use close::{cancel, close};
pub use decide::{check, decide, withdraw};
pub use draft::{create, preview};
pub use reassign::{choices, reassign};
pub use review::{my_reviews, page, queue, review_item};
pub use start::start;
pub use view::{is_cursor, item_rows, items, list, view};

pub(crate) use life::{life, tally};
pub(crate) use reroute::away_from;

//! Campaigns and reviews: what managers, reviewers and watchers can do with them.

mod absence;
mod bulk;
mod close;
mod decide;
mod draft;
mod facets;
mod freeze;
mod gaps;
mod life;
mod reassign;
mod reroute;
mod review;
mod scope;
mod stage;
mod start;
mod task_list;
mod tasks;
mod view;

pub use absence::{absence, be_away, be_back};
pub use bulk::decide_group;
pub use close::{cancel, close};
pub use decide::{check, decide, withdraw};
pub use draft::{create, export_preview, preview};
pub use gaps::accept;
pub use reassign::{choices, reassign};
pub use review::{my_reviews, page, queue, review_item};
pub use stage::advance;
pub use start::{start, start_accepting};
pub use task_list::{task, tasks};
pub use tasks::{board, settle, step};
pub use view::{is_cursor, item_rows, items, list, view};

pub(crate) use life::{life, tally};
pub(crate) use reroute::away_from;

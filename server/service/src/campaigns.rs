//! Campaigns and reviews: what managers, reviewers and watchers can do with them.

mod absence;
mod answers;
mod bulk;
mod close;
mod decide;
mod draft;
mod facets;
mod freeze;
mod gaps;
mod life;
mod micro;
mod reassign;
mod report;
mod reroute;
mod review;
mod scope;
mod silence;
mod stage;
mod start;
mod task_list;
mod tasks;
mod templates;
mod view;

pub use absence::{absence, be_away, be_back};
pub use answers::answers;
pub use bulk::decide_group;
pub use close::{cancel, close};
pub use decide::{check, decide, withdraw};
pub use draft::{create, export_preview, preview};
pub use gaps::accept;
pub use micro::micro_reviews;
pub use reassign::{campaign_of, choices, reassign};
pub use report::{report, report_csv};
pub use review::{my_reviews, page, queue, review_item};
pub use silence::{lift_cap, silence, suspend_silent};
pub use stage::advance;
pub use start::{start, start_accepting};
pub use task_list::{task, tasks};
pub use tasks::{board, settle, step};
pub use templates::{
    apply, begin, create_as_typed, create_template, make_drafts, plan, save_template, template,
    templates,
};
pub use view::{is_cursor, item_rows, items, list, state, view};

pub(crate) use life::{life, tally};
pub(crate) use reroute::away_from;

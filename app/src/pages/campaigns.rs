//! Campaigns for those who run and watch them: the list, the form, one campaign from draft to evidence.

mod actions;
pub mod detail;
mod draft;
mod evidence;
pub mod filter;
pub mod form;
mod items;
pub mod list;
mod messages;
mod policy;
pub mod population;
mod progress;
mod remediation;
pub mod report;
mod silence;
mod state;
pub mod templates;

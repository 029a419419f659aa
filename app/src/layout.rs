//! Chrome: the frame every signed-in page stands in, and the regions a page is made of.
//!
//! - [`Frame`] `viewer: FrameViewer, title, section: RailItem, [crumb: Crumb], [action: AnyView]` + children:
//!   rail, top bar, search, palette, `<main>`. With a `crumb` the page brings its own `<h1>` ([`DetailHead`]).
//! - [`Door`] `title, [org], [foot: AnyView]` + children: the page of somebody who is not signed in.
//! - [`DetailHead`] `title, [detail], [icon], [badges: AnyView], [lead]` + children ([`Facts`] of [`Fact`] `label`).
//! - [`Ledger`] `[class]` of [`Section`] `id, title, [note], [more, href], [class]`: hairline grid.
//! - [`Split`] `label, side: AnyView` + children, both made of [`Block`] `id, title, [note], [more, href]`.

#![expect(clippy::needless_pass_by_value, reason = "a part owns its props")]

mod detail_head;
mod door;
mod frame;
mod palette;
mod rail;
mod rail_item;
mod regions;
mod topbar;

pub use detail_head::{DetailHead, Fact, Facts};
pub use door::Door;
pub use frame::{Frame, FrameViewer, Patterns};
pub use palette::Palette;
pub use rail::{Brand, Rail};
pub use rail_item::RailItem;
pub use regions::{Block, Head, Ledger, Section, Split};
pub use topbar::{Crumb, ThemeSwitch, Topbar};

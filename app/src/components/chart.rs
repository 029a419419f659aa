//! Charts: inline SVG drawn where the page is drawn, styled by the tokens, with a title, a text alternative and
//! the same figures as a table behind a toggle.
//!
//! The geometry is percent across and pixels down, without scaling text. It is drawn as one string, so that
//! hydration has one element to adopt; every foreign word passes `escape`.

mod bar;
mod burn_up;
mod figure;
mod generations;
mod histogram;
mod months;
mod spark;
mod strip;
mod svg;

pub use bar::{Bar, Part};
pub use burn_up::{BurnUp, BurnUpData};
pub use figure::{AsTable, Fill, Legend, LegendItem, Series};
pub use generations::{Generations, Lane};
pub use histogram::{Brush, Bucket, Tick, TimeHistogram};
pub use months::{DayStack, MonthStack};
pub use spark::{Spark, Sparkline};
pub use strip::{DayUse, HeatStrip, StripDay, UseStrip};

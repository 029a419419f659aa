//! Stacked bar: shares of one whole, in percent, without distortion.

use std::fmt::Write;

use leptos::prelude::*;

use super::super::Maybe;
use super::figure::Fill;
use super::svg::{real, short};

/// One part of a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// How it is filled.
    pub fill: Fill,
    /// How much it is.
    pub value: i64,
}

impl Part {
    /// Makes a part.
    pub const fn new(fill: Fill, value: i64) -> Self {
        Self { fill, value }
    }
}

/// Draws a stacked bar; what the parts leave of `total` shows the track.
#[component]
pub fn Bar(
    /// The parts, in order.
    parts: Vec<Part>,
    /// The whole.
    total: i64,
    /// The text alternative; without one the bar is decoration beside its figures.
    #[prop(optional, into)]
    label: Maybe,
) -> impl IntoView {
    let inner = draw(&parts, total);
    match label.take() {
        Some(label) => {
            view! { <svg class="bar" role="img" aria-label=label inner_html=inner></svg> }
                .into_any()
        }
        None => view! { <svg class="bar" aria-hidden="true" inner_html=inner></svg> }.into_any(),
    }
}

fn draw(parts: &[Part], total: i64) -> String {
    let total = real(total.max(1));
    let mut out = String::new();
    let mut x = 0.0;
    for part in parts.iter().filter(|part| part.value > 0) {
        let width = 100.0 * real(part.value) / total;
        let _ = write!(
            out,
            r#"<rect {} x="{}%" width="{}%"/>"#,
            part.fill.attribute(),
            short(x),
            short(width.min(100.0 - x))
        );
        x += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_and_end_at_the_whole() {
        let drawn = draw(
            &[
                Part::new(Fill::First, 96),
                Part::new(Fill::Hatch, 0),
                Part::new(Fill::Third, 56),
            ],
            152,
        );
        assert_eq!(
            drawn,
            r#"<rect class="d1" x="0%" width="63.16%"/><rect class="d3" x="63.16%" width="36.84%"/>"#
        );
    }
}

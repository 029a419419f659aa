//! Generations: how one thing gives way to the next, each a bar over time, with what proves it.

use std::fmt::Write;

use leptos::prelude::*;

use super::super::text::escape;
use super::figure::Fill;
use super::svg::{at, described, short};

/// One generation: a bar over time. Places are shares of the time shown, 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Its name.
    pub label: String,
    /// How it is filled.
    pub fill: Fill,
    /// Where it begins and ends.
    pub span: (f64, f64),
    /// Moments on it, with their words.
    pub marks: Vec<(f64, String)>,
}

/// Draws generations one below the other, oldest first, with the time both are valid and the present moment.
#[component]
pub fn Generations(
    /// The chart's id.
    #[prop(into)]
    id: String,
    /// What it shows, with its window.
    #[prop(into)]
    title: String,
    /// What one sees in it, in sentences.
    #[prop(into)]
    description: String,
    /// The generations, oldest first.
    lanes: Vec<Lane>,
    /// Where both are valid.
    #[prop(optional)]
    both: Option<(f64, f64)>,
    /// The present moment.
    now: f64,
    /// Dates below: place and words.
    ticks: Vec<(f64, String)>,
) -> impl IntoView {
    let height = (LANE * at(lanes.len()) + 22.0).to_string();
    let inner = described(&id, &title, &description) + &draw(&lanes, both, now, &ticks);
    let labelled_by = format!("{id}-t {id}-d");
    view! {
        <figure class="chart">
            <svg height=height role="img" aria-labelledby=labelled_by inner_html=inner></svg>
        </figure>
    }
    .into_any()
}

/// Pixels a generation takes: its name, its bar, air.
const LANE: f64 = 40.0;

fn percent(share: f64) -> String {
    short(share.clamp(0.0, 1.0) * 100.0)
}

fn draw(lanes: &[Lane], both: Option<(f64, f64)>, now: f64, ticks: &[(f64, String)]) -> String {
    let bottom = LANE * at(lanes.len());
    let mut out = String::new();
    if let Some((from, to)) = both {
        let _ = write!(
            out,
            r#"<rect class="weekend" x="{}%" y="0" width="{}%" height="{}"/>"#,
            percent(from),
            percent(to - from),
            short(bottom)
        );
    }
    for (row, lane) in lanes.iter().enumerate() {
        lane_of(&mut out, lane, LANE * at(row));
    }
    let line = short(bottom);
    let _ = write!(
        out,
        r#"<line class="axis" x1="0" x2="100%" y1="{line}" y2="{line}"/><line class="line-now" x1="{0}%" x2="{0}%" y1="0" y2="{line}"/>"#,
        percent(now)
    );
    for (place, words) in ticks {
        let anchor = match *place {
            place if place < 0.12 => "start",
            place if place > 0.88 => "end",
            _ => "middle",
        };
        let _ = write!(
            out,
            r#"<text x="{}%" y="{}" text-anchor="{anchor}">{}</text>"#,
            percent(*place),
            short(bottom + 16.0),
            escape(words)
        );
    }
    out
}

fn lane_of(out: &mut String, lane: &Lane, top: f64) {
    let (from, to) = lane.span;
    let name = escape(&lane.label);
    let _ = write!(
        out,
        r#"<text class="strong" x="0" y="{}">{name}</text><rect {} x="{}%" y="{}" width="{}%" height="8"><title>{name}</title></rect>"#,
        short(top + 12.0),
        lane.fill.attribute(),
        percent(from),
        short(top + 20.0),
        short(
            (percent(to).parse::<f64>().unwrap_or(100.0)
                - percent(from).parse::<f64>().unwrap_or(0.0))
            .max(0.4)
        ),
    );
    for (place, words) in &lane.marks {
        let _ = write!(
            out,
            r#"<circle class="mark" cx="{}%" cy="{}" r="4.5"><title>{}</title></circle>"#,
            percent(*place),
            short(top + 24.0),
            escape(words)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generation_spans_its_life_and_stays_on_the_page() {
        let lanes = [Lane {
            label: "key <1>".into(),
            fill: Fill::Third,
            span: (-0.5, 0.75),
            marks: vec![(0.5, "last used".into())],
        }];
        let drawn = draw(&lanes, Some((0.5, 0.75)), 0.9, &[(0.0, "1 Nov".into())]);
        assert!(drawn.contains(r#"x="0%" y="20" width="75%""#), "{drawn}");
        assert!(drawn.contains("key &lt;1&gt;"), "{drawn}");
        assert!(
            drawn.contains(r#"class="weekend" x="50%" y="0" width="25%""#),
            "{drawn}"
        );
    }
}

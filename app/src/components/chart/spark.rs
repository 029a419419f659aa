//! Sparkline: the course of one number, without axes.

use leptos::prelude::*;

use super::super::text::escape;
use super::svg::{at, real, short};

/// The course of one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spark {
    /// The figures, oldest first.
    pub values: Vec<i64>,
    /// What it shows, with its window: `Identities, last 12 months: 118 to 152`.
    pub title: String,
}

impl Spark {
    /// Names a course.
    pub fn new(title: impl Into<String>, values: Vec<i64>) -> Self {
        Self {
            values,
            title: title.into(),
        }
    }
}

/// Draws a sparkline of 72 by 28 pixels; fewer than two figures draw nothing.
#[component]
pub fn Sparkline(
    /// The course.
    spark: Spark,
) -> impl IntoView {
    if spark.values.len() < 2 {
        return view! { <span></span> }.into_any();
    }
    let inner = draw(&spark);
    view! { <svg class="spark" viewBox="0 0 72 28" role="img" aria-label=spark.title inner_html=inner></svg> }.into_any()
}

fn draw(spark: &Spark) -> String {
    let low = spark.values.iter().copied().min().unwrap_or_default();
    let high = spark.values.iter().copied().max().unwrap_or_default();
    let reach = real((high - low).max(1));
    let last = at(spark.values.len() - 1);
    let points: Vec<(String, String)> = spark
        .values
        .iter()
        .enumerate()
        .map(|(index, value)| {
            let x = 1.0 + 68.0 * at(index) / last;
            let y = if high == low {
                14.0
            } else {
                25.0 - 22.0 * real(value - low) / reach
            };
            (short(x), short(y))
        })
        .collect();
    let line = points
        .iter()
        .map(|(x, y)| format!("{x} {y}"))
        .collect::<Vec<_>>()
        .join("L");
    let (x, y) = &points[points.len() - 1];
    format!(
        r#"<title>{}</title><path class="area" d="M{line}L69 28L1 28z"/><path d="M{line}"/><circle cx="{x}" cy="{y}" r="2"/>"#,
        escape(&spark.title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_runs_from_edge_to_edge() {
        let drawn = draw(&Spark::new("A & B", vec![118, 130, 152]));
        assert!(drawn.contains("<title>A &amp; B</title>"));
        assert!(drawn.contains("M1 25L35 17.24L69 3"), "{drawn}");
    }

    #[test]
    fn a_flat_course_stays_in_the_middle() {
        assert!(draw(&Spark::new("", vec![4, 4])).contains("M1 14L69 14"));
    }
}

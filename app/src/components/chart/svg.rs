//! Numbers and scales for drawing.

use std::fmt::Write;

use super::super::text::escape;

/// Turns a count into a coordinate; figures on screen stay far below 2^52.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts on a chart are far below 2^52"
)]
pub fn real(value: i64) -> f64 {
    value as f64
}

/// Turns an index into a coordinate.
#[expect(clippy::cast_precision_loss, reason = "a chart has few columns")]
pub fn at(index: usize) -> f64 {
    index as f64
}

/// Writes a coordinate with at most two decimals.
pub fn short(value: f64) -> String {
    let mut text = format!("{value:.2}");
    while text.contains('.') && (text.ends_with('0') || text.ends_with('.')) {
        text.pop();
    }
    if text == "-0" { "0".to_owned() } else { text }
}

/// Finds an axis end and step that people can read: at most five steps of 1, 2, 4, 5 × 10ⁿ.
pub fn scale(max: i64) -> (i64, i64) {
    let max = max.max(1);
    let mut unit = 1;
    loop {
        for factor in [1, 2, 4, 5] {
            let step = unit * factor;
            if step * 5 >= max {
                return ((max + step - 1) / step * step, step);
            }
        }
        unit *= 10;
    }
}

/// The title and description every chart begins with.
pub fn described(id: &str, title: &str, description: &str) -> String {
    format!(
        r#"<title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>"#,
        escape(title),
        escape(description)
    )
}

/// Draws the horizontal grid of a plot: the axis below, lines with their figures above.
pub fn grid(top: f64, height: f64, end: i64, step: i64) -> String {
    let bottom = short(top + height);
    let mut out = format!(r#"<line class="axis" x1="0" x2="100%" y1="{bottom}" y2="{bottom}"/>"#);
    let mut value = step;
    while value <= end {
        let y = top + height * (1.0 - real(value) / real(end));
        let line = short(y);
        let text = short(y + 13.0);
        let words = crate::format::number(value);
        let _ = write!(
            out,
            r#"<line class="grid" x1="0" x2="100%" y1="{line}" y2="{line}"/><text x="0" y="{text}">{words}</text>"#
        );
        value += step;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{scale, short};

    #[test]
    fn axes_end_on_round_figures() {
        assert_eq!(scale(152), (160, 40));
        assert_eq!(scale(141), (160, 40));
        assert_eq!(scale(6), (6, 2));
        assert_eq!(scale(0), (1, 1));
        assert_eq!(scale(40_000), (40_000, 10_000));
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!(short(12.0), "12");
        assert_eq!(short(9.916_666), "9.92");
        assert_eq!(short(-0.001), "0");
        assert_eq!(short(100.0), "100");
    }
}

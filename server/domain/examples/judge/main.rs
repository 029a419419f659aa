//! Figures of the pure judgement: trusts against `iam-rs`, pipelines against `zizmor`. One figure per line.
//!
//! `script/bench trust` and `script/bench scan` run it. Nothing here judges: a figure is printed, a person reads it.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "figures are what this program is for"
)]

mod pipelines;
mod trusts;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|word| word == name);
    if wanted("trust") {
        trusts::run();
    }
    if wanted("scan") {
        pipelines::run();
    }
}

/// The median of some seconds.
fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

//! A document with its lines lit by how their conditions ended, and its flaws in the margin.

use contract::trust::{LabFinding, LabReason};
use leptos::prelude::*;

use crate::components::{Level, Severity, Tone};

/// Most lines drawn; the rest of a longer document is only counted.
const MOST: usize = 3000;

/// Draws the lines.
pub fn lines(text: &str, findings: &[LabFinding], reasons: &[LabReason]) -> AnyView {
    let total = text.lines().count();
    let drawn = text
        .lines()
        .take(MOST)
        .enumerate()
        .map(|(at, line)| one(at + 1, line, findings, reasons))
        .collect_view();
    let more = (total > MOST).then(
        || view! { <p class="small muted">{format!("The first {MOST} of {total} lines.")}</p> },
    );
    view! {
        <div class="code-block">
            <pre class="code wrap lit" id="doc" role="region" aria-label="The document with its conditions and flaws" tabindex="0"><code>{drawn}</code></pre>
        </div>
        {more}
    }
    .into_any()
}

fn one(number: usize, line: &str, findings: &[LabFinding], reasons: &[LabReason]) -> AnyView {
    let ends: Vec<&str> = reasons
        .iter()
        .filter(|it| it.line == number)
        .map(|it| outcome(&it.outcome).0)
        .collect();
    // The worst of a line's conditions colours it.
    let class = ["no", "open", "yes"]
        .into_iter()
        .find(|class| ends.contains(class))
        .map_or("l", |class| match class {
            "no" => "l no",
            "open" => "l open",
            _ => "l yes",
        });
    let flaws = findings
        .iter()
        .enumerate()
        .filter(|(_, it)| it.line == number)
        .map(|(at, it)| {
            let severity = severity(&it.severity);
            let (href, words) = (format!("#flaw-{at}"), format!("{}: {}", it.rule, it.message));
            view! { <a class="margin-note" href=href><Severity level=severity/><span>{words}</span></a> }
        })
        .collect_view();
    let line = line.to_owned();
    view! { <span class=class id=format!("doc-L{number}")>{line}</span>{flaws} }.into_any()
}

/// The level of a severity's word; what is only worth knowing counts as low.
pub fn severity(word: &str) -> Level {
    match word {
        "critical" => Level::Critical,
        "high" => Level::High,
        "medium" => Level::Medium,
        _ => Level::Low,
    }
}

/// Class, tone and words of an outcome.
pub fn outcome(word: &str) -> (&'static str, Tone, &'static str) {
    match word {
        "matched" => ("yes", Tone::Ok, "Matched"),
        "vacuous" => ("open", Tone::Warn, "True without the claim"),
        "not_matched" => ("no", Tone::Crit, "Not matched"),
        "absent" => ("no", Tone::Crit, "Claim absent"),
        "unreachable" => ("skip", Tone::Plain, "Not asked"),
        _ => ("open", Tone::Unknown, "Cannot be told"),
    }
}

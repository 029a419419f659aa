//! summary.html: one self-contained page for people, on screen and on paper. No script, no outside reference.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::{DateTime, NaiveDate, Utc};
use contract::campaigns::DecisionKind;

use super::format::{Header, Record};
use crate::campaign::quality::Answered;
use crate::campaign::tally::Tally;

/// Items that are told one by one; the rest is in the tables.
const TOLD: usize = 1_000;

/// What the summary collects while the items pass by.
#[derive(Default)]
pub struct Summary {
    teams: BTreeMap<String, Tally>,
    reviewers: BTreeMap<String, Tally>,
    told: Vec<[String; 5]>,
    untold: usize,
    against: u64,
    drifted: u64,
    privileged: u64,
}

impl Summary {
    /// Takes one item into account.
    pub fn add(&mut self, record: &Record) {
        let team = record
            .snapshot
            .team
            .clone()
            .unwrap_or_else(|| "No team".to_owned());
        let last = record.decision.and(record.history.last());
        let reviewer = last.map_or(&record.assignment.name, |d| &d.by_name).clone();
        self.teams
            .entry(team.clone())
            .or_default()
            .add(record.state, record.decision);
        self.reviewers
            .entry(reviewer.clone())
            .or_default()
            .add(record.state, record.decision);
        self.against += u64::from(last.is_some_and(|d| !d.followed));
        self.drifted += u64::from(last.is_some_and(|d| d.current_hash.is_some()));
        self.privileged += u64::from(record.privileged_production);
        if record.decision == Some(DecisionKind::Approve) {
            return;
        }
        if self.told.len() == TOLD {
            self.untold += 1;
            return;
        }
        let outcome = record
            .decision
            .map_or(record.state.label(), DecisionKind::label)
            .to_owned();
        let targets = last.map(|d| {
            d.targets
                .iter()
                .map(|t| t.sentence.as_str())
                .collect::<Vec<_>>()
                .join("; ")
        });
        let reason = last.map(|d| d.reason.clone()).unwrap_or_default();
        let why = [targets.unwrap_or_default(), reason]
            .into_iter()
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>();
        self.told.push([
            record.snapshot.name.clone(),
            team,
            outcome,
            reviewer,
            why.join(". "),
        ]);
    }

    /// The page.
    pub fn html(
        self,
        header: &Header,
        tally: &Tally,
        fingerprint: &str,
        quality: &[Answered],
    ) -> String {
        let mut out = String::with_capacity(16_384);
        let name = escape(&header.name);
        let _ = write!(
            out,
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{name} · evidence</title><style>{STYLE}</style></head><body>\
             <h1>{name}</h1><p>Evidence of an access review of pipeline identities and service accounts at {}.</p>",
            escape(&header.organisation)
        );
        facts(&mut out, header);
        outcomes(&mut out, tally);
        let _ = write!(
            out,
            "<p>{} of {} items hold privileged access to production. {} decisions go against the recommendation. \
             {} decisions were made after the identity had changed and the change had been shown.</p>",
            self.privileged, header.population, self.against, self.drifted
        );
        tallies(&mut out, "By team", "Team", &self.teams);
        tallies(&mut out, "By reviewer", "Reviewer", &self.reviewers);
        told(&mut out, &self.told, self.untold);
        coverage(&mut out, header);
        answered(&mut out, quality);
        controls(&mut out, header);
        let _ = writeln!(
            out,
            "<h2>Checking this evidence</h2><p>This page is part of a signed pack. The figures count only when the pack \
             verifies: <code>rollcall verify PACK.zip --key KEY.pem</code>, or by hand as VERIFY.md says.</p>\
             <p>Key fingerprint: <code>{fingerprint}</code></p></body></html>"
        );
        out
    }
}

/// How people answered, and where somebody should look.
fn answered(out: &mut String, quality: &[Answered]) {
    out.push_str("<h2>How it was answered</h2>");
    let noticed: Vec<&Answered> = quality.iter().filter(|q| !q.signals.is_empty()).collect();
    if noticed.is_empty() {
        out.push_str("<p>No answers stand out for their haste or their sameness.</p>");
    }
    for one in noticed {
        let _ = write!(
            out,
            "<p><b>{}</b>: quality needs a look. {}</p>",
            escape(&one.name),
            escape(&one.signals.join(" "))
        );
    }
    out.push_str(
        "<table><thead><tr><th>Person</th><th>Answers</th><th>For many at once</th><th>Against the recommendation</th>\
         <th>Median seconds</th></tr></thead><tbody>",
    );
    for one in quality {
        let median = one
            .median_seconds
            .map_or_else(|| "unknown".to_owned(), |n| n.to_string());
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{median}</td></tr>",
            escape(&one.name),
            one.answers,
            one.bulk,
            one.against
        );
    }
    out.push_str("</tbody></table>");
}

/// Which control each file speaks to, and what was accepted as unseen.
fn controls(out: &mut String, header: &Header) {
    for (what, why, by) in &header.gaps {
        let _ = write!(
            out,
            "<p>Accepted by {} before the start: {} Reason: {}</p>",
            escape(by),
            escape(what),
            escape(why)
        );
    }
    if header.controls.is_empty() {
        return;
    }
    out.push_str(
        "<h2>Controls</h2><table><thead><tr><th>Control</th><th>Shown by</th></tr></thead><tbody>",
    );
    for (control, shown) in &header.controls {
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{}</td></tr>",
            escape(control),
            escape(shown)
        );
    }
    out.push_str("</tbody></table>");
}

fn facts(out: &mut String, header: &Header) {
    let day = |at: DateTime<Utc>| at.format("%-d %B %Y, %H:%M UTC").to_string();
    let rows = [
        ("Population", header.query.clone()),
        ("Items frozen", header.population.to_string()),
        ("Started", day(header.started_at)),
        ("Due", day(header.due_at)),
        ("Closed", day(header.closed_at)),
        (
            "Sealed",
            format!("{}, by {}", day(header.sealed_at), header.sealed_by),
        ),
        ("Made by", header.created_by.clone()),
        ("Notes", header.notes.clone()),
    ];
    out.push_str("<dl>");
    for (label, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(out, "<dt>{label}</dt><dd>{}</dd>", escape(value));
    }
    out.push_str("</dl>");
}

fn outcomes(out: &mut String, tally: &Tally) {
    out.push_str("<h2>Outcomes</h2><table><thead><tr><th>Outcome</th><th class=\"n\">Items</th></tr></thead><tbody>");
    for (label, count) in [
        ("Approved", tally.approve),
        ("To be modified", tally.modify),
        ("To be revoked", tally.revoke),
        ("Don’t know: nobody asked could say", tally.dont_know),
        (
            "Not reviewed: nobody answered; this is never an approval",
            tally.not_reviewed,
        ),
        ("Gone outside the campaign", tally.gone),
        ("All", tally.items()),
    ] {
        let _ = write!(out, "<tr><td>{label}</td><td class=\"n\">{count}</td></tr>");
    }
    out.push_str("</tbody></table>");
}

fn tallies(out: &mut String, title: &str, noun: &str, rows: &BTreeMap<String, Tally>) {
    let _ = write!(
        out,
        "<h2>{title}</h2><table><thead><tr><th>{noun}</th><th class=\"n\">Items</th><th class=\"n\">Approve</th>\
         <th class=\"n\">Modify</th><th class=\"n\">Revoke</th><th class=\"n\">Don’t know</th>\
         <th class=\"n\">Not reviewed</th></tr></thead><tbody>"
    );
    for (name, tally) in rows {
        let _ = write!(out, "<tr><td>{}</td>", escape(name));
        for n in [
            tally.items(),
            tally.approve,
            tally.modify,
            tally.revoke,
            tally.dont_know,
            tally.not_reviewed,
        ] {
            let _ = write!(out, "<td class=\"n\">{n}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

fn told(out: &mut String, rows: &[[String; 5]], untold: usize) {
    out.push_str("<h2>Everything that was not approved</h2>");
    if rows.is_empty() {
        out.push_str("<p>Every item was approved.</p>");
        return;
    }
    out.push_str(
        "<table><thead><tr><th>Identity</th><th>Team</th><th>Outcome</th><th>Reviewer</th><th>What and why</th></tr></thead><tbody>",
    );
    for row in rows {
        out.push_str("<tr>");
        for value in row {
            let _ = write!(out, "<td>{}</td>", escape(value));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    if untold > 0 {
        let _ = write!(out, "<p>{untold} more are in items.csv.</p>");
    }
}

fn coverage(out: &mut String, header: &Header) {
    out.push_str("<h2>What the sources could see</h2>");
    if header.coverage.is_empty() {
        out.push_str("<p>No source was connected: nothing is known about use.</p>");
        return;
    }
    out.push_str("<table><thead><tr><th>Source</th><th>Last event</th><th class=\"n\">Days with events, last 90</th><th class=\"n\">Events</th><th>Silent</th><th>Cannot see</th></tr></thead><tbody>");
    for row in &header.coverage {
        let last = row.last_event_at.map_or_else(
            || "never".to_owned(),
            |at| at.format("%-d %b %Y, %H:%M UTC").to_string(),
        );
        let _ = write!(
            out,
            "<tr><td>{}</td><td>{last}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td></tr>",
            escape(&row.source),
            row.days,
            row.events,
            silent(&row.gaps),
            escape(&row.cannot_see.join(" "))
        );
    }
    out.push_str("</tbody></table>");
}

/// The days of silence, in words.
fn silent(gaps: &[(NaiveDate, NaiveDate)]) -> String {
    let days: Vec<String> = gaps.iter().map(|gap| crate::coverage::days(*gap)).collect();
    if days.is_empty() {
        "on no day since it first spoke".to_owned()
    } else {
        days.join(", ")
    }
}

/// Text as it stands safely in HTML, element or attribute.
fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                _ => out.push(c),
            }
            out
        })
}

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}\
h1{font-size:1.6rem;margin-bottom:0}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #d0d7de}\
dl{display:grid;grid-template-columns:9rem 1fr;gap:.25rem 1rem}dt{color:#57606a}dd{margin:0}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid #eaeef2;overflow-wrap:anywhere}\
th{color:#57606a;font-weight:600}.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.9em;overflow-wrap:anywhere}\
@media print{body{margin:0;max-width:none;font-size:10pt}h2{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}}";

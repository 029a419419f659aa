//! Trust results for people.

use domain::trust::{Admits, Finding, Outcome, Tightened, Verdict};

use crate::cli::out::say;

pub fn findings(name: &str, found: &[Finding]) {
    for it in found {
        let place = format!("{name}:{}:{}", it.position.line, it.position.column);
        say(&format!(
            "{place}: {} [{}] {}",
            it.severity.as_str(),
            it.rule,
            it.message
        ));
        say(&format!("    why: {}", it.why));
        say(&format!("    abuse: {}", it.exploit));
        say(&format!("    fix: {}", it.fix));
    }
    say(&match found.len() {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    });
}

pub fn verdict(verdict: &Verdict) {
    for reason in &verdict.reasons {
        let sign = match reason.outcome {
            Outcome::Matched => "yes",
            Outcome::Vacuous => "yes (vacuous)",
            Outcome::NotMatched => "no",
            Outcome::Absent => "no (absent)",
            Outcome::Unreachable => "not asked",
            Outcome::Unknown => "not known",
        };
        let place = format!("{}:{}", reason.position.line, reason.position.column);
        say(&format!(
            "{place}: {sign}: {}: {}",
            reason.condition, reason.text
        ));
    }
    say(&format!("decision: {}", verdict.decision.as_str()));
}

pub fn admits(admits: &Admits) {
    say(&format!("{}: {}", admits.ring.as_str(), admits.description));
}

pub fn tightened(tightened: &Tightened) {
    for line in &tightened.diff {
        say(line);
    }
    say("");
    say(&tightened.command);
}

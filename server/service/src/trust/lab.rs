//! The lab: everything about a document and a token in one answer.

use contract::trust::{Judged, LabFinding, LabInput, LabReason, LabTightened, LabVerdict, LabView};
use domain::access::Access;
use domain::trust::{Ci, Event, Facts, Finding, Run, Token, Trust, Verdict, Wish};

use super::{Question, example};
use crate::{Error, Op, Result};

/// Judges what was put in. What cannot be read is told beside it; the rest is judged all the same.
///
/// # Errors
/// [`Error::Refused`] when the actor may not ask.
pub fn lab(op: &Op, mut input: LabInput) -> Result<LabView> {
    op.require(Access::JudgeTrust)?;
    if input.trust.trim().is_empty() {
        example::fill(&mut input);
    }
    if input.action == "build" {
        build(&mut input);
    }
    let mut view = LabView {
        input,
        ..LabView::default()
    };
    if view.input.trust.trim().is_empty() {
        return Ok(view);
    }
    let question = Question {
        document: view.input.trust.clone(),
        language: view.input.language.clone(),
        claims: view.input.claims.clone(),
        context: view.input.context.clone(),
    };
    let facts = question.facts().unwrap_or_else(|why| {
        view.context_unreadable = Some(told(why));
        Facts::default()
    });
    let tokens = question.tokens().unwrap_or_else(|why| {
        view.claims_unreadable = Some(told(why));
        Vec::new()
    });
    if let [only] = tokens.as_slice() {
        view.claims = only
            .claims()
            .iter()
            .map(|(name, value)| {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (name.clone(), value)
            })
            .collect();
    }
    match question.trust() {
        Err(why) => view.unreadable = Some(told(why)),
        Ok(trust) => judge(&mut view, &trust, &tokens, &facts),
    }
    Ok(view)
}

fn judge(view: &mut LabView, trust: &Trust, tokens: &[Token], facts: &Facts) {
    view.judged = Some(judged(trust, facts));
    if let [token] = tokens {
        view.verdict = Some(verdict(trust.evaluate(token, facts)));
    }
    if view.input.action == "tighten" {
        let wish = Wish {
            keep_wildcard: view.input.keep_wildcard == "on",
            names_only: view.input.names_only == "on",
        };
        match trust.tighten(tokens, wish, facts) {
            Ok(tightened) => view.tightened = Some(self::tightened(&tightened)),
            Err(why) => view.not_tightened = Some(why.to_string()),
        }
    }
}

/// Ring, sentence and flaws of a document.
pub fn judged(trust: &Trust, facts: &Facts) -> Judged {
    let admits = trust.admits(facts);
    Judged {
        language: trust.language().as_str().to_owned(),
        ring: admits.ring.as_str().to_owned(),
        admits: admits.description,
        findings: trust.lint(facts).into_iter().map(finding).collect(),
    }
}

/// A tighter trust as pages show it: both documents are in the diff.
pub fn tightened(tightened: &domain::trust::Tightened) -> LabTightened {
    let side = |other: char| {
        tightened
            .diff
            .iter()
            .filter(|line| !line.starts_with(other))
            .map(|line| line.get(1..).unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    };
    LabTightened {
        before: side('+'),
        after: side('-'),
        command: tightened.command.clone(),
        terraform: tightened.terraform.clone(),
    }
}

fn finding(found: Finding) -> LabFinding {
    LabFinding {
        rule: found.rule,
        severity: found.severity.as_str().to_owned(),
        confidence: found.confidence.as_str().to_owned(),
        message: found.message,
        line: found.position.line,
        why: found.why.to_owned(),
        exploit: found.exploit.to_owned(),
        fix: found.fix,
    }
}

fn verdict(verdict: Verdict) -> LabVerdict {
    LabVerdict {
        decision: verdict.decision.as_str().to_owned(),
        reasons: verdict
            .reasons
            .into_iter()
            .map(|reason| LabReason {
                condition: reason.condition.to_string(),
                outcome: reason.outcome.as_str().to_owned(),
                text: reason.text,
                line: reason.position.line,
            })
            .collect(),
    }
}

/// Puts the token of the run in words into the claims.
fn build(input: &mut LabInput) {
    let Some(ci) = Ci::of(&input.ci) else {
        return;
    };
    let reference = input.reference.trim();
    let (name, tag) = match reference.strip_prefix("tags/") {
        Some(name) => (name, true),
        None => (reference, false),
    };
    let run = Run {
        project: input.project.trim().to_owned(),
        reference: if name.is_empty() { "main" } else { name }.to_owned(),
        tag,
        environment: input.environment.trim().to_owned(),
        event: Event::of(&input.event).unwrap_or_default(),
        audience: input.audience.trim().to_owned(),
        immutable: input.immutable == "on",
        ..Run::default()
    };
    input.claims = serde_json::to_string_pretty(run.token(ci).claims()).unwrap_or_default();
}

/// The message of a wrong field alone.
fn told(why: Error) -> String {
    match why {
        Error::Invalid(fields) => fields
            .into_iter()
            .map(|field| field.message)
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    }
}

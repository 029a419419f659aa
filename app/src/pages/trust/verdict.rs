//! What is said of a token and of a document: the decision with its reasons, the flaws, the tighter form.

use contract::trust::{LabFinding, LabTightened, LabVerdict};
use leptos::prelude::*;

use super::document::{outcome, severity};
use crate::components::{
    Cell, CodeView, Column, DataTable, EmptyState, Icon, LineDiff, Notice, RowHead, Severity,
    Status, TableKind, Tone,
};
use crate::format::count;
use crate::layout::Block;

/// Draws the decision and the reason of every condition.
pub fn verdict(verdict: &LabVerdict) -> AnyView {
    let (tone, title, text) = match verdict.decision.as_str() {
        "allow" => (Tone::Ok, "Let in.", "Every condition that is asked holds."),
        "deny" => (Tone::Crit, "Refused.", "The conditions below say why."),
        _ => (
            Tone::Unknown,
            "Cannot be told.",
            "What is missing stands beside the condition.",
        ),
    };
    let rows = verdict
        .reasons
        .iter()
        .map(|reason| {
            let (_, tone, word) = outcome(&reason.outcome);
            let icon = match tone {
                Tone::Ok => Icon::Ok,
                Tone::Crit => Icon::Fail,
                Tone::Warn => Icon::High,
                Tone::Unknown => Icon::Unknown,
                _ => Icon::Info,
            };
            let (line, condition, text) =
                (reason.line, reason.condition.clone(), reason.text.clone());
            view! {
                <tr>
                    <RowHead class="c-main"><code>{condition}</code></RowHead>
                    <Cell label="Outcome" class="fit"><Status tone icon>{word}</Status></Cell>
                    <Cell label="Why" class="full">{text}</Cell>
                    <Cell label="Line" class="fit"><a href=format!("#doc-L{line}")>{line}</a></Cell>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new("Condition"),
        Column::new("Outcome"),
        Column::new("Why"),
        Column::new("Line"),
    ];
    view! {
        <Block id="h-verdict" title="The token" note=count(i64::try_from(verdict.reasons.len()).unwrap_or(i64::MAX), "condition")>
            <div class="stack">
                <Notice tone title>{text}</Notice>
                <DataTable caption="Every condition in the order of the document" columns kind=TableKind::MiniCards>{rows}</DataTable>
            </div>
        </Block>
    }
    .into_any()
}

/// Draws the flaws.
pub fn findings(findings: &[LabFinding]) -> AnyView {
    if findings.is_empty() {
        return view! { <Block id="h-flaws" title="Flaws"><EmptyState title="No rule finds a flaw" text="What the document admits is drawn above; whether that is meant, only you can say."/></Block> }.into_any();
    }
    let items = findings
        .iter()
        .enumerate()
        .map(|(at, it)| {
            let it = it.clone();
            let severity = severity(&it.severity);
            view! {
                <li id=format!("flaw-{at}")>
                    <Severity level=severity/>
                    <div>
                        <p><b>{it.message}</b>" "<code>{it.rule}</code>", line "<a href=format!("#doc-L{}", it.line)>{it.line}</a></p>
                        <p class="muted">{it.why}" "{it.exploit}</p>
                        <p>"Instead: "{it.fix}</p>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <Block id="h-flaws" title="Flaws" note=count(i64::try_from(findings.len()).unwrap_or(i64::MAX), "finding")>
            <ul class="lints reasons flaws">{items}</ul>
        </Block>
    }
    .into_any()
}

/// Draws the tighter document as a diff, with the ways to put it in force.
pub fn tightened(tightened: &LabTightened) -> AnyView {
    let it = tightened.clone();
    view! {
        <Block id="h-tight" title="Tightened" note="admits every token given, and nothing the document refuses now">
            <div class="stack">
                <LineDiff label="The document before and after" before=it.before after=it.after.clone()/>
                <CodeView id="tight" code=it.after note="The whole document"/>
                <CodeView id="tight-command" code=it.command note="With the vendor’s command line"/>
                <CodeView id="tight-terraform" code=it.terraform note="In Terraform"/>
            </div>
        </Block>
    }
    .into_any()
}

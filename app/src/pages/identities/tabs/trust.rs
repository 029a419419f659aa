//! Who may become it: each trust beside what came, its tighter form, replay of an edited one, and the tests kept.

mod replay;
mod tests;

use contract::identities::{IdentityView, TrustView};
use contract::trust::{RealityView, TrustReality};
use leptos::prelude::*;

use super::TrustForms;
use crate::components::{
    ButtonLink, Cell, CodeView, Column, DataTable, EmptyState, Identifier, KeyValue, KeyValues,
    LineDiff, Notice, RowHead, TableKind, Tone, When,
};
use crate::format::count;
use crate::layout::Block;
use crate::pages::trust::ring::{Rings, label};
use crate::pages::trust::verdict::findings;
use crate::paths;
use crate::query::Address;

/// Longest document that is put into an address.
const LONGEST_LINK: usize = 6_000;

/// Draws the tab.
pub fn draw(view: &IdentityView, reality: Option<&TrustReality>, forms: TrustForms) -> AnyView {
    if view.trusts.is_empty() {
        return view! {
            <EmptyState title="No trust document is known" text="Who may become this identity is unknown until its trust policy is imported."/>
        }
        .into_any();
    }
    let documents = view
        .trusts
        .iter()
        .enumerate()
        .map(|(n, trust)| {
            let beside = reality.and_then(|all| all.trusts.iter().find(|it| it.id == trust.id));
            document(n, trust, beside, view, reality)
        })
        .collect_view();
    let more = reality.map(|reality| {
        view! {
            {seen(reality)}
            {tests::draw(reality, forms)}
            {replay::draw(reality, forms)}
        }
    });
    view! { {documents}{more} }.into_any()
}

fn document(
    n: usize,
    trust: &TrustView,
    beside: Option<&RealityView>,
    view: &IdentityView,
    reality: Option<&TrustReality>,
) -> AnyView {
    let trust = trust.clone();
    let now = view.now;
    let admits = match beside {
        Some(it) if it.unreadable.is_none() => it.judged.admits.clone(),
        _ if trust.admits.is_empty() => "Who it admits is unknown.".to_owned(),
        _ => trust.admits.clone(),
    };
    let link = Address::new(paths::trust_lab())
        .with("language", trust.language.as_str())
        .with("trust", &trust.document)
        .to_string();
    let lab = (link.len() < LONGEST_LINK)
        .then(|| view! { <p class="btn-row"><ButtonLink href=link small=true>"Open in the trust lab"</ButtonLink></p> });
    let drawn = beside
        .zip(reality)
        .map(|(it, reality)| compared(n, it, reality));
    view! {
        <Block id=format!("h-trust-{n}") title=trust.language.label()>
          <div class="stack">
            <p class="lead">{admits}</p>
            <KeyValues>
                <KeyValue label="Guards" wide=true><Identifier value=trust.target.clone() what="target"/></KeyValue>
                <KeyValue label="Last changed"><When at=trust.updated_at now/></KeyValue>
            </KeyValues>
            {drawn}
            <CodeView id=format!("trust-{n}") code=trust.document.clone()/>
            {lab}
          </div>
        </Block>
    }
    .into_any()
}

/// The admitted ring beside what came, the flaws, and the tighter form.
fn compared(n: usize, it: &RealityView, reality: &TrustReality) -> AnyView {
    if let Some(why) = it.unreadable.clone() {
        return view! { <Notice tone=Tone::Unknown title="It could not be judged.">{why}</Notice> }
            .into_any();
    }
    let it = it.clone();
    let note = format!(
        "{} of {} in the last {} would be let in by this document.",
        crate::format::number(it.admitted),
        count(reality.total, "login by token"),
        count(reality.days, "day")
    );
    let tone = match &it.seen_ring {
        Some(seen) if *seen == it.judged.ring => Tone::Ok,
        Some(_) => Tone::Warn,
        None => Tone::Unknown,
    };
    let title = format!("{}.", label(&it.judged.ring));
    let flaws = (!it.judged.findings.is_empty()).then(|| {
        let found = findings(&it.judged.findings);
        view! { <details class="more-fields"><summary>{count(i64::try_from(it.judged.findings.len()).unwrap_or(i64::MAX), "flaw")}" a rule finds"</summary>{found}</details> }
    });
    let tight = it.tightened.clone().map(|tight| {
        let same = tight.before == tight.after;
        let body = if same {
            view! { <p>"It is as tight as what came allows."</p> }.into_any()
        } else {
            view! {
                <div class="stack">
                    <LineDiff label="The trust before and after" before=tight.before after=tight.after.clone()/>
                    <CodeView id=format!("tight-{n}") code=tight.after note="The whole document"/>
                    <CodeView id=format!("tight-command-{n}") code=tight.command note="With the vendor’s command line"/>
                    <CodeView id=format!("tight-terraform-{n}") code=tight.terraform note="In Terraform"/>
                </div>
            }
            .into_any()
        };
        view! { <details class="more-fields" open=!same><summary>"Tightened to what came"</summary>{body}</details> }
    });
    let not = it.not_tightened.clone().map(
        |why| view! { <p class="muted small">"It cannot be tightened to what came: "{why}</p> },
    );
    view! {
        <Notice tone title>{it.sentence.clone()}" "{note}</Notice>
        <Rings ring=it.judged.ring.clone() seen=it.seen_ring.clone().unwrap_or_default()/>
        {flaws}
        {tight}
        {not}
    }
    .into_any()
}

/// What came, claim by claim.
fn seen(reality: &TrustReality) -> AnyView {
    let note = format!("last {}", count(reality.days, "day"));
    if reality.seen.is_empty() {
        return view! { <Block id="h-seen" title="What came" note><EmptyState title="No login by token was seen" text="Unknown until a source of the cloud tells of them."/></Block> }.into_any();
    }
    let now = reality.now;
    let rows = reality
        .seen
        .iter()
        .flat_map(|claim| {
            let name = claim.claim.clone();
            let more = (claim.more > 0).then(|| {
                let name = name.clone();
                view! { <tr><RowHead class="c-main">{name}</RowHead><Cell label="Value" class="full">{format!("and {} more", claim.more)}</Cell><Cell label="Times" class="fit"></Cell><Cell label="Last"></Cell></tr> }.into_any()
            });
            claim
                .values
                .iter()
                .map(|(value, times, last)| {
                    let (name, value, times, last) = (name.clone(), value.clone(), *times, *last);
                    view! {
                        <tr>
                            <RowHead class="c-main">{name}</RowHead>
                            <Cell label="Value" class="full"><code>{value}</code></Cell>
                            <Cell label="Times" class="fit">{crate::format::number(times)}</Cell>
                            <Cell label="Last"><When at=last now/></Cell>
                        </tr>
                    }
                    .into_any()
                })
                .chain(more)
                .collect::<Vec<_>>()
        })
        .collect_view();
    let columns = vec![
        Column::new("Claim"),
        Column::new("Value"),
        Column::new("Times"),
        Column::new("Last"),
    ];
    view! {
        <Block id="h-seen" title="What came" note>
            <DataTable caption="Distinct values of each claim" columns kind=TableKind::MiniCards>{rows}</DataTable>
        </Block>
    }
    .into_any()
}

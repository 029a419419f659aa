//! A draft: the exact population before anything is frozen, with the reviewer of each identity and why.

use contract::campaigns::{CampaignPreview, CampaignView, PreviewRow, ReviewerHop};
use leptos::prelude::*;

use crate::components::{
    ButtonKind, ButtonLink, Cell, Column, DataTable, DialogLink, EmptyState, Icon, Notice, Person,
    Reason, Reasons, RowHead, TableKind, Tone,
};
use crate::format::{count, counted, number};
use crate::layout::{Ledger, Section};
use crate::paths;

/// Draws the preview.
pub fn preview(view: &CampaignView) -> AnyView {
    let Some(preview) = &view.preview else {
        return view! { <EmptyState title="Still a draft" text="Its population is shown to those who run campaigns."/> }.into_any();
    };
    let blocked = preview.blocked.clone().map(
        |why| view! { <Notice tone=Tone::Warn title="It cannot be started yet.">{why}</Notice> },
    );
    let shown = i64::try_from(preview.rows.len()).unwrap_or(0);
    let note = if shown < preview.count {
        format!("first {} of {}", number(shown), number(preview.count))
    } else {
        counted(preview.count, "identity", "identities")
    };
    let people = count(number_of(preview), "person");
    let (reviewers, questions, rows) = (reviewers(preview), questions(preview), rows(preview));
    let (gaps, kept_out) = (gaps(preview), kept_out(preview));
    let id = view.row.id;
    view! {
        {blocked}
        <Ledger class="cp">
            <Section id="p-reviewers" title="Who would be asked" note=people>{reviewers}</Section>
            <Section id="p-questions" title="Look at this before you start">{questions}
                <p class="btn-row after"><DialogLink id="cancel" kind=ButtonKind::Quiet small=true>"Cancel the draft"</DialogLink></p>
            </Section>
            {gaps}
            {kept_out}
            <Section id="p-population" title="Population" note=note>
                {rows}
                <p class="btn-row after">
                    <ButtonLink href=paths::export_preview(id, "csv") icon=Icon::Download external=true small=true>"All of it as CSV"</ButtonLink>
                    <ButtonLink href=paths::export_preview(id, "json") icon=Icon::Download external=true small=true>"as JSON"</ButtonLink>
                </p>
            </Section>
        </Ledger>
    }
    .into_any()
}

fn number_of(preview: &CampaignPreview) -> i64 {
    i64::try_from(preview.by_reviewer.len()).unwrap_or(0)
}

fn reviewers(preview: &CampaignPreview) -> AnyView {
    let rows = preview
        .by_reviewer
        .clone()
        .into_iter()
        .map(|(person, items)| {
            view! { <tr><RowHead><Person name=person.name/></RowHead><Cell class="num" label="Items">{number(items)}</Cell></tr> }
        })
        .collect_view();
    let columns = vec![Column::new("Reviewer"), Column::new("Items").numeric()];
    view! { <DataTable caption="Items by reviewer, most first" columns=columns kind=TableKind::Mini>{rows}</DataTable> }.into_any()
}

fn questions(preview: &CampaignPreview) -> AnyView {
    if preview.questions.is_empty() {
        return view! { <p class="muted">"Nothing stands out: each has an owner, a purpose and a source that covers it."</p> }.into_any();
    }
    let rows = preview
        .questions
        .clone()
        .into_iter()
        .map(|q| view! { <Reason icon=Icon::Info>{q}</Reason> })
        .collect_view();
    view! { <Reasons>{rows}</Reasons> }.into_any()
}

/// What the sources cannot see, and who accepted it.
fn gaps(preview: &CampaignPreview) -> Option<AnyView> {
    if preview.gaps.is_empty() {
        return None;
    }
    let rows = preview
        .gaps
        .clone()
        .into_iter()
        .map(|gap| {
            let words = match gap.accepted {
                Some((why, by, _)) => format!("{} Accepted by {}: {why}", gap.sentence, by.name),
                None => gap.sentence,
            };
            view! { <Reason icon=Icon::Unknown>{words}</Reason> }
        })
        .collect_view();
    Some(view! { <Section id="p-gaps" title="What the sources cannot see" note="acknowledged at the start"><Reasons>{rows}</Reasons></Section> }.into_any())
}

/// Who may not judge what.
fn kept_out(preview: &CampaignPreview) -> Option<AnyView> {
    if preview.exclusions.is_empty() {
        return None;
    }
    let rows = preview
        .exclusions
        .clone()
        .into_iter()
        .take(50)
        .map(|(name, why)| {
            view! { <tr><RowHead class="c-main">{name}</RowHead><Cell label="Kept out" class="full">{why}</Cell></tr> }
        })
        .collect_view();
    let note = count(
        i64::try_from(preview.exclusions.len()).unwrap_or(0),
        "exclusion",
    );
    let columns = vec![Column::new("Identity"), Column::new("Kept out, and why")];
    Some(view! { <Section id="p-kept-out" title="Nobody judges their own work" note=note><DataTable caption="Who may not judge what" columns=columns kind=TableKind::MiniCards>{rows}</DataTable></Section> }.into_any())
}

fn rows(preview: &CampaignPreview) -> AnyView {
    let columns = vec![
        Column::new("Identity"),
        Column::new("Team"),
        Column::new("Reviewer"),
        Column::new("Why this person").gives_way(4),
    ];
    let rows = preview.rows.iter().map(row).collect_view();
    view! { <DataTable caption="Population by name" columns=columns kind=TableKind::MiniCards>{rows}</DataTable> }.into_any()
}

fn row(row: &PreviewRow) -> AnyView {
    let row = row.clone();
    let why = match (row.hop, row.hops.is_empty()) {
        (ReviewerHop::Owner, true) => "Owner".to_owned(),
        (hop, _) => format!("{}. {}", hop.label(), row.hops.join(" ")),
    };
    let team = row
        .team
        .as_ref()
        .map_or_else(|| "no team".to_owned(), |team| team.name.clone());
    let privileged = row
        .privileged_production
        .then(|| view! { " "<span class="tag">"privileged"</span> });
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=paths::identity(row.identity.0)>{row.identity.1.clone()}</a>{privileged}</RowHead>
            <Cell label="Team">{team}</Cell>
            <Cell label="Reviewer" class="fit">{row.reviewer.name.clone()}</Cell>
            <Cell label="Why this person" class="full c-4"><span class="muted">{why}</span></Cell>
        </tr>
    }
    .into_any()
}

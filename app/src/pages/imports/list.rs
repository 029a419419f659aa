//! The upload form, and every import with its outcome.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use contract::imports::{ImportFormat, ImportKind, ImportList, ImportRow, ImportState};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::imports::list_imports;
use crate::components::{
    Badge, Button, ButtonKind, Cell, Choice, Column, DataTable, EmptyState, FileField, Icon, Pager,
    RowHead, SelectField, TableKind, TextField, Tone, When,
};
use crate::format::{bytes, number};
use crate::layout::{Block, Crumb, DetailHead, Frame, RailItem, Split};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::{Address, one, text};

/// Why an upload did not get as far as a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// No file was chosen.
    Nothing,
    /// It is longer than what is taken.
    TooLarge,
    /// It did not come whole, or not as a form sends it.
    Broken,
}

impl Problem {
    /// The word in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::TooLarge => "too-large",
            Self::Broken => "broken",
        }
    }

    fn told(self, most_mib: u64) -> String {
        match self {
            Self::Nothing => "Choose a file that is not empty.".to_owned(),
            Self::TooLarge => format!(
                "The file is longer than {most_mib} MiB, so nothing of it was kept. Split it, or import it at the shell with rollcall import."
            ),
            Self::Broken => {
                "The file did not arrive whole, so nothing of it was kept. Upload it again."
                    .to_owned()
            }
        }
    }
}

impl FromStr for Problem {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        [Self::Nothing, Self::TooLarge, Self::Broken]
            .into_iter()
            .find(|one| one.as_str() == word)
            .ok_or(())
    }
}

/// Draws the form and the list.
#[component]
pub fn ImportsPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        let after = query.with(|params| text(params, "after"));
        (!after.is_empty()).then_some(after)
    };
    let data = Resource::new(asked, list_imports);
    loaded(data, move |viewer, list| {
        let problem = query.with_untracked(|params| one::<Problem>(params, "problem"));
        let further = untrack(asked).is_some();
        view! {
            <Frame
                viewer=frame_viewer(&viewer)
                title="Import"
                section=RailItem::Identities
                crumb=Crumb::new("Identities", paths::identities())
            >
                <DetailHead title="Import" lead="From a spreadsheet, or from what a vendor's own tool prints. Nothing is saved before you have seen what it would change."/>
                <Split label="Good to know" side=side(list.most_mib)>
                    {form(problem.map(|problem| problem.told(list.most_mib)))}
                    {imports(list, further)}
                </Split>
            </Frame>
        }
        .into_any()
    })
}

/// A plain form: a file travels in parts, to a door of its own.
fn form(wrong: Option<String>) -> AnyView {
    view! {
        <Block id="upload" title="Upload a file">
            <form method="post" action=paths::upload_import() enctype="multipart/form-data" class="stack">
                <FileField name="file" label="File" hint="CSV or JSON" error=wrong required=true/>
                <details>
                    <summary>"The file does not tell what it is"</summary>
                    <SelectField name="format" label="Format" options=formats() value=""/>
                    <SelectField name="kind" label="What its rows are about" options=kinds() value=""/>
                    <TextField name="subject" label="Identity or repository it belongs to" hint="Only for vendors' lists that do not print it, such as the secrets of a repository" max_length=200/>
                </details>
                <p class="btn-row"><Button kind=ButtonKind::Primary>"Check the file"</Button></p>
            </form>
        </Block>
    }
    .into_any()
}

/// The formats as choices.
pub(super) fn formats() -> Vec<Choice> {
    std::iter::once(Choice::new("", "Tell it from the content"))
        .chain(
            ImportFormat::ALL
                .iter()
                .map(|format| Choice::new(format.as_str(), format.label())),
        )
        .collect()
}

/// The kinds as choices.
pub(super) fn kinds() -> Vec<Choice> {
    std::iter::once(Choice::new("", "Tell it from the headers"))
        .chain(
            ImportKind::ALL
                .iter()
                .map(|kind| Choice::new(kind.as_str(), kind.label())),
        )
        .collect()
}

fn side(most_mib: u64) -> AnyView {
    let size = format!(
        "Up to {most_mib} MiB, in UTF-8. The first line of a table names its columns; you can say what each means in the next step."
    );
    view! {
        <Block id="taken" title="What is taken">
            <p class="muted">"Identities, credentials, permissions, trusts, teams and people. From vendors: AWS credential report and account authorization details, Entra applications with federated credentials, Google service accounts and keys, GitHub secrets and installations, Kubernetes service accounts."</p>
            <p class="muted">{size}</p>
        </Block>
        <Block id="kept" title="What is kept">
            <p class="muted">"A file that holds a secret is refused whole and not kept. Any other waits for four hours at most; once it is saved or discarded only its report stays."</p>
        </Block>
        <Block id="whole" title="All or nothing">
            <p class="muted">"A file is saved in one step or not at all. The same file again changes nothing."</p>
        </Block>
    }
    .into_any()
}

fn imports(list: ImportList, further: bool) -> AnyView {
    let ImportList { page, now, .. } = list;
    if page.rows.is_empty() {
        return view! {
            <Block id="imports" title="Imports so far">
                <EmptyState title="Nothing was imported yet" text="What is uploaded here or imported at the shell is listed with what it changed."/>
            </Block>
        }
        .into_any();
    }
    let columns = vec![
        Column::new("File"),
        Column::new("State"),
        Column::new("New").numeric().gives_way(3),
        Column::new("Changed").numeric().gives_way(3),
        Column::new("Unchanged").numeric().gives_way(5),
        Column::new("Conflicts").numeric().gives_way(4),
        Column::new("Problems").numeric().gives_way(4),
        Column::new("By").gives_way(2),
    ];
    let next = page.next.map(|cursor| {
        Address::new(paths::imports())
            .with("after", cursor)
            .to_string()
    });
    let rows = page
        .rows
        .into_iter()
        .map(|import| row(import, now))
        .collect_view();
    view! {
        <Block id="imports" title="Imports so far" note="newest first">
            <DataTable caption="Imports, newest first" columns kind=TableKind::MiniCards>{rows}</DataTable>
            <Pager text="" first=further.then(paths::imports) next/>
        </Block>
    }
    .into_any()
}

fn row(import: ImportRow, now: DateTime<Utc>) -> AnyView {
    let figure = |place: usize| {
        import
            .totals
            .map_or_else(|| "–".to_owned(), |totals| number(totals[place]))
    };
    let (new, changed, same, conflicts) = (figure(0), figure(1), figure(2), figure(3));
    let size = bytes(u64::try_from(import.size).unwrap_or_default());
    view! {
        <tr>
            <RowHead class="c-main"><a class="ident-name" href=paths::import(import.id)>{import.file}</a><small class="sub">{size}</small></RowHead>
            <Cell class="fit" label="State">{state(import.state)}</Cell>
            <Cell class="num c-3" label="New">{new}</Cell>
            <Cell class="num c-3" label="Changed">{changed}</Cell>
            <Cell class="num c-5" label="Unchanged">{same}</Cell>
            <Cell class="num c-4" label="Conflicts">{conflicts}</Cell>
            <Cell class="num c-4" label="Problems">{number(import.problems)}</Cell>
            <Cell class="c-2" label="By">{import.by}<small class="sub"><When at=import.at now/></small></Cell>
        </tr>
    }
    .into_any()
}

/// Draws where a file stands.
pub(super) fn state(state: ImportState) -> AnyView {
    let (icon, tone) = match state {
        ImportState::Checking | ImportState::Saving => (Icon::Clock, Tone::Info),
        ImportState::Ready => (Icon::High, Tone::Warn),
        ImportState::Saved => (Icon::Ok, Tone::Ok),
        ImportState::Refused | ImportState::Failed => (Icon::Critical, Tone::Crit),
        ImportState::Discarded | ImportState::Expired => (Icon::Ban, Tone::Plain),
    };
    view! { <Badge icon tone>{state.label()}</Badge> }.into_any()
}

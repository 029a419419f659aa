//! The mapping step: what the person says of a file, and of each of its columns.

use contract::imports::ImportView;
use leptos::prelude::*;

use super::list::{formats, kinds};
use crate::api::imports::RemapImport;
use crate::components::{
    Button, Cell, Choice, Column, DataTable, RowHead, SelectField, TableKind, TextField,
};
use crate::form::{PostForm, Posted};
use crate::layout::Block;

/// Draws the form that has the file read anew.
pub(super) fn draw(import: &ImportView, remap: Posted<RemapImport>) -> AnyView {
    let wrong = |field: &str| remap.of_field(field);
    let typed = |field: &str, kept: &str| remap.typed(field).unwrap_or_else(|| kept.to_owned());
    let hint = &import.hint;
    let format = typed(
        "input[format]",
        hint.format.map_or("", |format| format.as_str()),
    );
    let kind = typed("input[kind]", hint.kind.map_or("", |kind| kind.as_str()));
    let subject = typed("input[subject]", &hint.subject);
    let id = import.row.id.to_string();
    let columns = columns(import, wrong("field"));
    let (format_wrong, kind_wrong) = (wrong("format"), wrong("kind"));
    view! {
        <Block id="mapping" title="How it is read" note="the file is checked anew; nothing is saved">
            <PostForm to=remap attr:class="stack">
                <input type="hidden" name="id" value=id/>
                <div class="pair">
                    <SelectField name="input[format]" id="format" label="Format" options=formats() value=format error=format_wrong/>
                    <SelectField name="input[kind]" id="kind" label="What its rows are about" options=kinds() value=kind error=kind_wrong/>
                </div>
                <TextField name="input[subject]" id="subject" label="Identity or repository it belongs to" hint="Only for vendors' lists that do not print it" value=subject max_length=200/>
                {columns}
                <p class="btn-row"><Button>"Check it again"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}

/// One row for each column of a table, with the field it is taken for.
fn columns(import: &ImportView, wrong: Option<String>) -> Option<AnyView> {
    if import.columns.is_empty() {
        return None;
    }
    let rows = import
        .columns
        .iter()
        .enumerate()
        .map(|(place, (column, field))| one(place, column, field, &import.fields))
        .collect_view();
    let wrong = wrong.map(|wrong| view! { <p class="error" role="alert">{wrong}</p> });
    let heads = vec![Column::new("Column of the file"), Column::new("Taken for")];
    Some(
        view! {
            {wrong}
            <DataTable caption="Columns and what they are taken for" columns=heads kind=TableKind::Mini>{rows}</DataTable>
        }
        .into_any(),
    )
}

fn one(place: usize, column: &str, field: &str, fields: &[String]) -> AnyView {
    let mut options = vec![Choice::new("", "Leave it out")];
    // A column for each kind of outside name is none of the usual fields.
    let own =
        (!field.is_empty() && !fields.iter().any(|known| known == field)).then(|| field.to_owned());
    options.extend(
        fields
            .iter()
            .cloned()
            .chain(own)
            .map(|field| Choice::new(field.clone(), field.replace('_', " "))),
    );
    let (name, id) = (format!("input[field][{place}]"), format!("column-{place}"));
    let label = format!("{column} is taken for");
    let (shown, sent) = (column.to_owned(), column.to_owned());
    let sent_as = format!("input[column][{place}]");
    let chosen = field.to_owned();
    view! {
        <tr>
            <RowHead>{shown}<input type="hidden" name=sent_as value=sent/></RowHead>
            <Cell label="Taken for" class="bare-field"><SelectField name id label options value=chosen required=true/></Cell>
        </tr>
    }
    .into_any()
}

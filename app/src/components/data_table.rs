//! Data table: sticky head, sort links, columns that give way in a written order, cards below 900 px.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};

/// The way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest, earliest, A first.
    Ascending,
    /// Largest, latest, Z first.
    Descending,
}

impl Direction {
    const fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    const fn icon(self) -> Icon {
        match self {
            Self::Ascending => Icon::Up,
            Self::Descending => Icon::Down,
        }
    }
}

/// One column's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    label: String,
    class: String,
    hidden: bool,
    sort: Option<String>,
    sorted: Option<Direction>,
    select_all: bool,
    key: Option<&'static str>,
}

impl Column {
    /// Names a column.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }

    /// The column of the row checkboxes; with a script its head ticks the whole page.
    pub fn select() -> Self {
        Self {
            select_all: true,
            ..Self::new("Select all on this page").class("sel")
        }
    }

    /// Sets when the column gives way: 5 first, 2 last. The cells need the same class (`c-4`).
    #[must_use]
    pub fn gives_way(self, order: u8) -> Self {
        self.class(&format!("c-{order}"))
    }

    /// Aligns figures at the end.
    #[must_use]
    pub fn numeric(self) -> Self {
        self.class("num")
    }

    /// Adds a class.
    #[must_use]
    pub fn class(mut self, class: &str) -> Self {
        if !self.class.is_empty() {
            self.class.push(' ');
        }
        self.class.push_str(class);
        self
    }

    /// Puts a legend key before the name, for a column of bars.
    #[must_use]
    pub fn key(mut self, fill: super::chart::Fill) -> Self {
        self.key = Some(fill.key());
        self
    }

    /// Keeps the name for assistive technology only.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// Makes the head a link that sorts, and says how the table is sorted by it now.
    #[must_use]
    pub fn sort(mut self, href: impl Into<String>, sorted: Option<Direction>) -> Self {
        self.sort = Some(href.into());
        self.sorted = sorted;
        self
    }

    fn head(self) -> AnyView {
        let content = match self.sort {
            _ if self.select_all => view! {
                <label><span class="vh">{self.label}</span><input type="checkbox" class="js-only" data-select-all=""/></label>
            }
            .into_any(),
            _ if self.hidden => view! { <span class="vh">{self.label}</span> }.into_any(),
            Some(href) => {
                let arrow = self.sorted.map(|direction| view! { <Glyph icon=direction.icon()/> });
                view! { <a href=href data-noscroll="">{self.label}{arrow}</a> }.into_any()
            }
            None => match self.key {
                Some(key) => {
                    view! { <span class="legend-in"><i class=key></i>{self.label}</span> }.into_any()
                }
                None => self.label.into_any(),
            },
        };
        let class = (!self.class.is_empty()).then_some(self.class);
        view! { <th scope="col" class=class aria-sort=self.sorted.map(Direction::aria)>{content}</th> }.into_any()
    }
}

/// Which table it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TableKind {
    /// The list of a page; each row becomes a card below 900 px.
    #[default]
    List,
    /// The list of a page, its cards dense.
    Tight,
    /// A small table inside a region, its own columns at every width.
    Mini,
    /// A small table whose rows become cards below 900 px.
    MiniCards,
    /// A small table whose rows become dense cards below 900 px.
    MiniTight,
}

impl TableKind {
    const fn class(self) -> &'static str {
        match self {
            Self::List => "table cards",
            Self::Tight => "table cards tight",
            Self::Mini => "table mini static",
            Self::MiniCards => "table mini static cards flush",
            Self::MiniTight => "table mini static cards flush tight",
        }
    }
}

/// Draws a table; the rows are `<tr>` of [`Cell`]s, the main one with class `c-main`.
#[component]
pub fn DataTable(
    /// What the rows are and how they are sorted, for assistive technology.
    #[prop(into)]
    caption: String,
    /// The columns.
    columns: Vec<Column>,
    /// Which table it is.
    #[prop(optional)]
    kind: TableKind,
    /// Whether each row has one line: what proves the name is left out.
    #[prop(optional)]
    compact: bool,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let class = format!("{}{}", kind.class(), if compact { " compact" } else { "" });
    let heads = columns.into_iter().map(Column::head).collect_view();
    view! {
        <table class=class>
            <caption class="vh">{caption}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{children()}</tbody>
        </table>
    }
    .into_any()
}

/// Draws one cell. Classes: `c-main` the name, `c-2`…`c-5` gives way, `fit` one line, `num` figures,
/// `full` a card's whole width, `top` a card's first line.
#[component]
pub fn Cell(
    /// The column's name, shown on cards.
    #[prop(optional, into)]
    label: Maybe,
    /// Its classes.
    #[prop(optional, into)]
    class: Maybe,
    /// The content.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! { <td class=class.take() data-l=label.take()>{children.map(|children| children())}</td> }
        .into_any()
}

/// Draws the cell that names its row.
#[component]
pub fn RowHead(
    /// Its classes.
    #[prop(optional, into)]
    class: Maybe,
    /// The name.
    children: Children,
) -> impl IntoView {
    view! { <th scope="row" class=class.take()>{children()}</th> }.into_any()
}

/// Draws the checkbox that selects a row for the form with that id.
#[component]
pub fn SelectCell(
    /// The row's name: `Select invoice-export` is read.
    #[prop(into)]
    name: String,
    /// The value that is sent.
    #[prop(into)]
    value: String,
    /// The field's name.
    #[prop(default = "id")]
    field: &'static str,
    /// The form it belongs to.
    #[prop(optional, into)]
    form: Maybe,
) -> impl IntoView {
    view! {
        <td class="sel">
            <label>
                <span class="vh">{format!("Select {name}")}</span>
                <input type="checkbox" name=field value=value form=form.take()/>
            </label>
        </td>
    }
    .into_any()
}

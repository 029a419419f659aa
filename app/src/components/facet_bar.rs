//! Facets: checkboxes with counts in a GET form, so that what is chosen lives in the address.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe};
use crate::format::number;

/// One facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetGroup {
    /// The parameter's name: `environment`.
    pub name: String,
    /// The words above: `Environment`.
    pub legend: String,
    /// The values.
    pub options: Vec<FacetOption>,
}

/// One value of a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetOption {
    /// The parameter's value.
    pub value: String,
    /// The words.
    pub label: String,
    /// How many rows it would show; absent when that is not counted.
    pub count: Option<i64>,
    /// Whether it is on.
    pub checked: bool,
}

/// Draws the facets; below 1200 px they open by link.
#[component]
pub fn FacetBar(
    /// The list's own path.
    #[prop(into)]
    action: String,
    /// The facets.
    groups: Vec<FacetGroup>,
    /// Parameters that stay as they are: sort, search, time range, never the cursor.
    #[prop(optional)]
    keep: Vec<(String, String)>,
    /// What stands above the facets: a text filter.
    #[prop(optional)]
    search: Option<AnyView>,
    /// The words that lead back to the rows on a phone: `Show 61 identities`.
    #[prop(optional, into)]
    done: Maybe,
) -> impl IntoView {
    let active = groups
        .iter()
        .filter(|group| group.options.iter().any(|option| option.checked))
        .count();
    let active =
        (active > 0).then(|| view! { <span class="muted">{format!("{active} active")}</span> });
    let keep = keep
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let groups = groups.into_iter().map(group).collect_view();
    let done = done.take().unwrap_or_else(|| "Show the rows".to_owned());
    view! {
        <a class="facets-open" href="#filters" rel="external">
            <Glyph icon=Icon::Filter/>
            "Filters "
            {active}
            <Glyph icon=Icon::ChevronDown/>
        </a>
        <section class="facets" id="filters" aria-label="Filters">
            <form class="facets-body" method="get" action=action data-live="">
                {keep}
                {search}
                {groups}
                <button class="btn no-js" type="submit">"Apply filters"</button>
            </form>
            <a class="btn facets-done" href="#main" rel="external">{done}</a>
        </section>
    }
    .into_any()
}

fn group(group: FacetGroup) -> AnyView {
    let name = group.name;
    let options = group
        .options
        .into_iter()
        .map(|option| {
            let count = option
                .count
                .map(|count| view! { <span>{number(count)}</span> });
            view! {
                <label>
                    <input
                        type="checkbox"
                        name=name.clone()
                        value=option.value
                        checked=option.checked
                        prop:checked=option.checked
                    />
                    {option.label}
                    {count}
                </label>
            }
        })
        .collect_view();
    view! { <fieldset class="facet"><legend>{group.legend}</legend>{options}</fieldset> }.into_any()
}

/// Draws the text filter of a list, first among its facets.
#[component]
pub fn FacetSearch(
    /// The parameter's name.
    #[prop(default = "q")]
    name: &'static str,
    /// What is searched: `Name, subject or purpose`.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(optional, into)]
    value: Maybe,
) -> impl IntoView {
    let id = format!("filter-{name}");
    view! {
        <div class="facet facet-search">
            <label for=id.clone()>{label}</label>
            <input id=id name=name type="search" value=value.take() autocomplete="off"/>
        </div>
    }
    .into_any()
}

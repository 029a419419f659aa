//! The inventory: search, facets, saved views, order and page, all in the address.

use contract::access::Viewer;
use contract::identities::{IdentityFilter, IdentityList, IdentitySort, IdentityState};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{address, facets, table, views};
use crate::api::identities::list_identities;
use crate::components::{
    Browse, ButtonKind, ButtonLink, Count, EmptyState, Export, FacetBar, FacetSearch, Icon, Notice,
    Pager, Results, SavedViews, Tone, Toolbar,
};
use crate::format::number;
use crate::layout::{Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::pages::roles;
use crate::paths;
use crate::query::text;

/// Draws the inventory.
#[component]
pub fn IdentitiesPage() -> impl IntoView {
    let query = use_query_map();
    let asked = move || {
        query.with(|params| {
            let after = text(params, "after");
            (
                address::filter(params),
                address::sort(params),
                (!after.is_empty()).then_some(after),
            )
        })
    };
    let data = Resource::new(asked, |(filter, sort, after)| {
        list_identities(filter, sort, after)
    });
    loaded(data, move |viewer, list| {
        let (filter, sort, after) = untrack(asked);
        let asks = roles::acts(&viewer);
        let imports = roles::keeps(&viewer).then(
            || view! { <ButtonLink href=paths::imports() icon=Icon::Download>"Import"</ButtonLink> },
        );
        let action = asks.then(|| view! {
            {imports}
            <ButtonLink href=paths::new_identity() kind=ButtonKind::Primary icon=Icon::Plus>"Ask for"<span class="wide-only">" an identity"</span></ButtonLink>
        })
        .into_any();
        let body = if list.all == 0 && filter == IdentityFilter::default() {
            empty(&viewer)
        } else {
            let runs = crate::pages::campaigns::list::runs(&viewer);
            browse(list, &filter, sort, after.is_some(), runs)
        };
        view! {
            <Frame viewer=frame_viewer(&viewer) title="Identities" section=RailItem::Identities action>{body}</Frame>
        }
        .into_any()
    })
}

fn browse(
    list: IdentityList,
    filter: &IdentityFilter,
    sort: IdentitySort,
    further: bool,
    runs: bool,
) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let search =
        view! { <FacetSearch label="Name, purpose or subject" value=filter.q.clone()/> }.into_any();
    let views = views::items(&list, filter);
    let groups = facets::groups(&list, filter);
    let keep = facets::keep(filter, sort);
    let queue = (filter.state == [IdentityState::Discovered]).then(|| {
        view! {
            <Notice tone=Tone::Info>"Nobody answers for these yet. "<a href=paths::discovered()>"Work through them"</a>": what each may be the same as, and who may own it."</Notice>
        }
    });
    let results = results(list, filter, sort, further, runs);
    view! {
        <SavedViews items=views/>
        {queue}
        <Browse>
            <FacetBar
                action=paths::identities()
                groups
                keep
                search
                done=format!("Show {}", crate::format::counted(total, "identity", "identities"))
            />
            <Results label="Identities">{results}</Results>
        </Browse>
    }
    .into_any()
}

fn results(
    list: IdentityList,
    filter: &IdentityFilter,
    sort: IdentitySort,
    further: bool,
    runs: bool,
) -> AnyView {
    let total = list.page.total.unwrap_or_default();
    let review = (runs && *filter != IdentityFilter::default()).then(|| {
        let search = crate::pages::campaigns::population::search_of(filter);
        view! { <ButtonLink href=paths::new_campaign_for(&search) small=true>"Review these"</ButtonLink> }
    });
    let count = view! { <Count shown=total of=Some(list.all) noun="identities"/> }.into_any();
    let chips = facets::chips(&list, filter, sort);
    let export =
        |format| address::under(paths::export_identities(format), filter, sort).to_string();
    let (csv, json) = (export("csv"), export("json"));
    let toolbar = view! {
        <Toolbar count chips clear=paths::identities()>
            {review}
            <Export csv json/>
        </Toolbar>
    };
    if list.page.rows.is_empty() {
        return view! {
            {toolbar}
            <EmptyState title="No identity fits these filters" text="Take one of the filters away, or look for a part of the name.">
                <ButtonLink href=paths::identities()>"Show all identities"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let here = address::list(filter, sort);
    let next = list
        .page
        .next
        .map(|cursor| here.clone().with("after", cursor).to_string());
    let shown = i64::try_from(list.page.rows.len()).unwrap_or_default();
    let text = if further {
        format!("{} more of {}", number(shown), number(total))
    } else {
        format!("1 to {} of {}", number(shown), number(total))
    };
    let caption = format!("Identities, {}", sort.label().to_lowercase());
    view! {
        {toolbar}
        {table::table(&list.page.rows, caption, Some((filter, sort)), list.now)}
        <Pager text first=further.then(|| here.to_string()) next/>
    }
    .into_any()
}

/// Nothing in the roll yet: what to do first.
fn empty(viewer: &Viewer) -> AnyView {
    let imports = roles::keeps(viewer)
        .then(|| view! { <ButtonLink href=paths::imports()>"Import a list"</ButtonLink> });
    let connects = roles::keeps(viewer).then(|| view! { <ButtonLink href=paths::new_source() kind=ButtonKind::Primary icon=Icon::Plus>"Add a source"</ButtonLink> });
    let asks = roles::acts(viewer).then(
        || view! { <ButtonLink href=paths::new_identity()>"Ask for an identity"</ButtonLink> },
    );
    view! {
        <EmptyState
            title="No identities yet"
            text="Let one source speak: every pipeline that shows up in it becomes a discovered identity, with the events that prove it. Or ask for the first one by hand."
        >
            {connects}
            {imports}
            {asks}
        </EmptyState>
    }
    .into_any()
}

//! One identity: what it is, who answers for it, and the tabs behind that.

use contract::access::Viewer;
use contract::identities::IdentityView;
use contract::ids::IdentityId;
use contract::trust::TrustReality;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{parts, tabs, transitions};
use crate::api::identities::{ChangeIdentity, load_identity};
use crate::api::trust::load_reality;
use crate::components::{
    Badge, ButtonLink, Icon, LinkItem, Maybe, MaybeWhen, Owner, Person, Said, Tabs, Tag, When,
};
use crate::error::AppError;
use crate::form::Posted;
use crate::layout::{Crumb, DetailHead, Fact, Facts, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};
use crate::paths;
use crate::query::text;

/// Draws one identity.
#[component]
pub fn IdentityPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let change = Posted::<ChangeIdentity>::new();
    let forms = tabs::Forms::default();
    let trust_forms = tabs::TrustForms::default();
    let asked = move || {
        let id = params
            .with(|params| params.get("id"))
            .and_then(|id| id.parse::<IdentityId>().ok());
        let trust = query.with(|params| tabs::Tab::of(&text(params, "tab")) == tabs::Tab::Trust);
        (id, trust)
    };
    let data = Resource::new(asked, |(id, trust)| async move {
        match id {
            Some(id) => {
                let view = load_identity(id).await?;
                // Only its own tab asks what came: that reads events.
                let reality = if trust {
                    Some(load_reality(id).await?)
                } else {
                    None
                };
                Ok((view, reality))
            }
            None => Err(AppError::NotFound(
                "This address names no identity. It may be mistyped.".to_owned(),
            )),
        }
    });
    loaded(data, move |viewer, (view, reality)| {
        let tab = query.with_untracked(|params| text(params, "tab"));
        draw(
            &viewer,
            (&view, reality.as_ref()),
            &tab,
            change,
            forms,
            trust_forms,
        )
    })
}

fn draw(
    viewer: &Viewer,
    (view, reality): (&IdentityView, Option<&TrustReality>),
    tab: &str,
    change: Posted<ChangeIdentity>,
    forms: tabs::Forms,
    trust_forms: tabs::TrustForms,
) -> AnyView {
    let tab = tabs::Tab::of(tab);
    let edit = view.may_edit.then(|| {
        view! { <ButtonLink href=paths::edit_identity(view.row.id) icon=Icon::Edit>"Edit"</ButtonLink> }
    });
    let transitions = transitions::links(&view.transitions);
    let action = view! { {transitions}{edit} }.into_any();
    let items = tabs::Tab::ALL
        .into_iter()
        .map(|each| {
            let item = LinkItem::new(each.label(), paths::identity_tab(view.row.id, each.word()))
                .current(each == tab);
            match each.count(view) {
                Some(count) => item.count(count),
                None => item,
            }
        })
        .collect();
    let body = view! {
        {head(view)}
        {transitions::problem(change)}
        {transitions::standing(view)}
        <Tabs label="Identity" items/>
        {tabs::draw(tab, view, reality, forms, trust_forms)}
        {transitions::dialogs(view, change)}
    };
    view! {
        <Frame
            viewer=frame_viewer(viewer)
            title=view.row.name.clone()
            section=RailItem::Identities
            crumb=Crumb::new("Identities", paths::identities())
            action
        >
            {body}
        </Frame>
    }
    .into_any()
}

fn head(view: &IdentityView) -> AnyView {
    let row = &view.row;
    let now = view.now;
    let (name, detail) = parts::split_name(&row.name);
    let places = row
        .environments
        .iter()
        .map(|place| place.label().to_lowercase())
        .map(|place| view! { <Tag>{place}</Tag> })
        .collect_view();
    let privileged = row
        .privileged
        .then(|| view! { <Badge icon=Icon::Lock>"Privileged"</Badge> });
    let glass = view
        .break_glass
        .is_some()
        .then(|| view! { <Badge icon=Icon::Critical>"Break-glass"</Badge> });
    let tier = parts::tier(row.tier);
    let badges =
        view! { {parts::state(row.state)}{privileged}{glass}<Tag>{tier}</Tag>{places} }.into_any();
    let lead = if row.purpose.is_empty() {
        "Nobody has said what it is for.".to_owned()
    } else {
        row.purpose.clone()
    };
    let team = row.team.as_ref().map(|team| team.name.clone());
    let team_href = row.team.as_ref().map(|team| paths::team(&team.slug));
    let next = match row.next_review_at {
        Some(at) => view! { {parts::review(row, now)}" "<span class="faint"><When at now said=Said::Relative/></span> }.into_any(),
        None => view! { <span class="faint">"Not planned"</span> }.into_any(),
    };
    let keepers = keepers(view);
    let risk = parts::risk(row.risk);
    let held = view! { <span>{parts::credential(row.credential)}</span>" "<span>{parts::rotation(row.rotation)}</span> };
    let last_used_at = row.last_used_at;
    view! {
        <DetailHead title=name detail icon=parts::kind_icon(row.kind) badges lead>
            <Facts>
                <Fact label="Owner"><Owner team href=team_href/></Fact>
                <Fact label="Answers for it">{keepers}</Fact>
                <Fact label="Risk">{risk}</Fact>
                <Fact label="Credential">{held}</Fact>
                <Fact label="Last used"><MaybeWhen at=last_used_at now absent="not seen in any event"/></Fact>
                <Fact label="Next review">{next}</Fact>
            </Facts>
        </DetailHead>
    }
    .into_any()
}

/// Who may own it, and how that is known; a person confirms by editing.
fn suggestions(view: &IdentityView) -> Option<AnyView> {
    let likely = view.suggested_owners.first()?;
    let words = format!("{}, {}", likely.person.name, likely.source);
    let edit = view.may_edit.then(|| {
        view! { " "<a href=format!("{}#owner", paths::edit_identity(view.row.id))>"Choose an owner"</a> }
    });
    Some(view! { <span class="faint">"suggested: "{words}</span>{edit} }.into_any())
}

fn keepers(view: &IdentityView) -> AnyView {
    let Some(owner) = &view.row.owner else {
        let likely = suggestions(view);
        return view! { <Owner team=Maybe::default()/>{likely} }.into_any();
    };
    let likely = suggestions(view);
    let left = (!owner.active).then(|| view! { <span class="faint">"has left"</span> });
    let backup = view.backup_owner.as_ref().map(|backup| {
        view! { <span class="faint">"backup"</span><Person name=backup.name.clone() href=paths::person(backup.id)/> }
    });
    view! { <Person name=owner.name.clone() href=paths::person(owner.id)/>{left}{backup}{likely} }
        .into_any()
}

//! The route table: path -> page. Every page is rendered whole (`SsrMode::Async`), so that it is complete
//! without JavaScript and answers with the right status.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::loaded::provide_viewer;
use crate::pages::activity::ActivityPage;
use crate::pages::campaigns::detail::CampaignPage;
use crate::pages::campaigns::form::NewCampaignPage;
use crate::pages::campaigns::list::CampaignsPage;
use crate::pages::campaigns::report::ReportPage;
use crate::pages::campaigns::templates::TemplatesPage;
use crate::pages::docs::{ConnectPage, ReferencePage};
use crate::pages::events::EventsPage;
use crate::pages::findings::list::FindingsPage;
use crate::pages::identities::detail::IdentityPage;
use crate::pages::identities::discovered::DiscoveredPage;
use crate::pages::identities::edit::EditPage;
use crate::pages::identities::list::IdentitiesPage;
use crate::pages::identities::request::RequestPage;
use crate::pages::imports::{ImportPage, ImportsPage};
use crate::pages::not_found::NotFound;
use crate::pages::overview::OverviewPage;
use crate::pages::people::{PeoplePage, PersonPage};
use crate::pages::reviews::item::ReviewPage;
use crate::pages::reviews::mine::MyReviewsPage;
use crate::pages::reviews::start::ReviewStartPage;
use crate::pages::runners::RunnersPage;
use crate::pages::runs::{RunsPage, StoryPage};
use crate::pages::search::SearchPage;
use crate::pages::settings::SettingsPage;
use crate::pages::settings::destinations::{DestinationPage, DestinationsPage, NewDestinationPage};
use crate::pages::settings::device::DevicePage;
use crate::pages::settings::notifications::NotificationsPage;
use crate::pages::settings::rotation::RotationPage;
use crate::pages::settings::tokens::TokensPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::sources::{NewSourcePage, SourcePage, SourcesPage};
use crate::pages::teams::{TeamPage, TeamsPage};
use crate::pages::trust::lab::LabPage;
use crate::pages::trust::pipelines::PipelinesPage;
use crate::pages::trust::repository::RepositoryPage;

/// Draws the page the address names.
#[component]
pub fn AppRoutes() -> impl IntoView {
    view! {
        <Router>
            <Session/>
            <Routes fallback=|| view! { <NotFound/> }>
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/activity") view=ActivityPage ssr=SsrMode::Async/>
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/tokens") view=TokensPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/notifications") view=NotificationsPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/destinations") view=DestinationsPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/destinations/new") view=NewDestinationPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/destinations/:id") view=DestinationPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/device") view=DevicePage ssr=SsrMode::Async/>
                <Route path=path!("/docs/api") view=ReferencePage ssr=SsrMode::Async/>
                <Route path=path!("/docs/connect") view=ConnectPage ssr=SsrMode::Async/>
                <Route path=path!("/settings/rotation") view=RotationPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns") view=CampaignsPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/new") view=NewCampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/templates") view=TemplatesPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/report") view=ReportPage ssr=SsrMode::Async/>
                <Route path=path!("/campaigns/:id") view=CampaignPage ssr=SsrMode::Async/>
                <Route path=path!("/reviews") view=MyReviewsPage ssr=SsrMode::Async/>
                <Route path=path!("/reviews/:campaign") view=ReviewStartPage ssr=SsrMode::Async/>
                <Route path=path!("/reviews/:campaign/:item") view=ReviewPage ssr=SsrMode::Async/>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                <Route path=path!("/identities") view=IdentitiesPage ssr=SsrMode::Async/>
                <Route path=path!("/identities/new") view=RequestPage ssr=SsrMode::Async/>
                <Route path=path!("/identities/discovered") view=DiscoveredPage ssr=SsrMode::Async/>
                <Route path=path!("/identities/:id") view=IdentityPage ssr=SsrMode::Async/>
                <Route path=path!("/identities/:id/edit") view=EditPage ssr=SsrMode::Async/>
                <Route path=path!("/imports") view=ImportsPage ssr=SsrMode::Async/>
                <Route path=path!("/imports/:id") view=ImportPage ssr=SsrMode::Async/>
                <Route path=path!("/findings") view=FindingsPage ssr=SsrMode::Async/>
                <Route path=path!("/teams") view=TeamsPage ssr=SsrMode::Async/>
                <Route path=path!("/teams/:slug") view=TeamPage ssr=SsrMode::Async/>
                <Route path=path!("/people") view=PeoplePage ssr=SsrMode::Async/>
                <Route path=path!("/people/:id") view=PersonPage ssr=SsrMode::Async/>
                <Route path=path!("/search") view=SearchPage ssr=SsrMode::Async/>
                <Route path=path!("/events") view=EventsPage ssr=SsrMode::Async/>
                <Route path=path!("/runners") view=RunnersPage ssr=SsrMode::Async/>
                <Route path=path!("/runs") view=RunsPage ssr=SsrMode::Async/>
                <Route path=path!("/runs/:run") view=StoryPage ssr=SsrMode::Async/>
                <Route path=path!("/trust") view=LabPage ssr=SsrMode::Async/>
                <Route path=path!("/trust/pipelines") view=PipelinesPage ssr=SsrMode::Async/>
                <Route path=path!("/trust/pipelines/:id") view=RepositoryPage ssr=SsrMode::Async/>
                <Route path=path!("/sources") view=SourcesPage ssr=SsrMode::Async/>
                <Route path=path!("/sources/new") view=NewSourcePage ssr=SsrMode::Async/>
                <Route path=path!("/sources/:slug") view=SourcePage ssr=SsrMode::Async/>
            </Routes>
        </Router>
    }
}

/// Provides what every page needs and only a router's child can have.
#[component]
fn Session() -> impl IntoView {
    provide_viewer();
}

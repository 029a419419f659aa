//! How a page waits for its data and its viewer, and what it shows when either fails.
//!
//! A page is: read the address, make a resource, `loaded(resource, |viewer, data| view!{ <Frame …> })`.

use contract::access::{Role, Viewer};
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use crate::api::session;
use crate::components::{ButtonLink, EmptyState, ErrorPanel, Skeleton};
use crate::error::AppError;
use crate::layout::{Frame, FrameViewer, RailItem};
use crate::paths;

/// The viewer, loaded once per document and again after each navigation that changes something.
#[derive(Clone, Copy)]
pub struct ViewerResource(pub Resource<Result<Viewer, AppError>>);

/// Provides the viewer to every page.
pub fn provide_viewer() {
    let location = use_location();
    let resource = Resource::new(
        move || location.pathname.get(),
        |path| async move {
            // The sign-in page is for nobody in particular; asking would answer it with 401.
            if path == paths::sign_in() {
                return Err(AppError::NotSignedIn);
            }
            session::load_viewer().await
        },
    );
    provide_context(ViewerResource(resource));
}

/// Draws a page once its data and viewer are there.
pub fn loaded<T, F>(data: Resource<Result<T, AppError>>, draw: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(Viewer, T) -> AnyView + Clone + Send + Sync + 'static,
{
    let viewer = expect_context::<ViewerResource>().0;
    let location = use_location();
    view! {
        <Transition fallback=|| view! { <main id="main" class="loading"><Skeleton/></main> }>
            {move || {
                let draw = draw.clone();
                let here = location.pathname.get_untracked() + &location.search.with_untracked(|s| if s.is_empty() { String::new() } else { format!("?{s}") });
                Suspend::new(async move {
                    match (viewer.await, data.await) {
                        (Ok(viewer), Ok(data)) => draw(viewer, data),
                        (Err(AppError::NotSignedIn), _) => view! { <Redirect path=paths::sign_in_then(&here)/> }.into_any(),
                        (Ok(viewer), Err(error)) => failed(&viewer, &error),
                        (Err(error), _) => view! { <main id="main"><Panel error/></main> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

/// Draws the frame with the error in it.
fn failed(viewer: &Viewer, error: &AppError) -> AnyView {
    #[cfg(feature = "ssr")]
    crate::error::answer_with(error);
    let error = error.clone();
    view! {
        <Frame viewer=frame_viewer(viewer) title=error.title() section=RailItem::Nowhere>
            {told(error)}
        </Frame>
    }
    .into_any()
}

/// What stands instead of the page: nothing failed when something is not there, or not theirs.
fn told(error: AppError) -> AnyView {
    match error {
        AppError::Forbidden(why) | AppError::NotFound(why) => view! {
            <EmptyState title=why><ButtonLink href=paths::overview()>"Go to the overview"</ButtonLink></EmptyState>
        }
        .into_any(),
        error => view! { <Panel error/> }.into_any(),
    }
}

/// An error as a panel: what happened, what was kept, what to do.
#[component]
pub fn Panel(
    /// The error.
    error: AppError,
) -> impl IntoView {
    let (title, advice, request_id) = error.into_words();
    let title = format!("{title}.");
    view! { <ErrorPanel title advice request_id/> }
}

/// What the frame says about the viewer.
pub fn frame_viewer(viewer: &Viewer) -> FrameViewer {
    let keeper = viewer
        .roles
        .iter()
        .any(|role| matches!(role, Role::Admin | Role::Security | Role::Auditor));
    let initials = viewer
        .name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
    let mut line: Vec<String> = viewer
        .teams
        .iter()
        .take(1)
        .map(|(_, name)| name.clone())
        .collect();
    line.extend(viewer.roles.iter().map(|role| role.label().to_lowercase()));
    FrameViewer {
        name: viewer.name.clone(),
        initials,
        roles_line: line.join(", "),
        org: viewer.organisation.clone(),
        waiting_findings: u32::try_from(viewer.waiting_findings).unwrap_or(0),
        waiting_reviews: u32::try_from(viewer.waiting_reviews).unwrap_or(0),
        is_owner_only: !keeper,
        ..FrameViewer::default()
    }
}

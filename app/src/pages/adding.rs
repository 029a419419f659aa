//! Pages on which security and administrators add something: their frame, and what everybody else is told.

use leptos::prelude::*;

use super::roles;
use crate::api::session::load_viewer;
use crate::error::AppError;
use crate::layout::{Crumb, DetailHead, Frame, RailItem};
use crate::loaded::{frame_viewer, loaded};

/// What is added, and where its page stands.
#[derive(Debug, Clone)]
pub struct Adding {
    /// The page's title.
    pub title: &'static str,
    /// One plain sentence under it; empty for none.
    pub lead: &'static str,
    /// Where on the rail it belongs.
    pub section: RailItem,
    /// The page above it.
    pub crumb: Crumb,
    /// What is said to whoever may not.
    pub refusal: &'static str,
}

/// Draws the page for those who may add; everybody else is told who may.
pub fn adding<F>(what: Adding, draw: F) -> impl IntoView
where
    F: Fn() -> AnyView + Clone + Send + Sync + 'static,
{
    let refusal = what.refusal;
    let data = Resource::new(
        || (),
        move |()| async move {
            let viewer = load_viewer().await?;
            if roles::keeps(&viewer) {
                Ok(())
            } else {
                Err(AppError::Forbidden(refusal.to_owned()))
            }
        },
    );
    loaded(data, move |viewer, ()| {
        let Adding {
            title,
            lead,
            section,
            crumb,
            ..
        } = what.clone();
        let body = draw();
        view! {
            <Frame viewer=frame_viewer(&viewer) title section crumb>
                <DetailHead title lead/>
                {body}
            </Frame>
        }
        .into_any()
    })
}

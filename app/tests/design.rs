//! Renders the design system to static pages under `target/design/`, to be looked at beside the mocks,
//! and checks what must hold for every part: escaping, labels, no inline style or script.
#![cfg(feature = "ssr")]
#![expect(clippy::unwrap_used, reason = "tests")]

#[path = "design/campaign.rs"]
mod campaign;
#[path = "design/events.rs"]
mod events;
#[path = "design/identities.rs"]
mod identities;
#[path = "design/identity.rs"]
mod identity;
#[path = "design/overview.rs"]
mod overview;
#[path = "design/parts.rs"]
mod parts;
#[path = "design/review.rs"]
mod review;
#[path = "design/start.rs"]
mod start;

use std::{fs, path::Path};

use app::layout::FrameViewer;
use chrono::{DateTime, Utc};
use leptos::{prelude::*, tachys::view::RenderHtml};
use leptos_meta::provide_meta_context;

/// The present moment of every sheet.
fn now() -> DateTime<Utc> {
    at("2026-11-20T10:42:00Z")
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn security() -> FrameViewer {
    FrameViewer {
        name: "Ines Varga".into(),
        initials: "IV".into(),
        roles_line: "Security, admin".into(),
        org: "Acme".into(),
        waiting_findings: 3,
        waiting_reviews: 2,
        ..FrameViewer::default()
    }
}

/// Renders a view as the server would.
fn html<V: IntoView>(view: impl FnOnce() -> V) -> String {
    let owner = Owner::new();
    owner.with(|| {
        provide_meta_context();
        view().into_view().to_html()
    })
}

/// Writes a page that loads the style and scripts from their sources.
fn sheet<V: IntoView>(name: &str, view: impl FnOnce() -> V) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let body = html(view);
    let page = format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title><script src="{root}/app/public/theme.js"></script><link rel="stylesheet" href="{root}/style/main.css"><script src="{root}/app/public/rollcall-ui.js" defer></script></head><body>{body}</body></html>"#,
        root = root.display()
    );
    let folder = root.join("target/design");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.html")), page).unwrap();
    body
}

/// What the content security policy would refuse, and what assistive technology could not name.
fn check(body: &str) {
    for forbidden in ["style=\"", "<script", "javascript:", "onclick="] {
        assert!(!body.contains(forbidden), "{forbidden} in {body}");
    }
    let mut ids: Vec<&str> = body
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "an id stands twice");
    for reference in ["aria-labelledby", "aria-describedby"] {
        for names in body.split(&format!(" {reference}=\"")).skip(1) {
            for name in names.split('"').next().unwrap().split(' ') {
                assert!(
                    ids.binary_search(&name).is_ok(),
                    "{reference} names {name}, which is not there"
                );
            }
        }
    }
}

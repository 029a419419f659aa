//! How wide a trust is, drawn: five rings, the admitted ones filled.

#![expect(clippy::needless_pass_by_value, reason = "a part owns its props")]

use leptos::prelude::*;

/// The rings from narrow to wide: word, label, what it means.
const RINGS: [(&str, &str, &str); 5] = [
    ("exact", "Exactly these", "only the subjects written out"),
    (
        "repository",
        "One project",
        "any ref of one repository, project or workspace",
    ),
    (
        "organisation",
        "One organisation",
        "every project of one organisation",
    ),
    (
        "provider",
        "Anyone on the provider",
        "everybody with an account there",
    ),
    ("anyone", "Anyone", "whoever asks"),
];

/// The label of a ring's word.
pub fn label(ring: &str) -> &'static str {
    RINGS
        .iter()
        .find(|(word, ..)| *word == ring)
        .map_or("Not known", |(_, label, _)| label)
}

/// Draws the rings beside their names; `seen` marks how far what came really reached.
#[component]
pub fn Rings(
    /// The admitted ring, by its word.
    #[prop(into)]
    ring: String,
    /// The ring of what was seen, by its word; empty when nothing was.
    #[prop(optional, into)]
    seen: String,
) -> impl IntoView {
    let at = |word: &str| RINGS.iter().position(|(known, ..)| *known == word);
    let admitted = at(&ring).unwrap_or_default();
    let came = at(&seen);
    let title = match came {
        Some(came) => format!("Admits: {}; seen: {}", RINGS[admitted].1, RINGS[came].1),
        None => format!("Admits: {}", RINGS[admitted].1),
    };
    let circles = (0..RINGS.len())
        .rev()
        .map(|n| {
            let radius = 14 + n * 14;
            let class = match came {
                Some(came) if n <= came => "seen",
                _ if n <= admitted => "in",
                _ => "out",
            };
            view! { <circle class=class cx="80" cy="80" r=radius.to_string()></circle> }
        })
        .collect_view();
    let names = RINGS
        .iter()
        .enumerate()
        .map(|(n, (_, label, about))| {
            let current = (n == admitted).then_some("true");
            let said = match (n == admitted, came == Some(n)) {
                (true, true) => " (admitted, and seen)",
                (true, false) => " (admitted)",
                (false, true) => " (seen)",
                _ => "",
            };
            view! { <li aria-current=current><b>{*label}{said}</b><span>{*about}</span></li> }
        })
        .collect_view();
    view! {
        <div class="rings">
            <svg viewBox="0 0 160 160" role="img" aria-label=title>{circles}</svg>
            <ol>{names}</ol>
        </div>
    }
    .into_any()
}

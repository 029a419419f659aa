//! A chain of links, each proven, doubtful, missing or not asked for.

use leptos::prelude::*;

use super::{Glyph, Icon, Maybe, Tone};

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Proven.
    Whole,
    /// Something speaks against it.
    Weak,
    /// Nothing shows it.
    Broken,
    /// Not asked for.
    Spare,
}

impl Strength {
    const fn look(self) -> (&'static str, Icon, Tone) {
        match self {
            Self::Whole => ("whole", Icon::Ok, Tone::Ok),
            Self::Weak => ("weak", Icon::High, Tone::Warn),
            Self::Broken => ("broken", Icon::Fail, Tone::Crit),
            Self::Spare => ("spare", Icon::Unknown, Tone::Unknown),
        }
    }
}

/// Draws a chain.
#[component]
pub fn Chain(
    /// What it is, for assistive technology.
    #[prop(into)]
    label: String,
    /// [`ChainItem`]s.
    children: Children,
) -> impl IntoView {
    view! { <ol class="chain" aria-label=label>{children()}</ol> }.into_any()
}

/// Draws one link.
#[component]
pub fn ChainItem(
    /// What it joins, such as the runner.
    #[prop(into)]
    name: String,
    /// How it stands.
    strength: Strength,
    /// The same in a word.
    #[prop(into)]
    word: String,
    /// What proves it, or what would.
    #[prop(into)]
    says: String,
    /// Where the proof is.
    #[prop(optional, into)]
    href: Maybe,
) -> impl IntoView {
    let (class, icon, tone) = strength.look();
    let proof = href
        .take()
        .map(|href| view! { <a class="proof" href=href>"See the event"</a> });
    let status = format!("status {}", tone.class());
    view! {
        <li class=class>
            <h3>{name}</h3>
            <span class=status><Glyph icon/>{word}</span>
            <p>{says}</p>
            {proof}
        </li>
    }
    .into_any()
}

/// Draws a chain in one line: a mark for each link, told in words to those who do not see them.
#[component]
pub fn ChainMarks(
    /// Name, strength and word of each link.
    links: Vec<(String, Strength, String)>,
) -> impl IntoView {
    let marks = links
        .into_iter()
        .map(|(name, strength, word)| {
            let (class, icon, tone) = strength.look();
            let class = format!("mark {class} {}", tone.class());
            let words = format!("{name}: {word}");
            let title = words.clone();
            view! { <li class=class title=title><Glyph icon/><span class="vh">{words}</span></li> }
        })
        .collect_view();
    view! { <ol class="chain-marks">{marks}</ol> }.into_any()
}

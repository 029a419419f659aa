//! Code view: pretty, escaped, numbered lines that can be linked to and copied.

use std::fmt::Write;

use leptos::prelude::*;

use super::json;
use super::text::escape;
use super::{Glyph, Icon, Maybe};

/// What is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// JSON: laid out anew, keys and strings marked.
    Json,
    /// Anything else: as it stands.
    #[default]
    Plain,
}

/// Draws code in its frame.
#[component]
pub fn CodeView(
    /// Its id; lines are `{id}-L9`.
    #[prop(into)]
    id: String,
    /// The code.
    #[prop(into)]
    code: String,
    /// What it is.
    #[prop(optional)]
    language: Language,
    /// What is said above it: `1.1 kB, 1 field redacted`.
    #[prop(optional, into)]
    note: Maybe,
    /// Words whose lines are marked, such as the subject that matched.
    #[prop(optional)]
    mark: Vec<String>,
) -> impl IntoView {
    let code = match language {
        Language::Json => json::lay_out(&code),
        Language::Plain => code,
    };
    let inner = lines(&id, &code, language, &mark);
    let target = format!("#{id}");
    view! {
        <div class="code-block">
            <div class="code-head">
                <span class="muted small">{note.take()}</span>
                <span class="end">
                    <button class="btn quiet sm js-only" type="button" data-copy=target>
                        <Glyph icon=Icon::Copy/>
                        "Copy"
                    </button>
                </span>
            </div>
            <pre class="code wrap" id=id tabindex="0"><code inner_html=inner></code></pre>
        </div>
    }
    .into_any()
}

fn lines(id: &str, code: &str, language: Language, mark: &[String]) -> String {
    let mut out = String::with_capacity(code.len() * 2);
    let id = escape(id);
    for (index, line) in code.lines().enumerate() {
        let hit = mark
            .iter()
            .any(|word| !word.is_empty() && line.contains(word.as_str()));
        let class = if hit { "l hit" } else { "l" };
        let content = match language {
            Language::Json => json::colour(line),
            Language::Plain => escape(line),
        };
        let number = index + 1;
        let _ = write!(
            out,
            r#"<span class="{class}" id="{id}-L{number}">{content}</span>"#
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_stay_words() {
        let drawn = lines(
            "raw",
            "{\"a\": \"<script>alert('x')</script>\"}",
            Language::Json,
            &[],
        );
        assert!(!drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;"));
    }

    #[test]
    fn lines_are_numbered_from_one_and_hits_marked() {
        let drawn = lines("raw", "a\nb", Language::Plain, &["b".to_owned()]);
        assert_eq!(
            drawn,
            r#"<span class="l" id="raw-L1">a</span><span class="l hit" id="raw-L2">b</span>"#
        );
    }
}

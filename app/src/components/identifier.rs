//! Identifiers, subjects and ARNs: monospace, the middle gives way so that the telling end stays, with copying.

use leptos::prelude::*;

use super::{CopyButton, Maybe};

/// The longest end that is kept whole, in characters.
const END: usize = 40;

/// Draws an identifier whose head gives way first.
#[component]
pub fn Mid(
    /// The whole identifier.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let (head, end) = split_telling_end(&value);
    let end = (!end.is_empty()).then(|| view! { <span>{end.to_owned()}</span> });
    view! { <span class="mid" title=value.clone()><span>{head.to_owned()}</span>{end}</span> }
        .into_any()
}

/// Draws an identifier with its copy button.
#[component]
pub fn Identifier(
    /// The whole identifier.
    #[prop(into)]
    value: String,
    /// What it is, for the copy button: `subject`.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <span class="kv-line">
            <Mid value=value.clone()/>
            <CopyButton text=value label=format!("Copy {what}")/>
        </span>
    }
    .into_any()
}

/// Draws the identity chip: kind, name, and what proves it underneath.
#[component]
pub fn Ident(
    /// The kind's icon.
    icon: super::Icon,
    /// The telling name.
    #[prop(into)]
    name: String,
    /// The rest of the name, quieter: `· deploy · production`.
    #[prop(optional, into)]
    detail: Maybe,
    /// The identity's page.
    #[prop(into)]
    href: String,
    /// A subject or ARN underneath, truncated in the middle.
    #[prop(optional, into)]
    subject: Maybe,
    /// Plain words underneath.
    #[prop(optional, into)]
    sub: Maybe,
) -> impl IntoView {
    let detail = detail
        .take()
        .map(|detail| view! { " "<span>{detail}</span> });
    let subject = subject.take().map(|value| view! { <Mid value/> });
    let sub = sub
        .take()
        .map(|sub| view! { <span class="sub">{sub}</span> });
    view! {
        <div class="ident">
            <super::Glyph icon/>
            <a class="ident-name" href=href>{name}{detail}</a>
            {subject}
            {sub}
        </div>
    }
    .into_any()
}

/// Splits an identifier before the end that tells it apart from its neighbours.
///
/// Workflow subjects keep everything after the repository, ARNs and paths their last part, UUIDs their second half;
/// an end that would be too long to show is cut to its last characters.
pub fn split_telling_end(value: &str) -> (&str, &str) {
    const CLAIMS: [&str; 5] = [
        ":environment:",
        ":ref_type:",
        ":ref:",
        ":pull_request",
        ":job_workflow_ref:",
    ];
    let is_uuid = value.len() == 36 && value.matches('-').count() == 4;
    let at = CLAIMS
        .iter()
        .find_map(|claim| value.find(claim))
        .or_else(|| is_uuid.then_some(19))
        .or_else(|| {
            value
                .rfind(['/', ':'])
                .map(|at| at + 1)
                .filter(|at| *at < value.len())
        })
        .unwrap_or(value.len());
    let (head, end) = value.split_at(at);
    let excess = end.chars().count().saturating_sub(END);
    if excess == 0 {
        return (head, end);
    }
    let cut = end.char_indices().nth(excess).map_or(0, |(index, _)| index);
    value.split_at(at + cut)
}

#[cfg(test)]
mod tests {
    use super::split_telling_end;

    #[test]
    fn the_telling_end_stays() {
        for (value, end) in [
            (
                "repo:acme@10423/payments-api@88213:environment:production",
                ":environment:production",
            ),
            (
                "repo:acme/backoffice:ref:refs/heads/main",
                ":ref:refs/heads/main",
            ),
            ("repo:acme/payments-api:pull_request", ":pull_request"),
            (
                "arn:aws:iam::471982203366:user/ci/invoice-export",
                "invoice-export",
            ),
            ("system:serviceaccount:data-prod:dbt-runner", "dbt-runner"),
            ("5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26", "a2c1-7e80b1d94f26"),
            (
                "warehouse-loader@acme-data-prod.iam.gserviceaccount.com",
                "",
            ),
            ("plain", ""),
            ("", ""),
        ] {
            assert_eq!(
                split_telling_end(value),
                (&value[..value.len() - end.len()], end)
            );
        }
    }

    #[test]
    fn a_long_end_is_cut_on_a_character() {
        let value = format!("x:{}", "é".repeat(60));
        let (head, end) = split_telling_end(&value);
        assert_eq!(end.chars().count(), 40);
        assert_eq!(format!("{head}{end}"), value);
    }
}

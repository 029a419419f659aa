//! The rows: what happened, by whom, how it ended.

use contract::events::{EventKind, EventList, EventRow, Outcome};
use leptos::prelude::*;

use super::address::Asked;
use crate::components::{
    Cell, Column, DataTable, Glyph, Icon, Said, Status, TableKind, Tone, Unknown, When,
};

/// Draws the table of a page.
pub(super) fn table(asked: &Asked, list: &EventList) -> AnyView {
    let columns = vec![
        Column::new("Time"),
        Column::new("Event and identity"),
        Column::new("Kind").gives_way(3),
        Column::new("Source").gives_way(4),
        Column::new("Outcome"),
    ];
    // Within a day the time of day tells more than the day.
    let said = if (list.to - list.from).num_hours() <= 25 {
        Said::Clock
    } else {
        Said::DayMinute
    };
    let now = list.now;
    let rows = list
        .page
        .rows
        .iter()
        .map(|event| {
            let open = asked.event == Some(event.id);
            let href = asked.clone().open(Some(event.id)).to_string();
            let (icon, sentence, who) = (icon(event), event.sentence.clone(), who(event));
            let (kind, source, at) = (
                event.kind.label(),
                event.source.1.clone(),
                event.occurred_at,
            );
            let outcome = outcome(event.outcome);
            view! {
                <tr aria-current=open.then_some("true")>
                    <Cell class="fit"><When at now said/></Cell>
                    <Cell class="c-main">
                        <div class="ident">
                            <Glyph icon/>
                            <a class="ident-name" href=href data-noscroll="">{sentence}</a>
                            {who}
                        </div>
                    </Cell>
                    <Cell class="fit c-3" label="Kind">{kind}</Cell>
                    <Cell class="fit c-4" label="Source">{source}</Cell>
                    <Cell class="fit">{outcome}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! { <DataTable caption="Events, newest first" columns kind=TableKind::Tight>{rows}</DataTable> }.into_any()
}

/// Whose it is, or who it was when it is nobody's on the roll.
fn who(event: &EventRow) -> AnyView {
    match (
        &event.identity,
        event.actor.as_ref().or(event.subject.as_ref()),
    ) {
        (Some((_, name)), _) => view! { <span class="sub">{name.clone()}</span> }.into_any(),
        (None, Some(actor)) => {
            view! { <span class="sub">{format!("{actor}, not on the roll")}</span> }.into_any()
        }
        (None, None) => view! { <span class="sub">"Actor not recorded"</span> }.into_any(),
    }
}

/// The icon that tells a kind at a glance.
pub(super) fn icon(event: &EventRow) -> Icon {
    match event.kind {
        EventKind::PipelineRun => Icon::Play,
        EventKind::CredentialAssumption => Icon::Service,
        EventKind::SecretAccess => Icon::Lock,
        EventKind::Deployment => Icon::Deploy,
        EventKind::DeploymentApproval => Icon::Check,
        EventKind::AuthenticationFailure | EventKind::AuthorizationFailure => Icon::Fail,
        EventKind::CredentialChange => Icon::Key,
        EventKind::TrustChange => Icon::Trust,
        EventKind::PermissionChange => Icon::Edit,
        EventKind::ConfigurationChange => Icon::Settings,
        EventKind::Other => Icon::Events,
    }
}

/// How it ended.
pub(super) fn outcome(outcome: Outcome) -> AnyView {
    match outcome {
        Outcome::Success => {
            view! { <Status tone=Tone::Ok icon=Icon::Ok>"Success"</Status> }.into_any()
        }
        Outcome::Failure => {
            view! { <Status tone=Tone::Crit icon=Icon::Fail>"Failure"</Status> }.into_any()
        }
        Outcome::Unknown => view! { <Unknown/> }.into_any(),
    }
}

//! Nothing is known yet: what to do first.

use contract::access::Viewer;
use contract::overview::Overview;
use leptos::prelude::*;

use crate::components::{
    ButtonKind, ButtonLink, Icon, KeyValue, KeyValues, Maybe, StatTile, Stats, Step, Steps,
};
use crate::format::number;
use crate::layout::{Block, Split};
use crate::pages::roles;
use crate::paths;

/// Draws the first steps.
pub fn draw(viewer: &Viewer, overview: &Overview) -> AnyView {
    let tile = |label: &'static str, note: &'static str| {
        view! { <StatTile label href="#start" figure=Maybe::default() spark=None>{note}</StatTile> }
    };
    let (side, steps) = (side(overview), steps(viewer, overview));
    view! {
        <Stats>
            {tile("Identities", "Known after the first import or event")}
            {tile("Federated or dynamic", "Known once an identity has a credential")}
            {tile("Overdue", "Known once rotations and reviews have dates")}
            {tile("Critical and high findings", "Known once there is something to judge")}
            {tile("Current review", "None planned yet")}
        </Stats>
        <Split label="Good to know" side>{steps}</Split>
    }
    .into_any()
}

fn steps(viewer: &Viewer, overview: &Overview) -> AnyView {
    let add = roles::keeps(viewer).then(|| {
        view! { <p class="btn-row"><ButtonLink href=paths::new_source() kind=ButtonKind::Primary icon=Icon::Plus>"Add a source"</ButtonLink></p> }
    });
    let ask = roles::acts(viewer).then(|| {
        view! { <p class="btn-row"><ButtonLink href=paths::new_identity()>"Ask for an identity"</ButtonLink></p> }
    });
    let plan = roles::keeps(viewer).then(|| {
        view! { <p class="btn-row"><ButtonLink href=paths::new_campaign()>"Preview a review"</ButtonLink></p> }
    });
    let connected = !overview.coverage.is_empty();
    view! {
        <Block id="start" title="Start here" note="step 1 takes about ten minutes; the rest can wait">
            <Steps>
                <Step title="Let one source speak" text="Every pipeline that shows up in it becomes a discovered identity, with the events that prove it. Nothing has to be typed in first." now=!connected>
                    {add}
                </Step>
                <Step title="Ask for what you already know" text="A request names purpose, owner, permissions and the names events carry. Somebody else approves it." now=connected>
                    {ask}
                </Step>
                <Step title="Say who answers" text="Teams and people come from your sign-in groups.">
                    <p class="btn-row"><ButtonLink href=paths::teams()>"See teams"</ButtonLink></p>
                </Step>
                <Step title="Plan the first review" text="The preview shows who would be asked about what, and you can stop there.">
                    {plan}
                </Step>
            </Steps>
        </Block>
    }
    .into_any()
}

fn side(overview: &Overview) -> AnyView {
    let teams = i64::try_from(overview.teams.len()).unwrap_or_default();
    let sources = i64::try_from(overview.coverage.len()).unwrap_or_default();
    view! {
        <Block id="h-org" title="This organisation">
            <KeyValues>
                <KeyValue label="Teams">{number(teams)}</KeyValue>
                <KeyValue label="Sources">{number(sources)}</KeyValue>
                <KeyValue label="Identities">"none"</KeyValue>
            </KeyValues>
        </Block>
        <Block id="h-kept" title="What is kept">
            <p class="muted">"Events as received with secrets removed, and references to credentials. Never a credential itself."</p>
        </Block>
    }
    .into_any()
}

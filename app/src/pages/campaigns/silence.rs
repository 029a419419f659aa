//! What silence brings where the policy says "suspend": the list, its cap, a second person, and the suspension.

use contract::campaigns::{CampaignState, CampaignView, Silence, SilenceView};
use leptos::prelude::*;

use crate::api::campaigns::{LiftCap, SuspendSilent};
use crate::components::{Button, ButtonKind, EmptyState, Notice, TextArea, TextField, Tone};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format::{counted, day_minute};
use crate::layout::{Ledger, Section};
use crate::paths;

/// The forms of the tab.
#[derive(Clone, Copy)]
pub struct Forms {
    lift: Posted<LiftCap>,
    suspend: Posted<SuspendSilent>,
}

impl Forms {
    /// Makes them.
    pub fn new() -> Self {
        Self {
            lift: Posted::new(),
            suspend: Posted::new(),
        }
    }
}

/// Whether the tab is there: the campaign's answers have ended, and its policy suspends somewhere.
pub fn has_tab(view: &CampaignView) -> bool {
    let silence = view.policy.silence;
    let anywhere = [
        silence.critical,
        silence.high,
        silence.standard,
        silence.low,
    ]
    .contains(&Silence::Suspend);
    view.may_manage
        && anywhere
        && matches!(
            view.row.state,
            CampaignState::Remediating | CampaignState::Sealed
        )
}

/// Draws the tab.
pub fn tab(view: &CampaignView, silence: SilenceView, forms: Forms) -> AnyView {
    if silence.now < silence.from {
        let text = format!(
            "Its days of grace end on {} UTC. Until then nobody’s silence has consequences.",
            day_minute(silence.from)
        );
        return view! { <EmptyState title="Nothing is suspended yet" text=text/> }.into_any();
    }
    if silence.count == 0 {
        return view! { <EmptyState title="Nobody’s silence asks for a suspension" text="Every identity whose tier suspends on silence was answered about, or is not active any more."/> }.into_any();
    }
    let failed = [forms.lift.error(), forms.suspend.error()]
        .into_iter()
        .flatten()
        .find(|error| !matches!(error, AppError::Invalid(_)))
        .map(|error| view! { <Notice tone=Tone::Warn title=format!("{}.", error.title()) urgent=true>{error.to_string()}</Notice> });
    let more = silence.count - i64::try_from(silence.identities.len()).unwrap_or(0);
    let more = (more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> });
    let note = counted(silence.count, "identity", "identities");
    let what = act(view, &silence, forms);
    let list = silence
        .identities
        .into_iter()
        .map(|(id, name)| view! { <li><a class="ident-name" href=paths::identity(id)>{name}</a></li> })
        .collect_view();
    view! {
        {failed}
        <Ledger class="cp">
            <Section id="h-silent" title="Nobody answered about these" note=note>
                <ul class="plain">{list}{more}</ul>
            </Section>
            <Section id="h-suspend" title="Suspend them">{what}</Section>
        </Ledger>
    }
    .into_any()
}

fn act(view: &CampaignView, silence: &SilenceView, forms: Forms) -> AnyView {
    let id = view.row.id.to_string();
    let (count, above) = (silence.count, silence.count > silence.cap);
    let cap = counted(silence.cap, "identity", "identities");
    match (&silence.lifted_by, above) {
        (None, true) => {
            let wrong = forms.lift.of_field("reason");
            let kept = forms.lift.typed("reason");
            let words = format!(
                "Without a second person at most {cap} may be suspended ({} % of the population). Lift the cap with a reason; somebody else then suspends.",
                view.policy.suspend_cap
            );
            view! {
                <p>{words}</p>
                <PostForm to=forms.lift attr:class="form after">
                    <input type="hidden" name="id" value=id/>
                    <TextArea name="reason" label="Why so many" value=kept error=wrong rows=2 required=true/>
                    <p class="btn-row after"><Button kind=ButtonKind::Primary>"Lift the cap"</Button></p>
                </PostForm>
            }
            .into_any()
        }
        (Some(_), true) if silence.lifted_by_viewer => {
            view! { <Notice tone=Tone::Info>"You lifted the cap. Somebody else has to suspend."</Notice> }.into_any()
        }
        (lifted, _) => {
            let who = lifted
                .as_ref()
                .filter(|_| above)
                .map(|name| view! { <p>{format!("{name} lifted the cap.")}</p> });
            let wrong = forms.suspend.of_field("count");
            view! {
                {who}
                <p>"Each stops working until its owner or Security takes it back; nothing is removed. Each suspension is in the record."</p>
                <PostForm to=forms.suspend attr:class="form after">
                    <input type="hidden" name="id" value=id/>
                    <TextField name="count" label=format!("Type {count} to suspend them") inputmode="numeric" value=forms.suspend.typed("count") error=wrong required=true/>
                    <p class="btn-row after"><Button kind=ButtonKind::Danger>"Suspend"</Button></p>
                </PostForm>
            }
            .into_any()
        }
    }
}

//! What can be done with a campaign: start, close, seal, cancel; each asks first.

use contract::campaigns::{CampaignState, CampaignView};
use leptos::prelude::*;

use crate::api::campaigns::{
    AdvanceCampaign, CancelCampaign, CloseCampaign, SealCampaign, StartCampaign,
};
use crate::components::{
    Button, ButtonKind, ButtonLink, ConfirmTyped, Dialog, DialogBody, DialogFoot, DialogLink, Icon,
    Notice, TextArea, Tone,
};
use crate::form::{PostForm, Posted};
use crate::format::{count, counted};
use crate::paths;

/// The actions of the page.
#[derive(Clone, Copy)]
pub struct Actions {
    start: Posted<StartCampaign>,
    close: Posted<CloseCampaign>,
    seal: Posted<SealCampaign>,
    cancel: Posted<CancelCampaign>,
    advance: Posted<AdvanceCampaign>,
}

impl Actions {
    /// Makes them.
    pub fn new() -> Self {
        Self {
            start: Posted::new(),
            close: Posted::new(),
            seal: Posted::new(),
            cancel: Posted::new(),
            advance: Posted::new(),
        }
    }

    /// Draws why the last one was refused.
    pub fn failed(self) -> AnyView {
        let all = [
            self.start.error(),
            self.close.error(),
            self.seal.error(),
            self.cancel.error(),
            self.advance.error(),
        ];
        all.into_iter()
            .flatten()
            .next()
            .map(|error| {
                view! { <Notice tone=Tone::Warn title=format!("{}.", error.title()) urgent=true>{error.to_string()}</Notice> }
            })
            .into_any()
    }
}

/// The one action of the state the campaign is in.
pub fn primary(view: &CampaignView) -> AnyView {
    let dialog = |id: &'static str, icon: Icon, words: &'static str| {
        view! { <DialogLink id=id kind=ButtonKind::Primary icon=icon>{words}</DialogLink> }
            .into_any()
    };
    match view.row.state {
        CampaignState::Draft | CampaignState::Preview if view.may_manage => {
            let blocked = view.preview.as_ref().is_some_and(|p| p.blocked.is_some());
            if blocked {
                ().into_any()
            } else {
                dialog("start", Icon::Play, "Start")
            }
        }
        CampaignState::Active if view.may_manage && view.stage < stages(view) => {
            dialog("advance", Icon::Check, "Sign the stage off")
        }
        CampaignState::Active if view.may_manage => dialog("close", Icon::Lock, "Close"),
        CampaignState::Remediating if view.may_manage && view.open_tasks > 0 => {
            let href = paths::campaign_tab(view.row.id, "remediation");
            view! { <ButtonLink href=href kind=ButtonKind::Primary>"See what is open"</ButtonLink> }
                .into_any()
        }
        CampaignState::Remediating if view.may_manage => dialog("seal", Icon::Seal, "Seal"),
        CampaignState::Sealed if view.may_read_evidence => {
            let href = paths::evidence(view.row.id);
            view! { <ButtonLink href=href kind=ButtonKind::Primary icon=Icon::Download external=true>"Evidence"</ButtonLink> }.into_any()
        }
        _ => ().into_any(),
    }
}

/// The dialogs of the state the campaign is in.
pub fn dialogs(view: &CampaignView, actions: Actions) -> Option<AnyView> {
    if !view.may_manage {
        return None;
    }
    let cancel = matches!(
        view.row.state,
        CampaignState::Draft | CampaignState::Preview | CampaignState::Active
    )
    .then(|| cancel(view, actions));
    let main = match view.row.state {
        CampaignState::Draft | CampaignState::Preview => Some(start(view, actions)),
        CampaignState::Active if view.stage < stages(view) => Some(advance(view, actions)),
        CampaignState::Active => Some(close(view, actions)),
        CampaignState::Remediating => Some(seal(view, actions)),
        CampaignState::Sealed | CampaignState::Cancelled => None,
    };
    Some(view! { {main}{cancel} }.into_any())
}

fn id(view: &CampaignView) -> AnyView {
    view! { <input type="hidden" name="id" value=view.row.id.to_string()/> }.into_any()
}

fn stages(view: &CampaignView) -> i64 {
    i64::try_from(view.policy.stages.len()).unwrap_or(1)
}

fn advance(view: &CampaignView, actions: Actions) -> AnyView {
    let id = id(view);
    let number = usize::try_from(view.stage).unwrap_or(1);
    let on: Vec<&str> = view
        .policy
        .stages
        .get(number.saturating_sub(1))
        .map(|stage| {
            stage
                .advance
                .iter()
                .map(|outcome| outcome.label())
                .collect()
        })
        .unwrap_or_default();
    let words = format!(
        "Items that ended as {} go on to stage {}. Of all others the outcome stands, and no decision of this stage can be changed any more.",
        on.join(", ").to_lowercase(),
        view.stage + 1
    );
    view! {
        <Dialog id="advance" title="Sign this stage off?">
            <PostForm to=actions.advance>
                {id}
                <DialogBody><p>{words}</p></DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary icon=Icon::Check>"Sign it off"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

/// Why what the sources cannot see is accepted, where nobody has said so yet.
fn gaps(view: &CampaignView, actions: Actions) -> Option<AnyView> {
    let preview = view.preview.as_ref()?;
    let open: Vec<_> = preview
        .gaps
        .iter()
        .filter(|gap| gap.accepted.is_none())
        .map(|gap| view! { <li>{gap.sentence.clone()}</li> })
        .collect();
    if open.is_empty() {
        return None;
    }
    let (typed, wrong) = (actions.start.typed("gaps"), actions.start.of_field("gaps"));
    Some(
        view! {
            <p>"What the sources cannot see is printed in the evidence, with your reason:"</p>
            <ul class="dots">{open}</ul>
            <TextArea name="gaps" id="start-gaps" label="Why this is accepted" value=typed error=wrong required=true rows=2/>
        }
        .into_any(),
    )
}

fn start(view: &CampaignView, actions: Actions) -> AnyView {
    let id = id(view);
    let gaps = gaps(view, actions);
    let again = actions.start.error().is_some();
    let (items, people) = view
        .preview
        .as_ref()
        .map_or((0, 0), |p| (p.count, p.by_reviewer.len()));
    let people = i64::try_from(people).unwrap_or(0);
    let words = format!(
        "{} will be frozen as they are now, and {} asked to decide.",
        counted(items, "identity", "identities"),
        counted(people, "person is", "people are")
    );
    view! {
        <Dialog id="start" title="Start this campaign?" again=again>
            <PostForm to=actions.start>
                {id}
                <DialogBody>
                    <p>{words}</p>
                    {gaps}
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary icon=Icon::Play>"Start"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn close(view: &CampaignView, actions: Actions) -> AnyView {
    let id = id(view);
    let open = view.row.items - view.row.decided - view.row.not_reviewed - view.row.gone;
    let words = if open == 0 {
        "Every item is decided. No decision can be changed afterwards.".to_owned()
    } else {
        format!(
            "{} no decision. They become “not reviewed”, never approved. No decision can be made or changed afterwards.",
            counted(open, "item has", "items have")
        )
    };
    view! {
        <Dialog id="close" title="Close this campaign?">
            <PostForm to=actions.close>
                {id}
                <DialogBody><p>{words}</p></DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger icon=Icon::Lock>"Close"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn seal(view: &CampaignView, actions: Actions) -> AnyView {
    let id = id(view);
    let words = format!(
        "The evidence of {} is written, signed and kept for good. A sealed campaign can neither be changed nor deleted. Approved and modified identities are due again in 90 days.",
        count(view.row.items, "item")
    );
    view! {
        <Dialog id="seal" title="Seal this campaign?">
            <PostForm to=actions.seal>
                {id}
                <DialogBody><p>{words}</p><ConfirmTyped name="confirm" phrase="seal"/></DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger icon=Icon::Seal>"Seal"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn cancel(view: &CampaignView, actions: Actions) -> AnyView {
    let id = id(view);
    let running = view.row.state == CampaignState::Active;
    let (words, reason) = if running {
        let (typed, wrong) = (
            actions.cancel.typed("reason"),
            actions.cancel.of_field("reason"),
        );
        let reason = view! { <TextArea name="reason" id="cancel-reason" label="Why" hint="It stays in the record." value=typed error=wrong required=true rows=2/> };
        (
            "Reviewers are no longer asked. What they decided stays in the record, but no evidence is sealed.",
            Some(reason),
        )
    } else {
        ("The draft is called off; nothing was frozen.", None)
    };
    view! {
        <Dialog id="cancel" title="Cancel this campaign?" again=actions.cancel.error().is_some()>
            <PostForm to=actions.cancel>
                {id}
                <DialogBody><p>{words}</p>{reason}</DialogBody>
                <DialogFoot cancel="Keep it"><Button kind=ButtonKind::Danger icon=Icon::Ban>"Cancel the campaign"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

//! What may be done to an identity: links in the top bar, one dialog each, and what came of it.

use contract::identities::{IdentityState, IdentityView, Transition};
use leptos::prelude::*;

use crate::api::identities::{ChangeIdentity, load_request_choices};
use crate::components::{
    Button, ButtonKind, Choice, Dialog, DialogBody, DialogFoot, DialogLink, Notice, SelectField,
    TextArea, TextField, Tone, When,
};
use crate::form::{PostForm, Posted};

/// The links that open the dialogs; the first one is the primary action where it moves things on.
pub fn links(transitions: &[Transition]) -> AnyView {
    transitions
        .iter()
        .map(|transition| {
            let kind = match transition {
                Transition::Approve | Transition::Adopt => ButtonKind::Primary,
                _ => ButtonKind::Plain,
            };
            let label = transition.label();
            view! { <DialogLink id=dialog_id(*transition) kind>{label}</DialogLink> }
        })
        .collect_view()
        .into_any()
}

fn dialog_id(transition: Transition) -> String {
    format!("do-{transition}")
}

/// What the last attempt came to, when it came to nothing.
pub fn problem(change: Posted<ChangeIdentity>) -> AnyView {
    view! {
        {change.error().map(|error| {
            view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> }
        })}
    }
    .into_any()
}

/// What its present state means, where that needs a word.
pub fn standing(view: &IdentityView) -> AnyView {
    let (at, now) = (view.state_since, view.now);
    let since = view! { <When at now/> };
    let reason = (!view.state_reason.is_empty()).then(|| format!(" Reason: {}", view.state_reason));
    let queue = crate::query::Address::new(crate::paths::discovered())
        .with("open", view.row.id)
        .to_string();
    match view.row.state {
        IdentityState::Discovered => view! {
            <Notice tone=Tone::Warn title="Nobody asked for this identity.">"It was first seen "{since}". Adopt it with an owner and a ticket, or dismiss it; the "<a href=queue>"queue"</a>" shows what it may be the same as, and whose."</Notice>
        }
        .into_any(),
        IdentityState::Requested => {
            let ticket = view.ticket.clone();
            let by = view.requested_by.as_ref().map(|person| format!("{} ", person.name)).unwrap_or_default();
            view! { <Notice tone=Tone::Info title="Waiting for approval.">{by}"asked for it "{since}", ticket "{ticket}". Somebody else has to approve it."</Notice> }.into_any()
        }
        IdentityState::Suspended => view! { <Notice tone=Tone::Warn title="Suspended.">"Since "{since}"."{reason}</Notice> }.into_any(),
        IdentityState::Decommissioning => {
            let until = view.watch_until.map(|at| view! { " Any use until "<When at now/>" is an alarm." });
            view! { <Notice tone=Tone::Warn title="Disabled and watched.">"Since "{since}"."{until}{reason}</Notice> }.into_any()
        }
        IdentityState::Removed => view! { <Notice title="Removed.">"Since "{since}". Any use is an alarm."</Notice> }.into_any(),
        IdentityState::Rejected => view! { <Notice title="Rejected.">"Since "{since}"."{reason}</Notice> }.into_any(),
        IdentityState::Active => ().into_any(),
    }
}

/// One dialog for each transition that is offered.
pub fn dialogs(view: &IdentityView, change: Posted<ChangeIdentity>) -> AnyView {
    view.transitions
        .iter()
        .map(|transition| dialog(view, *transition, change))
        .collect_view()
        .into_any()
}

/// What a dialog was sent with, when it was this one and it was not taken.
#[derive(Clone, Copy)]
struct Sent {
    change: Posted<ChangeIdentity>,
    again: bool,
}

impl Sent {
    fn of(change: Posted<ChangeIdentity>, transition: Transition) -> Self {
        let this = change.came_from("input[transition]", transition.as_str());
        Self {
            change,
            again: this && change.error().is_some(),
        }
    }

    fn typed(self, name: &str) -> Option<String> {
        let typed = self.change.typed(&format!("input[{name}]"));
        typed.filter(|_| self.again)
    }

    fn wrong(self, name: &str) -> Option<String> {
        let wrong = self.change.of_field(name);
        wrong.filter(|_| self.again)
    }
}

fn dialog(view: &IdentityView, transition: Transition, change: Posted<ChangeIdentity>) -> AnyView {
    let (says, wants_reason, wants_ticket) = asks(transition);
    let sent = Sent::of(change, transition);
    let id = |name: &str| format!("{transition}-{name}");
    let reason = wants_reason.then(|| {
        view! { <TextArea name="input[reason]" id=id("reason") label="Reason" hint="Read by the auditor." value=sent.typed("reason") error=sent.wrong("reason") required=true/> }
    });
    let ticket = wants_ticket.then(|| {
        view! { <TextField name="input[ticket]" id=id("ticket") label="Ticket" hint="Such as OPS-123 or its web address." value=sent.typed("ticket") error=sent.wrong("ticket") required=true/> }
    });
    let empty = |name: &'static str, there: bool| {
        (!there).then(|| view! { <input type="hidden" name=format!("input[{name}]") value=""/> })
    };
    let adopt = (transition == Transition::Adopt)
        .then(|| view! { <Adopt purpose=view.row.purpose.clone() sent/> });
    let kind = if matches!(transition, Transition::Remove) {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    let hidden = [empty("reason", wants_reason), empty("ticket", wants_ticket)];
    let identity = view.row.id.to_string();
    view! {
        <Dialog id=dialog_id(transition) title=format!("{} {}", transition.label(), view.row.name) again=sent.again>
            <PostForm to=change>
                <DialogBody>
                    <p class="muted">{says}</p>
                    <input type="hidden" name="input[identity]" value=identity/>
                    <input type="hidden" name="input[transition]" value=transition.as_str()/>
                    {hidden}
                    {adopt}
                    {reason}
                    {ticket}
                </DialogBody>
                <DialogFoot><Button kind>{transition.label()}</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

/// What will happen, and whether a reason and a ticket are demanded.
const fn asks(transition: Transition) -> (&'static str, bool, bool) {
    match transition {
        Transition::Approve => (
            "It becomes active now. Its first review is due in 90 days.",
            false,
            false,
        ),
        Transition::Reject => (
            "It never becomes active. The request stays in the record.",
            true,
            false,
        ),
        Transition::Adopt => (
            "It becomes active with somebody who answers for it.",
            true,
            true,
        ),
        Transition::Suspend => (
            "It is put aside and can come back. Rollcall records this; switch it off where it runs.",
            true,
            false,
        ),
        Transition::Reactivate => ("It becomes active again.", true, true),
        Transition::Decommission => (
            "It is finished: disable it where it runs. Rollcall watches for any use for 30 days; until then this can be taken back.",
            true,
            true,
        ),
        Transition::Remove => (
            "It leaves the roll. Any later use is a critical finding.",
            false,
            false,
        ),
        Transition::Dismiss => (
            "It is not ours, or nothing worth keeping. It leaves the list; the reason stays in the record.",
            true,
            false,
        ),
    }
}

/// Who shall answer for an adopted identity, and what it is for.
#[component]
fn Adopt(
    /// What is known of its purpose.
    purpose: String,
    /// What was sent before.
    sent: Sent,
) -> impl IntoView {
    let purpose = sent.typed("purpose").unwrap_or(purpose);
    let choices = Resource::new(|| (), |()| load_request_choices());
    view! {
        <TextField name="input[purpose]" id="adopt-purpose" label="Purpose" hint="What it is for, in a sentence." value=purpose error=sent.wrong("purpose") required=true/>
        <Suspense>
            {move || Suspend::new(async move {
                choices.await.ok().map(|choices| {
                    let teams = choices.teams.into_iter().map(|t| Choice::new(t.id.to_string(), t.name)).collect();
                    let people = choices.people.into_iter().map(|p| Choice::new(p.id.to_string(), p.name)).collect();
                    view! {
                        <SelectField name="input[team]" id="adopt-team" label="Owning team" options=teams value=sent.typed("team") error=sent.wrong("team") prompt="Choose a team" required=true/>
                        <SelectField name="input[owner]" id="adopt-owner" label="Owner" options=people value=sent.typed("owner") error=sent.wrong("owner") prompt="Choose a person" required=true/>
                    }
                })
            })}
        </Suspense>
    }
}

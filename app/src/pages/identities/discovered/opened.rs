//! One discovered identity with its evidence, and the three things to do with it.

use contract::identities::{DiscoveredList, DiscoveredRow, SimilarIdentity, Transition};
use leptos::prelude::*;

use super::{Deeds, Place, TICKED, events};
use crate::api::discovered::AdoptDiscovered;
use crate::components::{
    Button, ButtonKind, Choice, Identifier, KeyValue, KeyValues, MaybeWhen, RadioGroup,
    SelectField, TextArea, TextField, When,
};
use crate::form::{PostForm, Posted};
use crate::layout::Block;
use crate::paths;

/// Draws it.
pub(super) fn draw(
    row: &DiscoveredRow,
    list: &DiscoveredList,
    place: &Place,
    deeds: Deeds,
) -> AnyView {
    let judge = list
        .may_judge
        .then(|| view! { {merge(row, deeds)}{dismiss(row, deeds)} });
    let adopt = list.may_adopt.then(|| adopt_one(row, list, deeds.adopt));
    let close = place.address().to_string();
    let (title, now) = (row.name.clone(), list.now);
    let places: Vec<&str> = row.environments.iter().map(|one| one.label()).collect();
    let places = if places.is_empty() {
        "Unknown".to_owned()
    } else {
        places.join(", ")
    };
    let (kind, platform) = (row.kind.label(), row.platform.label());
    let (subject, evidence, source, seen) = (
        row.subject.clone(),
        row.evidence.clone(),
        row.source.clone(),
        events(row),
    );
    let (first, last, id) = (row.first_seen_at, row.last_used_at, row.id);
    view! {
        <Block id="opened" title more="Close" href=close>
            <KeyValues>
                <KeyValue label="Evidence" wide=true>{evidence}<small class="sub">{source}</small></KeyValue>
                <KeyValue label="Guessed">{kind}" on "{platform}</KeyValue>
                <KeyValue label="Seen in">{places}</KeyValue>
                <KeyValue label="First seen"><When at=first now/></KeyValue>
                <KeyValue label="Last used"><MaybeWhen at=last now absent="never"/></KeyValue>
                <KeyValue label="Events"><a href=paths::events_of(id)>{seen}</a></KeyValue>
                <KeyValue label="Name outside" wide=true><Identifier value=subject what="name"/></KeyValue>
            </KeyValues>
            <p class="after"><a href=paths::identity(id)>"Everything about it"</a></p>
        </Block>
        {adopt}
        {judge}
    }
    .into_any()
}

/// The fields of an adoption. The likeliest owner is chosen already; a person confirms it.
fn adoption(
    list: &DiscoveredList,
    adopt: Posted<AdoptDiscovered>,
    prefix: &str,
    likely: Option<(String, String)>,
    again: bool,
) -> AnyView {
    let typed = |name: &str| {
        adopt
            .typed(&format!("input[{name}]"))
            .filter(|_| again)
            .unwrap_or_default()
    };
    let wrong = |name: &str| adopt.of_field(name).filter(|_| again);
    let id = |name: &str| format!("{prefix}-{name}");
    let teams: Vec<Choice> = list
        .teams
        .iter()
        .map(|team| Choice::new(team.id.to_string(), team.name.clone()))
        .collect();
    let people: Vec<Choice> = list
        .people
        .iter()
        .map(|person| Choice::new(person.id.to_string(), person.name.clone()))
        .collect();
    let (likely_team, likely_owner) = likely.unwrap_or_default();
    let (mut team, mut owner) = (typed("team"), typed("owner"));
    if !again {
        (team, owner) = (likely_team, likely_owner);
    }
    let (purpose, ticket, reason) = (typed("purpose"), typed("ticket"), typed("reason"));
    let wrongs = ["purpose", "team", "owner", "ticket", "reason"].map(wrong);
    let [
        purpose_wrong,
        team_wrong,
        owner_wrong,
        ticket_wrong,
        reason_wrong,
    ] = wrongs;
    view! {
        <TextField name="input[purpose]" id=id("purpose") label="Purpose" hint="What it is for, in a sentence." value=purpose error=purpose_wrong required=true/>
        <div class="pair">
            <SelectField name="input[team]" id=id("team") label="Owning team" options=teams value=team error=team_wrong prompt="Choose a team" required=true/>
            <SelectField name="input[owner]" id=id("owner") label="Owner" options=people value=owner error=owner_wrong prompt="Choose a person" required=true/>
        </div>
        <TextField name="input[ticket]" id=id("ticket") label="Ticket" hint="Such as OPS-123 or its web address." value=ticket error=ticket_wrong required=true/>
        <TextArea name="input[reason]" id=id("reason") label="Reason" hint="Read by the auditor." value=reason error=reason_wrong required=true/>
    }
    .into_any()
}

fn adopt_one(
    row: &DiscoveredRow,
    list: &DiscoveredList,
    adopt: Posted<AdoptDiscovered>,
) -> AnyView {
    let id = row.id.to_string();
    let again = adopt.error().is_some() && adopt.came_from("input[ids][0]", &id);
    let likely = row.owners.first().map(|owner| {
        let team = owner.team.as_ref().map(|team| team.id.to_string());
        (team.unwrap_or_default(), owner.person.id.to_string())
    });
    let suggested = row
        .owners
        .iter()
        .map(|owner| {
            let words = format!("{}: {}", owner.person.name, owner.source);
            view! { <li>{words}</li> }
        })
        .collect_view();
    let suggested = (!row.owners.is_empty()).then(|| {
        view! { <p class="small muted">"Suggested, yours to confirm:"</p><ul class="plain-list">{suggested}</ul> }
    });
    let fields = adoption(list, adopt, "one", likely, again);
    view! {
        <Block id="adopt" title="Adopt it" note="it becomes active with somebody who answers for it">
            {suggested}
            <PostForm to=adopt attr:class="stack">
                <input type="hidden" name="input[ids][0]" value=id/>
                {fields}
                <p class="btn-row"><Button kind=ButtonKind::Primary>"Adopt"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}

/// The form for what is ticked in the table.
pub(super) fn adopt_ticked(list: &DiscoveredList, adopt: Posted<AdoptDiscovered>) -> AnyView {
    let single = adopt.typed("input[ids][0]").is_some();
    let again = adopt.error().is_some() && !single;
    let fields = adoption(list, adopt, "ticked", None, again);
    view! {
        <Block id="adopt-ticked" title="Adopt what is ticked" note="one owner and one purpose for all of them">
            <PostForm to=adopt attr:id=TICKED attr:class="stack">
                {fields}
                <p class="btn-row"><Button>"Adopt the ticked"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}

fn merge(row: &DiscoveredRow, deeds: Deeds) -> AnyView {
    let merge = deeds.merge;
    let (name, reason) = (
        merge.typed("input[name]").unwrap_or_default(),
        merge.typed("input[reason]").unwrap_or_default(),
    );
    let chosen = merge
        .typed("input[into]")
        .or_else(|| row.similar.first().map(|likest| likest.id.to_string()));
    let (into_wrong, name_wrong, reason_wrong) = (
        merge.of_field("into"),
        merge.of_field("name"),
        merge.of_field("reason"),
    );
    let options: Vec<Choice> = row.similar.iter().map(similar).collect();
    let choices = (!options.is_empty()).then(|| {
        view! { <RadioGroup name="input[into]" legend="It is" options value=chosen.unwrap_or_default() error=into_wrong.clone()/> }
    });
    let hint = if row.similar.is_empty() {
        "Nothing in the roll is like it. Write the name of the identity it really is."
    } else {
        "None of these? Write the name of the identity it really is."
    };
    let name_wrong = name_wrong.or_else(|| into_wrong.filter(|_| row.similar.is_empty()));
    let id = row.id.to_string();
    view! {
        <Block id="join" title="Join it with one we have" note="names, events and history come over">
            <PostForm to=merge attr:class="stack">
                <input type="hidden" name="input[from]" value=id/>
                {choices}
                <TextField name="input[name]" id="join-name" label="Name" hint value=name error=name_wrong max_length=200/>
                <TextArea name="input[reason]" id="join-reason" label="Reason" hint="How you know that they are one." value=reason error=reason_wrong required=true/>
                <p class="btn-row"><Button>"Join them"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}

fn similar(of: &SimilarIdentity) -> Choice {
    let hint = format!(
        "{}% alike, {}: {}",
        of.score,
        of.state.label().to_lowercase(),
        of.reasons.join("; ")
    );
    Choice::new(of.id.to_string(), of.name.clone()).hint(hint)
}

fn dismiss(row: &DiscoveredRow, deeds: Deeds) -> AnyView {
    let change = deeds.change;
    let reason = change.typed("input[reason]").unwrap_or_default();
    let wrong = change.of_field("reason");
    let id = row.id.to_string();
    view! {
        <Block id="dismiss" title="Dismiss it" note="it is not ours">
            <PostForm to=change attr:class="stack">
                <input type="hidden" name="input[identity]" value=id/>
                <input type="hidden" name="input[transition]" value=Transition::Dismiss.as_str()/>
                <input type="hidden" name="input[ticket]" value=""/>
                <TextArea name="input[reason]" id="dismiss-reason" label="Reason" hint="Read by the auditor." value=reason error=wrong required=true/>
                <p class="btn-row"><Button>"Dismiss"</Button></p>
            </PostForm>
        </Block>
    }
    .into_any()
}

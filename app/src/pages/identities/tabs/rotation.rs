//! Rotations of one identity: the forms that record them, and each drawn with both generations and what proves it.

use chrono::{DateTime, Utc};
use contract::identities::{
    CredentialClass, CredentialView, IdentityView, Kept, RetiringView, RotationProof,
};
use leptos::prelude::*;

use super::Forms;
use crate::api::rotation::{KeepCredential, RecordRotation, RevokeCredential};
use crate::components::chart::{Fill, Generations, Lane};
use crate::components::{
    Button, ButtonKind, Choice, Dialog, DialogBody, DialogFoot, DialogLink, Icon, Notice,
    SelectField, Status, TextArea, TextField, Tone,
};
use crate::error::AppError;
use crate::form::{PostForm, Posted};
use crate::format;
use crate::layout::Block;

/// What the last attempt came to, where it came to nothing that stands beside a field.
pub fn problems(forms: Forms) -> AnyView {
    let failed = |error: Option<AppError>| {
        error
            .filter(|error| !matches!(error, AppError::Invalid(_)))
            .map(|error| view! { <Notice tone=Tone::Crit title=error.title() urgent=true>{error.to_string()}</Notice> })
    };
    view! { {failed(forms.rotate.error())}{failed(forms.revoke.error())}{failed(forms.keep.error())} }.into_any()
}

/// What may be done with a credential.
pub fn actions(credential: &CredentialView, forms: Forms) -> AnyView {
    let stored = !matches!(
        credential.class,
        CredentialClass::Federated | CredentialClass::Dynamic
    );
    if credential.revoked_at.is_some() || !stored {
        return ().into_any();
    }
    let id = credential.id;
    let rotate = credential.retiring.is_none().then(|| {
        view! { <DialogLink id=format!("rotate-{id}") small=true icon=Icon::Edit>"Record a rotation"</DialogLink> }
    });
    view! {
        {rotate}
        <DialogLink id=format!("revoke-{id}") kind=ButtonKind::Quiet small=true>"It is revoked"</DialogLink>
        <DialogLink id=format!("keep-{id}") kind=ButtonKind::Quiet small=true>"Where it is kept"</DialogLink>
        {rotate_dialog(credential, forms.rotate)}
        {revoke_dialog(credential, forms.revoke)}
        {keep_dialog(credential, forms.keep)}
    }
    .into_any()
}

fn rotate_dialog(credential: &CredentialView, to: Posted<RecordRotation>) -> Option<AnyView> {
    if credential.retiring.is_some() {
        return None;
    }
    let id = credential.id.to_string();
    let again = to.error().is_some() && to.came_from("input[credential]", &id);
    let typed = move |name: &str| to.typed(&format!("input[{name}]")).filter(|_| again);
    let wrong = move |name: &str| to.of_field(name).filter(|_| again);
    let (hidden, own) = (id.clone(), id.clone());
    let field = move |name: &str| format!("rotate-{name}-{own}");
    let old = if credential.reference.is_empty() {
        "The old one has no reference here.".to_owned()
    } else {
        format!("The old one is {}.", credential.reference)
    };
    let hint = format!("Its key id or fingerprint, never the secret itself. {old}");
    Some(view! {
        <Dialog id=format!("rotate-{id}") title=format!("Record a rotation of {}", credential.label) again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">"Make the new one where it is made, then note it here. Until the overlap ends both are valid and neither is a violation; from then on a use of the old one is a finding."</p>
                    <input type="hidden" name="input[credential]" value=hidden/>
                    <TextField name="input[reference]" id=field("reference") label="Reference of the new one" hint value=typed("reference") error=wrong("reference") autocomplete="off" required=true max_length=200/>
                    <TextField name="input[label]" id=field("label") label="What people call it" hint="Empty keeps the old name." value=typed("label") error=wrong("label") max_length=200/>
                    <TextField name="input[rotated_on]" id=field("rotated_on") label="Made on" hint="Empty means now." kind="date" value=typed("rotated_on") error=wrong("rotated_on")/>
                    <TextField name="input[overlap_days]" id=field("overlap_days") label="Days both are valid" hint="0 to 30; empty means 7, for signing keys and certificates 30." inputmode="numeric" value=typed("overlap_days") error=wrong("overlap_days")/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Record it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any())
}

fn revoke_dialog(credential: &CredentialView, to: Posted<RevokeCredential>) -> AnyView {
    let id = credential.id.to_string();
    let again = to.error().is_some() && to.came_from("input[credential]", &id);
    let typed = to.typed("input[reason]").filter(|_| again);
    let wrong = to.of_field("reason").filter(|_| again);
    view! {
        <Dialog id=format!("revoke-{id}") title=format!("Record that {} is revoked", credential.label) again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">"Rollcall notes this; it revokes nothing where the credential was made. A use from now on is a finding."</p>
                    <input type="hidden" name="input[credential]" value=id.clone()/>
                    <TextArea name="input[reason]" id=format!("revoke-reason-{id}") label="Reason" hint="Read by the auditor." value=typed error=wrong required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Danger>"It is revoked"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

fn keep_dialog(credential: &CredentialView, to: Posted<KeepCredential>) -> AnyView {
    let id = credential.id.to_string();
    let again = to.error().is_some() && to.came_from("input[credential]", &id);
    let typed = move |name: &str| to.typed(&format!("input[{name}]")).filter(|_| again);
    let wrong = move |name: &str| to.of_field(name).filter(|_| again);
    let places = Kept::ALL
        .iter()
        .map(|kept| Choice::new(kept.as_str(), kept.label()))
        .collect::<Vec<_>>();
    let kept = typed("kept").unwrap_or_else(|| credential.kept.to_string());
    view! {
        <Dialog id=format!("keep-{id}") title=format!("Where {} is kept", credential.label) again>
            <PostForm to>
                <DialogBody>
                    <p class="muted">"Its step on the ladder follows: what a platform makes and rotates stands above what people keep, and what stands in code stands last."</p>
                    <input type="hidden" name="input[credential]" value=id.clone()/>
                    <SelectField name="input[kept]" id=format!("keep-kept-{id}") label="Kept" options=places value=kept error=wrong("kept") required=true/>
                    <TextArea name="input[reason]" id=format!("keep-reason-{id}") label="How it is known" hint="Read by the auditor." value=typed("reason") error=wrong("reason") required=true/>
                </DialogBody>
                <DialogFoot><Button kind=ButtonKind::Primary>"Note it"</Button></DialogFoot>
            </PostForm>
        </Dialog>
    }
    .into_any()
}

/// Draws every rotation that was recorded, newest first.
pub fn timelines(view: &IdentityView) -> AnyView {
    let drawn: Vec<AnyView> = view
        .credentials
        .iter()
        .filter_map(|old| Some(one(old, old.retiring.as_ref()?, view)))
        .collect();
    if drawn.is_empty() {
        return ().into_any();
    }
    view! { <Block id="h-rotations" title="Rotations" note="old and new, and what proves the change">{drawn}</Block> }
        .into_any()
}

fn one(old: &CredentialView, retiring: &RetiringView, view: &IdentityView) -> AnyView {
    let now = view.now;
    let new = view
        .credentials
        .iter()
        .find(|new| Some(new.id) == retiring.successor);
    let made = new.and_then(since).unwrap_or(retiring.overlap_until);
    let old_since = since(old).unwrap_or(made);
    let old_end = old.revoked_at.unwrap_or(retiring.overlap_until);
    let last = now.max(retiring.overlap_until).max(old_end);
    let first = old_since.max(made - (last - made).max(chrono::TimeDelta::days(14)) * 2);
    let place = |at: DateTime<Utc>| share(at, first, last);
    let mut lanes = vec![Lane {
        label: format!("Old: {}", named(old)),
        fill: Fill::Third,
        span: (place(old_since), place(old_end)),
        marks: mark(
            old.last_used_at.filter(|at| *at > first),
            place,
            "last used",
        ),
    }];
    if let Some(new) = new {
        lanes.push(Lane {
            label: format!("New: {}", named(new)),
            fill: Fill::First,
            span: (place(made), place(new.revoked_at.unwrap_or(last))),
            marks: mark(new.first_used_at, place, "first used"),
        });
    }
    let ticks = ticks(first, made, retiring.overlap_until, last, now);
    let (tone, icon) = tone(retiring.proof);
    let id = format!("rotation-{}", old.id);
    let title = format!("Rotation of {}", old.label);
    let word = retiring.proof.label();
    let sentence = retiring.sentence.clone();
    let until = format!(
        "Both valid until {}.",
        format::day(retiring.overlap_until.date_naive(), now.date_naive())
    );
    let description = format!("{until} {sentence}");
    view! {
        <div class="rotation">
            <p><Status tone icon>{word}</Status>" "{sentence}" "<span class="muted">{until}</span></p>
            <Generations id title description lanes both=(place(made), place(retiring.overlap_until)) now=place(now) ticks/>
        </div>
    }
    .into_any()
}

fn since(credential: &CredentialView) -> Option<DateTime<Utc>> {
    credential.rotated_at.max(credential.issued_at)
}

fn named(credential: &CredentialView) -> String {
    if credential.reference.is_empty() {
        credential.label.clone()
    } else {
        format!("{}, {}", credential.label, credential.reference)
    }
}

fn mark(
    at: Option<DateTime<Utc>>,
    place: impl Fn(DateTime<Utc>) -> f64,
    what: &str,
) -> Vec<(f64, String)> {
    at.map(|at| (place(at), format!("{what} {}", format::exact(at))))
        .into_iter()
        .collect()
}

/// Where a moment lies between two others.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of a few years are far below 2^52"
)]
fn share(at: DateTime<Utc>, first: DateTime<Utc>, last: DateTime<Utc>) -> f64 {
    let whole = (last - first).num_seconds().max(1) as f64;
    ((at - first).num_seconds() as f64 / whole).clamp(0.0, 1.0)
}

/// The dates below, without those that would stand on each other.
fn ticks(
    first: DateTime<Utc>,
    made: DateTime<Utc>,
    until: DateTime<Utc>,
    last: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<(f64, String)> {
    let mut kept: Vec<(f64, String)> = Vec::new();
    for at in [made, until, first, last] {
        let place = share(at, first, last);
        if kept.iter().all(|(other, _)| (place - other).abs() > 0.16) {
            kept.push((place, format::day(at.date_naive(), now.date_naive())));
        }
    }
    kept
}

const fn tone(proof: RotationProof) -> (Tone, Icon) {
    match proof {
        RotationProof::Running => (Tone::Info, Icon::Clock),
        RotationProof::Proven => (Tone::Ok, Icon::Ok),
        RotationProof::OldStillUsed => (Tone::Crit, Icon::Critical),
        RotationProof::NewUnused => (Tone::Warn, Icon::Clock),
        RotationProof::Unknown => (Tone::Unknown, Icon::Unknown),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T00:00:00Z")
            .parse()
            .expect("a time")
    }

    #[test]
    fn dates_that_would_stand_on_each_other_give_way_to_the_overlap() {
        let drawn = ticks(at(1), at(10), at(17), at(18), at(18));
        let words: Vec<&str> = drawn.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["10 Nov", "17 Nov", "1 Nov"]);
    }

    #[test]
    fn a_moment_outside_stays_on_the_edge() {
        assert!((share(at(30), at(1), at(11)) - 1.0).abs() < f64::EPSILON);
        assert!((share(at(6), at(1), at(11)) - 0.5).abs() < f64::EPSILON);
        assert!(share(at(1), at(1), at(1)).abs() < f64::EPSILON);
    }
}

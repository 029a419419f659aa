//! The evidence of a campaign: where it can be had, and how anybody checks it.

use contract::campaigns::{CampaignState, CampaignView, EvidenceView};
use leptos::prelude::*;

use crate::components::{
    ButtonKind, ButtonLink, CodeView, EmptyState, Icon, Identifier, KeyValue, KeyValues, Step,
    Steps, When,
};
use crate::format;
use crate::layout::{Block, Split};
use crate::paths;

/// Who signed, that nothing was changed, that nothing is missing: with tools that know nothing of Rollcall.
const BY_HAND: &str = "unzip -d pack PACK.zip && cd pack
# who signed: the fingerprint you were given, then the signature
openssl pkey -pubin -in public_key.pem -outform DER | tail -c 32 | sha256sum
openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in manifest.json -sigfile manifest.sig
# nothing was changed: every line says OK
jq -r '.files[] | .sha256 + \"  \" + .path' manifest.json | sha256sum --check --strict
# nothing is missing: three times the same number
jq '.population.count' manifest.json; wc -l < items.ndjson; jq '[.outcomes[]] | add' manifest.json";

/// Draws the evidence tab.
pub fn tab(view: &CampaignView) -> AnyView {
    if let Some(pack) = &view.evidence {
        return sealed(view, pack);
    }
    let text = match view.row.state {
        CampaignState::Active => {
            "It is written when the campaign is closed and sealed: every item, every answer, who was asked and why, and the record of it all, signed."
        }
        CampaignState::Remediating => {
            "The answers have ended. When everything decided is proven or waived, sealing writes and signs the evidence; afterwards nothing changes any more."
        }
        _ => "A cancelled campaign leaves no evidence.",
    };
    view! { <EmptyState title="No evidence yet" text=text/> }.into_any()
}

fn sealed(view: &CampaignView, pack: &EvidenceView) -> AnyView {
    let pack = pack.clone();
    let (id, now, items) = (view.row.id, view.now, format::number(view.row.items));
    let verify = format!("rollcall verify {} --key rollcall.pem", pack.file_name);
    let size = format::bytes(u64::try_from(pack.bytes).unwrap_or(0));
    let download = view.may_read_evidence.then(|| {
        view! {
            <p class="btn-row after">
                <ButtonLink href=paths::evidence(id) kind=ButtonKind::Primary icon=Icon::Download external=true>{format!("Download, {size}")}</ButtonLink>
            </p>
        }
    });
    let side = view! {
        <Block id="e-pack" title="The pack">
            <KeyValues>
                <KeyValue label="File">{pack.file_name.clone()}</KeyValue>
                <KeyValue label="Sealed"><When at=pack.sealed_at now/></KeyValue>
                <KeyValue label="Items">{items}</KeyValue>
                <KeyValue label="Signed by key"><Identifier value=pack.key_id.clone() what="key id"/></KeyValue>
                <KeyValue label="SHA-256 of the file" wide=true><Identifier value=pack.sha256.clone() what="SHA-256"/></KeyValue>
            </KeyValues>
            {download}
        </Block>
    }
    .into_any();
    view! {
        <Split label="About the pack" side=side>
            <Block id="e-check" title="How anybody checks it" note="offline, without trusting this server">
                <Steps>
                    <Step title="Get the public key another way" text="rollcall campaign key prints it on the server. Its id must be the one beside this text."/>
                    <Step title="Verify the pack" text="It says who signed, that nothing was changed, and that nothing is missing; one flipped byte, one missing row and a cut end each have their own message.">
                        <p><code>{verify}</code></p>
                    </Step>
                    <Step title="Or with openssl and jq alone" text="VERIFY.md in the pack has every command, also for each row and for the record; these are the first."/>
                </Steps>
                <CodeView id="by-hand" code=BY_HAND note="unzip, openssl 3, jq, sha256sum"/>
            </Block>
        </Split>
    }
    .into_any()
}

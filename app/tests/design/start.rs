//! The door, and the first day of an organisation.

use app::components::*;
use app::layout::*;
use leptos::prelude::*;

use crate::{check, security, sheet};

#[test]
fn sign_in() {
    let body = sheet("sign-in", || {
        view! {
            <Door title="Sign in" org="Acme" foot=view! { <span>"rollcall.acme.example"</span><span>"Version 0.1.0"</span> }.into_any()>
                <Notice tone=Tone::Info>"You were signed out after 12 hours. Your draft decision on "<b>"ledger-worker"</b>" is kept."</Notice>
                <form class="roomy" method="post" action="/auth/sign-in">
                    <TextField name="mail" label="Work e-mail" hint="It finds your organisation’s sign-in page" kind="email" required=true
                        value="ines.varga@acme-mail.example" autocomplete="username" error="Nobody signs in here with acme-mail.example."/>
                    <Button kind=ButtonKind::Primary>"Continue"</Button>
                </form>
                <p class="small muted">"Your organisation checks who you are; Rollcall never sees a password."</p>
            </Door>
        }
    });
    check(&body);
    assert!(
        body.contains(r#"aria-describedby="mail-hint mail-error" aria-invalid="true""#),
        "{body}"
    );
    assert!(
        body.contains(r#"value="ines.varga@acme-mail.example""#),
        "what was typed is kept"
    );
}

#[test]
fn empty_organisation() {
    let body = sheet("empty", || {
        let tiles = ["Identities", "Federated or dynamic", "Overdue", "Critical and high findings", "Current review"]
            .into_iter()
            .map(|label| view! { <StatTile label href="#start" figure=Maybe::default()>"Known after the first import or event"</StatTile> })
            .collect_view();
        view! {
            <Frame viewer=security() title="Overview" section=RailItem::Overview>
                <Stats>{tiles}</Stats>
                <Split label="Good to know" side=view! {
                    <Block id="h-org" title="This organisation"><KeyValues><KeyValue label="Name">"Acme"</KeyValue><KeyValue label="Sources">"none"</KeyValue></KeyValues></Block>
                }.into_any()>
                    <Block id="start" title="Start here" note="step 1 takes about ten minutes; the rest can wait">
                        <Steps>
                            <Step now=true title="Let one source speak" text="Every pipeline that shows up in it becomes a discovered identity, with the events that prove it.">
                                <Picks>
                                    <Pick href="?a" title="GitHub Actions" hint="runs and audit log" current=true/>
                                    <Pick href="?b" title="AWS CloudTrail" hint="roles taken, keys used"/>
                                </Picks>
                                <CodeView id="wf" code="permissions:\n  id-token: write" note="works the same in GitLab CI"/>
                            </Step>
                            <Step title="Bring what you already have" text="A CSV or JSON list.">
                                <p class="btn-row"><ButtonLink href="/import">"Import a list"</ButtonLink></p>
                            </Step>
                        </Steps>
                    </Block>
                </Split>
            </Frame>
        }
    });
    check(&body);
    assert_eq!(body.matches("Unknown").count(), 5, "unknown is never 0");
}

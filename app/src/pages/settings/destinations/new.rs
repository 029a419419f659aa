//! A new destination: what receives, where it is, and what it is sent.

use contract::destinations::DestinationKind;
use contract::feed::{FeedFormat, FeedStream};
use leptos::prelude::*;

use super::failed;
use crate::api::destinations::CreateDestination;
use crate::components::{
    Button, ButtonKind, CheckboxGroup, Choice, SelectField, TextArea, TextField,
};
use crate::form::{PostForm, Posted};
use crate::layout::{Block, Crumb, RailItem, Split};
use crate::pages::adding::{Adding, adding};
use crate::paths;

/// Draws the form.
#[component]
pub fn NewDestinationPage() -> impl IntoView {
    let create = Posted::<CreateDestination>::new();
    let page = Adding {
        title: "Add a destination",
        lead: "Rows of a feed are sent to it from then on.",
        section: RailItem::Settings,
        crumb: Crumb::new("Destinations", paths::destinations()),
        refusal: "Security and administrators add destinations.",
    };
    adding(page, move || {
        view! {
            {failed(create.error())}
            <Split label="Good to know" side=side()>{form(create)}</Split>
        }
        .into_any()
    })
}

fn side() -> AnyView {
    view! {
        <Block id="promise" title="What is promised">
            <p class="muted">"Rows go out in order, each at least once: its place moves only when the receiver has acknowledged. Repeats stay inside the last batch; deduplicate on the id."</p>
        </Block>
        <Block id="inside" title="Addresses inside">
            <p class="muted">"Private and link-local addresses are refused unless "<code>"ROLLCALL_OUTBOUND_ALLOW"</code>" names their network."</p>
        </Block>
        <Block id="secret" title="The secret">
            <p class="muted">"It is kept encrypted, and never shown again. A webhook signs with it (Standard Webhooks); Splunk and Elasticsearch are signed in to with it."</p>
        </Block>
    }
    .into_any()
}

fn form(create: Posted<CreateDestination>) -> AnyView {
    let failing = create.error().is_some();
    let typed = move |name: &str| create.typed(&format!("input[{name}]")).filter(|_| failing);
    let wrong = move |name: &str| create.of_field(name);
    let kinds = DestinationKind::ALL
        .iter()
        .map(|kind| Choice::new(kind.as_str(), kind.label()))
        .collect::<Vec<_>>();
    let streams = FeedStream::ALL
        .iter()
        .map(|stream| Choice::new(stream.as_str(), stream.label()))
        .collect::<Vec<_>>();
    let formats = FeedFormat::ALL
        .iter()
        .map(|format| Choice::new(format.as_str(), format.label()))
        .collect::<Vec<_>>();
    let chosen = move |name: &str| {
        let ticked = failing && !create.typed_all(&format!("input[{name}]")).is_empty();
        if ticked {
            vec!["true".to_owned()]
        } else {
            Vec::new()
        }
    };
    view! {
        <Block id="new" title="Where to, and what">
            <PostForm to=create attr:class="stack">
                <TextField name="input[name]" id="name" label="Name" hint="Whom it is for: Splunk of the security team" value=typed("name") error=wrong("name") required=true max_length=80/>
                <SelectField name="input[kind]" id="kind" label="What receives" options=kinds value=typed("kind") error=wrong("kind")/>
                <TextField name="input[address]" id="address" label="Address" hint="https://splunk.example.com:8088; host:port of syslog; the name of a folder" value=typed("address") error=wrong("address") required=true max_length=400/>
                <TextField name="input[secret]" id="secret" label="Secret" kind="password" hint="Signing secret of a webhook, token of Splunk, API key of Elasticsearch, key=secret of an object store" error=wrong("secret")/>
                <TextField name="input[index]" id="index" label="Index or data stream" hint="Elasticsearch: logs-rollcall-default. Splunk: left empty, the token’s own" value=typed("index") error=wrong("index") max_length=200/>
                <SelectField name="input[stream]" id="stream" label="Feed" options=streams value=typed("stream") error=wrong("stream")/>
                <SelectField name="input[format]" id="format" label="In whose words" options=formats value=typed("format") error=wrong("format")/>
                <TextArea name="input[filter]" id="filter" label="Filter" hint="One name=words a line, such as outcome=failure or source=github-audit,aws; empty: everything" value=typed("filter") error=wrong("filter") rows=2/>
                <CheckboxGroup name="input[acknowledged][]" legend="Splunk" options=vec![Choice::new("true", "Wait for the indexers’ acknowledgement")] chosen=chosen("acknowledged")/>
                <CheckboxGroup name="input[from_now][]" legend="Where it begins" options=vec![Choice::new("true", "With what comes from now on, not with the first row there is")] chosen=chosen("from_now")/>
                <Button kind=ButtonKind::Primary>"Add the destination"</Button>
            </PostForm>
        </Block>
    }
    .into_any()
}

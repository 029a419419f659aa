//! The explorer: histogram, rows, raw drawer.

use app::components::{chart::*, *};
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, security, sheet};

const RAW: &str = r#"{"eventTime":"2026-11-20T08:14:22Z","eventName":"AssumeRoleWithWebIdentity","sourceIPAddress":"203.0.113.44","userIdentity":{"type":"WebIdentityUser","userName":"repo:acme-labs@55871/auth-gateway@99017:ref:refs/heads/main"},"requestParameters":{"roleArn":"arn:aws:iam::471982203366:role/ci-auth-gateway-deploy"},"errorMessage":"<img src=x onerror=alert(1)>"}"#;

fn histogram() -> AnyView {
    let whole = (at("2026-11-19T10:45:00Z"), at("2026-11-20T10:45:00Z"));
    let buckets = (0..96)
        .map(|index| Bucket {
            success: 4 + (index * 7) % 17,
            failure: if index == 90 {
                12
            } else {
                i64::from(index % 19 == 3)
            },
            unknown: 0,
        })
        .collect();
    let ticks = vec![
        Tick {
            bucket: 5,
            label: "12:00".into(),
            strong: false,
        },
        Tick {
            bucket: 37,
            label: "20:00".into(),
            strong: false,
        },
        Tick {
            bucket: 53,
            label: "Fri 20 Nov".into(),
            strong: true,
        },
        Tick {
            bucket: 85,
            label: "08:00".into(),
            strong: false,
        },
    ];
    let brush = Brush::within(
        (at("2026-11-20T08:45:00Z"), at("2026-11-20T09:45:00Z")),
        whole,
    );
    view! {
        <section class="histo" aria-labelledby="hh">
            <div class="histo-head">
                <h2 id="hh">"1,116 events"</h2>
                <span class="muted small">"Thu 19 Nov 10:45 to Fri 20 Nov 10:45, 15 minutes a bar"</span>
                <Legend items=vec![LegendItem::new(Fill::Second, "success"), LegendItem::new(Fill::Crit, "failure").value("30")]/>
                <TimeRange id="range" action="/events" from="2026-11-20T08:45" to="2026-11-20T09:45"
                    presets=vec![LinkItem::new("1 h", "?w=1h"), LinkItem::new("24 h", "?w=24h").current(true), LinkItem::new("7 d", "?w=7d")]/>
            </div>
            <TimeHistogram id="hi" title="Events per 15 minutes, last 24 hours" description="Failures are rare." whole buckets ticks brush form="range"/>
        </section>
    }
    .into_any()
}

fn rows() -> AnyView {
    [
        (
            "2026-11-20T09:44:51Z",
            Icon::Deploy,
            "Deployed 4.212.0 to production",
            "storefront · deploy · production",
            "Deployment",
            true,
        ),
        (
            "2026-11-20T09:44:12Z",
            Icon::Service,
            "Took the role ci-storefront-deploy",
            "storefront · deploy · production",
            "Credential taken",
            true,
        ),
        (
            "2026-11-20T09:26:30Z",
            Icon::Fail,
            "Permission denied: s3:PutObject",
            "backoffice · sync",
            "Authorisation failure",
            false,
        ),
        (
            "2026-11-20T09:14:22Z",
            Icon::Fail,
            "Token refused, 14 times in 12 minutes",
            "auth-gateway · deploy · production",
            "Authentication failure",
            false,
        ),
        (
            "2026-11-20T09:12:05Z",
            Icon::Service,
            "Took Vault role fraud-train",
            "fraud-scoring · train",
            "Credential taken",
            true,
        ),
    ]
    .into_iter()
    .enumerate()
    .map(|(index, (moment, icon, title, sub, kind, fine))| {
        let outcome = if fine {
            view! { <Status tone=Tone::Ok icon=Icon::Ok>"Success"</Status> }.into_any()
        } else {
            view! { <Status tone=Tone::Crit icon=Icon::Fail>"Failure"</Status> }.into_any()
        };
        view! {
            <tr aria-current=(index == 3).then_some("true")>
                <Cell class="fit"><When at=at(moment) now=now() said=Said::Clock/></Cell>
                <Cell class="c-main"><Ident icon name=title href="?event=1" sub/></Cell>
                <Cell class="fit c-3" label="Kind">{kind}</Cell>
                <Cell class="fit c-4" label="Source">"AWS CloudTrail"</Cell>
                <Cell class="fit">{outcome}</Cell>
            </tr>
        }
    })
    .collect_view()
    .into_any()
}

#[test]
fn events() {
    let body = sheet("events", || {
        let groups = vec![FacetGroup {
            name: "outcome".into(),
            legend: "Outcome".into(),
            options: vec![
                FacetOption {
                    value: "success".into(),
                    label: "Success".into(),
                    count: Some(84),
                    checked: false,
                },
                FacetOption {
                    value: "failure".into(),
                    label: "Failure".into(),
                    count: Some(19),
                    checked: false,
                },
            ],
        }];
        let chips = vec![Chip {
            label: "Time".into(),
            value: "08:45 to 09:45".into(),
            remove: "?".into(),
        }];
        view! {
            <Frame viewer=security() title="Events" section=RailItem::Events
                action=view! { <ButtonLink href="?live=1" icon=Icon::Play>"Live"</ButtonLink> }.into_any()>
                {histogram()}
                <Browse with_drawer=true>
                    <FacetBar action="/events" groups done="Show 103 events"/>
                    <Results label="Events">
                        <Toolbar count=view! { <Count shown=103 of=None noun="events"/> }.into_any() chips><Export json="?format=json"/></Toolbar>
                        <DataTable caption="Events, newest first" kind=TableKind::Tight columns=vec![
                            Column::new("Time").sort("?sort=time", Some(Direction::Descending)), Column::new("Event and identity"),
                            Column::new("Kind").gives_way(3), Column::new("Source").gives_way(4), Column::new("Outcome"),
                        ]>{rows()}</DataTable>
                        <Pager text="5 of 103" next="?before=1" first_label="Newest" next_label="Older"/>
                    </Results>
                    <Drawer id="event" title="Token refused, 14 times in 12 minutes" close="/events">
                        <div class="row"><Status tone=Tone::Crit icon=Icon::Fail>"Failure"</Status><a class="more" href="/findings">"Critical finding, open"</a></div>
                        <div class="after"><KeyValues>
                            <KeyValue label="Happened">"09:14:22.418 "<span class="faint">"first of 14, last 09:26:11"</span></KeyValue>
                            <KeyValue label="From"><code>"203.0.113.44"</code></KeyValue>
                        </KeyValues></div>
                        <h3>"Why this identity?"</h3>
                        <Reasons>
                            <Reason icon=Icon::Check><b>"Target: auth-gateway, deploy, production."</b>" The role "<code>"ci-auth-gateway-deploy"</code>" is one of its selectors."</Reason>
                            <Reason icon=Icon::Unknown><b>"Actor: unknown."</b>" The claimed subject matches no identity."</Reason>
                        </Reasons>
                        <h3>"As received"</h3>
                        <CodeView id="raw" code=RAW language=Language::Json note="1.1 kB, 1 field redacted" mark=vec!["ci-auth-gateway-deploy".into()]/>
                    </Drawer>
                </Browse>
            </Frame>
        }
    });
    check(&body);
    assert!(!body.contains("<img"), "an event's words stay words");
    assert!(body.contains(r#"<span class="l hit""#));
}

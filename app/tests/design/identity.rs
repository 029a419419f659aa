//! One identity: head, tabs, split, diff, timeline.

use app::components::{chart::*, *};
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, security, sheet};

fn head() -> AnyView {
    view! {
        <DetailHead icon=Icon::Pipeline title="payments-api" detail="· deploy · production"
            lead="Deploys the payments API to production whenever main is released. It can replace the running service and read its database password."
            badges=view! {
                <Badge tone=Tone::Ok icon=Icon::Ok>"Active"</Badge>
                <Badge icon=Icon::Lock>"Privileged"</Badge>
                <Tag>"Tier 1"</Tag>
                <Tag>"production"</Tag>
            }.into_any()>
            <Facts>
                <Fact label="Owner"><Team name="Payments" href="/teams/x"/></Fact>
                <Fact label="Answers for it"><Person name="Jonas Hale"/><span class="faint">"backup"</span><Person name="Mira Kestrel"/></Fact>
                <Fact label="Risk"><Risk score=Some(74) level=Level::High/></Fact>
                <Fact label="Credential"><Status tone=Tone::Ok icon=Icon::Ok>"OIDC federation, none stored"</Status></Fact>
                <Fact label="Last used"><When at=at("2026-11-20T08:51:12Z") now=now()/></Fact>
                <Fact label="Next review"><span><a href="/campaigns/x">"Q4 2026"</a>", due "<When at=at("2026-11-30T18:00:00Z") now=now() said=Said::Day/></span></Fact>
            </Facts>
        </DetailHead>
        <Tabs label="Identity" items=vec![
            LinkItem::new("Overview", "?").current(true),
            LinkItem::new("Credentials", "?").count(1),
            LinkItem::new("Permissions", "?").count(14),
            LinkItem::new("Activity", "?"),
            LinkItem::new("History", "?").count(31),
        ]/>
    }
    .into_any()
}

fn side() -> AnyView {
    view! {
        <Block id="h-sel" title="Selectors" note="how events find it">
            <KeyValues>
                <KeyValue label="Subject" wide=true><Identifier what="subject" value="repo:acme@10423/payments-api@88213:environment:production"/></KeyValue>
                <KeyValue label="Repository">"id 88213"</KeyValue>
                <KeyValue label="Read"><When at=at("2026-11-20T06:00:00Z") now=now()/><span class="sub">"by the AWS import"</span></KeyValue>
            </KeyValues>
        </Block>
        <Block id="h-why" title="Why risk 74">
            <DataTable caption="Reasons" kind=TableKind::Mini columns=vec![Column::new("Reason"), Column::new("Points").numeric()]>
                <tr><Cell>"Deploys to production"</Cell><Cell class="num">"+30"</Cell></tr>
                <tr><Cell>"Two open findings"</Cell><Cell class="num">"+8"</Cell></tr>
            </DataTable>
        </Block>
        <Block id="h-tl" title="Trust changes" note="12 months">
            <Timeline>
                <TimelineEntry current=true when=view! { <When at=at("2026-10-03T11:20:00Z") now=now() said=Said::Day/>", ticket OPS-4417" }.into_any()>
                    <b>"Audience pinned"</b>" by Aiko Brandt"
                </TimelineEntry>
                <TimelineEntry when=view! { <When at=at("2026-02-02T11:20:00Z") now=now() said=Said::Day/> }.into_any()>
                    <b>"Role created"</b>" by Jonas Hale"
                </TimelineEntry>
            </Timeline>
        </Block>
    }
    .into_any()
}

#[test]
fn identity() {
    let before = "{\n  \"Effect\": \"Allow\",\n  \"StringLike\": {\n    \"sub\": \"repo:acme/payments-api:*\"\n  }\n}";
    let after = "{\n  \"Effect\": \"Allow\",\n  \"StringEquals\": {\n    \"sub\": \"repo:acme/payments-api:environment:production\"\n  }\n}";
    let body = sheet("identity", || {
        view! {
            <Frame viewer=security() title="payments-api · deploy · production" section=RailItem::Identities crumb=Crumb::new("Identities", "/identities")>
                {head()}
                <Split label="About this identity" side=side()>
                    <Block id="h-tight" title="Tightest policy that still fits" note="same outcome for 431 of 438 runs">
                        <LineDiff label="Present and proposed policy" before after/>
                        <p class="after"><WordDiff before="environment:production" after="environment:prod-*"/></p>
                    </Block>
                    <Block id="h-use" title="Use" note="last 90 days">
                        <UseStrip label="Days with at least one run: 30 of 90" days=(0..90).map(|day| day % 7 < 2).collect()/>
                        <p class="strip-axis"><span>"22 Aug"</span><span>"today"</span></p>
                    </Block>
                    <Block id="h-none" title="Findings"><EmptyState title="No open findings" text="The rules ran 20 minutes ago over 90 days of events."/></Block>
                </Split>
            </Frame>
        }
    });
    check(&body);
    assert!(body.contains(r#"<del class="word">production</del>"#));
    assert!(body.contains(r#"<nav aria-label="Path">"#));
    assert_eq!(body.matches("<h1").count(), 1);
}

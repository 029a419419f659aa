//! A campaign: burn-up, gates, teams.

use app::components::{chart::*, *};
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, security, sheet};

fn burn() -> AnyView {
    let data = BurnUpData {
        start: at("2026-11-02T00:00:00Z"),
        deadline: at("2026-11-30T18:00:00Z"),
        now: now(),
        total: 141,
        done: vec![
            3, 9, 15, 19, 24, 24, 24, 33, 40, 44, 51, 57, 57, 57, 63, 71, 78, 85, 89,
        ],
        forecast: Some(127),
        over: false,
    };
    view! {
        <Section id="h-b" class="cp-burn" title="Decisions against the deadline" note="weekends shaded">
            <figure class="chart">
                <Legend items=vec![
                    LegendItem::new(Fill::Line, "Decided").value("89"),
                    LegendItem::new(Fill::Goal, "Even pace to the deadline").value("91"),
                    LegendItem::new(Fill::Forecast, "At the pace of the last five working days").value("127 of 141"),
                ]/>
                <BurnUp id="b" title="Decisions against the deadline, 2 to 30 November 2026" description="89 of 141 decided." data/>
            </figure>
        </Section>
    }
    .into_any()
}

fn teams() -> AnyView {
    let rows = [("Platform", "Aiko Brandt", [22, 3, 2, 0], 30), ("Payments", "Jonas Hale", [10, 2, 1, 1], 23), ("Mobile", "Tessa Quill", [0; 4], 13)]
        .into_iter()
        .map(|(team, person, [approve, modify, revoke, unknown], all)| {
            let done = approve + modify + revoke + unknown;
            let parts = vec![
                Part::new(Fill::First, approve), Part::new(Fill::Second, modify), Part::new(Fill::Third, revoke), Part::new(Fill::Hatch, unknown),
            ];
            let bar = if done == 0 {
                view! { <Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status> }.into_any()
            } else {
                view! { <Bar parts total=all label=format!("{approve} approve, {modify} modify, {revoke} revoke")/> }.into_any()
            };
            view! {
                <tr>
                    <RowHead><Team name=team/></RowHead>
                    <Cell class="fit at-end">{person}</Cell>
                    <Cell class="full bar-cell">{bar}</Cell>
                    <Cell class="num" label="Decided">{format!("{done} / {all}")}</Cell>
                    <Cell class="num"><Button small=true kind_of="button">"Remind"</Button></Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="h-t" title="By team" note="1 team has not begun" more="Remind all with open items" href="#">
            <DataTable caption="Progress by team" kind=TableKind::MiniTight columns=vec![
                Column::new("Team"), Column::new("Reviewer"), Column::new("Decisions").hidden().class("bar-cell"),
                Column::new("Decided").numeric(), Column::new("Remind").hidden(),
            ]>{rows}</DataTable>
        </Section>
    }
    .into_any()
}

#[test]
fn campaign() {
    let body = sheet("campaign", || {
        view! {
            <Frame viewer=security() title="Q4 2026 access review" section=RailItem::Campaigns crumb=Crumb::new("Campaigns", "/campaigns")
                action=view! { <Button kind=ButtonKind::Primary icon=Icon::Mail>"Remind 8 people"</Button> }.into_any()>
                <DetailHead title="Q4 2026 access review" lead="Every identity that was active or disabled on 2 November, decided by the team that owns it."
                    badges=view! { <Badge tone=Tone::Info icon=Icon::Play>"Active"</Badge><Tag>"Stage 1 of 2, owners"</Tag> }.into_any()>
                    <Facts>
                        <Fact label="Due"><b><When at=at("2026-11-30T18:00:00Z") now=now() said=Said::DayMinute/></b><span class="muted">"in 10 days"</span></Fact>
                        <Fact label="Items">"141"</Fact>
                    </Facts>
                </DetailHead>
                <Tabs label="Campaign" items=vec![LinkItem::new("Progress", "?").current(true), LinkItem::new("Items", "?").count(141)]/>
                <Ledger class="cp">
                    {burn()}
                    <Section id="h-g" class="cp-gate" title="Before it can be sealed">
                        <Gates>
                            <Gate done=false><b>"52 items have no decision."</b>" At the deadline they become “not reviewed”, never approved."</Gate>
                            <Gate done=true>"Population frozen on 2 Nov, query and count stored."</Gate>
                        </Gates>
                        <ButtonLater icon=Icon::Seal>"Seal the evidence"</ButtonLater>
                    </Section>
                    {teams()}
                </Ledger>
            </Frame>
        }
    });
    check(&body);
    assert!(body.contains("Still to do: "));
}

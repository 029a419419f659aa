//! The overview, full and of an empty organisation's first day.

use app::components::{chart::*, *};
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, security, sheet};

/// Team, identities, static ones, overdue ones, decided of all.
type TeamRow = (&'static str, i64, i64, i64, (i64, i64));

const TEAMS: [TeamRow; 9] = [
    ("Platform", 31, 5, 2, (27, 30)),
    ("Payments", 24, 3, 1, (14, 23)),
    ("Storefront", 19, 4, 1, (18, 18)),
    ("Data", 18, 9, 6, (6, 18)),
    ("Mobile", 13, 6, 4, (0, 13)),
    ("Risk", 11, 2, 0, (9, 11)),
    ("Internal Tools", 10, 5, 4, (0, 9)),
    ("Identity", 9, 0, 0, (9, 9)),
    ("Observability", 8, 1, 0, (5, 7)),
];

fn stats() -> impl IntoView {
    view! {
        <Stats>
            <StatTile label="Identities" href="/identities" figure="152"
                spark=Some(Spark::new("Identities, last 12 months: 118 to 152", vec![118, 121, 125, 128, 130, 133, 136, 138, 139, 144, 148, 152]))>
                "143 have an owner, "<b>"9 do not"</b>
            </StatTile>
            <StatTile label="Federated or dynamic" href="/identities" figure="72" unit="%"
                spark=Some(Spark::new("Share, last 12 months: 37 to 72 percent", vec![37, 40, 43, 46, 49, 52, 56, 58, 60, 64, 68, 72]))>
                "36 static left, 26 fewer than a year ago"
            </StatTile>
            <StatTile label="Overdue" href="/identities" figure="19"
                spark=Some(Spark::new("Overdue, last 12 months: 31 to 19", vec![31, 29, 30, 27, 28, 26, 25, 22, 24, 21, 20, 19]))>
                "7 reviews, 12 rotations; 9 more within 14 days"
            </StatTile>
            <StatTile label="Critical and high findings" href="/findings" figure="14"
                spark=Some(Spark::new("Critical and high findings, last 12 weeks: 9 to 14", vec![9, 9, 10, 8, 9, 9, 11, 10, 10, 12, 11, 14]))>
                <b>"3 critical"</b>", 11 high; 9 new in 30 days"
            </StatTile>
            <StatTile label="Q4 2026 review" href="/campaigns" figure="63" unit="%"
                spark=Some(Spark::new("Decisions since 2 November: 0 to 89", vec![0, 9, 19, 24, 33, 44, 51, 57, 63, 71, 78, 89]))>
                "89 of 141 decided, "<b>"10 days left"</b>
            </StatTile>
        </Stats>
    }
}

fn trend() -> impl IntoView {
    let series = vec![
        Series::new(
            "federated",
            Fill::First,
            vec![38, 42, 47, 51, 56, 60, 66, 70, 73, 80, 88, 96],
        ),
        Series::new(
            "dynamic",
            Fill::Second,
            vec![6, 6, 7, 8, 8, 9, 10, 10, 11, 12, 13, 14],
        ),
        Series::new(
            "static",
            Fill::Third,
            vec![62, 61, 60, 58, 56, 54, 51, 49, 47, 44, 40, 36],
        ),
        Series::new(
            "unknown",
            Fill::Hatch,
            vec![12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 6],
        ),
    ];
    let months = "Dec Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov"
        .split(' ')
        .map(String::from)
        .collect();
    view! {
        <Section id="h-trend" class="ov-trend" title="How credentials are held" note="12 months, change since Dec 2025"
            more="36 static" href="/identities">
            <figure class="chart">
                <Legend items=vec![
                    LegendItem::new(Fill::First, "OIDC federation").value("96").change(58),
                    LegendItem::new(Fill::Second, "Dynamic").value("14").change(8),
                    LegendItem::new(Fill::Third, "Static").value("36").change(-26),
                    LegendItem::new(Fill::Hatch, "Unknown").value("6").change(-6),
                ]/>
                <MonthStack id="trend" title="Identities by how their credential is held, monthly"
                    description="OIDC federation grew from 38 to 96 identities." months series/>
            </figure>
        </Section>
    }
}

fn owners() -> impl IntoView {
    let rows = TEAMS
        .into_iter()
        .map(|(team, identities, fixed, overdue, _)| {
            let overdue = match overdue {
                0 => view! { <span class="faint">"0"</span> }.into_any(),
                1..4 => view! { <Status tone=Tone::Warn icon=Icon::Clock>{overdue.to_string()}</Status> }.into_any(),
                _ => view! { <Status tone=Tone::Crit icon=Icon::Clock>{overdue.to_string()}</Status> }.into_any(),
            };
            let parts = vec![Part::new(Fill::Second, identities - fixed), Part::new(Fill::Third, fixed)];
            view! {
                <tr>
                    <RowHead><Team name=team href="/teams/x"/></RowHead>
                    <Cell class="wide-only"><Bar parts total=31/></Cell>
                    <Cell class="num"><a class="plain" href="/identities">{identities.to_string()}</a></Cell>
                    <Cell class="num">{fixed.to_string()}</Cell>
                    <Cell class="num">{overdue}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="h-own" class="ov-own" title="Who answers for them" note="152 identities" more="9 without an owner" href="/identities">
            <DataTable caption="Identities by team" kind=TableKind::Mini columns=vec![
                Column::new("Team"),
                Column::new("of which static").key(Fill::Third).class("wide-only bar-wide"),
                Column::new("Identities").numeric(),
                Column::new("Static").numeric(),
                Column::new("Overdue").numeric(),
            ]>
                {rows}
                <tr>
                    <RowHead><Owner team=Maybe::default()/></RowHead>
                    <Cell class="wide-only"><Bar parts=vec![Part::new(Fill::Hatch, 8), Part::new(Fill::Third, 1)] total=31/></Cell>
                    <Cell class="num">"9"</Cell>
                    <Cell class="num">"1"</Cell>
                    <Cell class="num"><Status tone=Tone::Warn icon=Icon::Clock>"1"</Status></Cell>
                </tr>
            </DataTable>
        </Section>
    }
}

fn overdue() -> impl IntoView {
    let rows = [
        ("warehouse-loader", None, "Rotation: service account key, 212 days old, limit 90", "Data", "122 days"),
        ("backoffice", Some("· sync"), "Rotation: AWS access key, 187 days old, limit 90", "Internal Tools", "97 days"),
        ("report-mailer", None, "Review: quarterly review, last approved 30 Jun", "Data", "51 days"),
    ]
    .into_iter()
    .map(|(name, detail, why, team, over)| {
        view! {
            <tr>
                <Cell><a class="ident-name" href="/i">{name}{detail.map(|detail| view! { " "<span>{detail}</span> })}</a><span class="sub">{why}</span></Cell>
                <Cell><Team name=team/></Cell>
                <Cell class="num"><span class="status crit">{over}</span></Cell>
            </tr>
        }
    })
    .collect_view();
    view! {
        <Section id="h-due" class="ov-due" title="Overdue" more="All 19" href="/identities">
            <DataTable caption="Overdue" kind=TableKind::Mini columns=vec![Column::new("Identity"), Column::new("Owner"), Column::new("Over by").numeric()]>
                {rows}
            </DataTable>
            <p class="small muted">"Also: 9 rotations fall due within 14 days."</p>
        </Section>
    }
}

fn alarms() -> impl IntoView {
    let levels = [(Level::Critical, 3), (Level::High, 11), (Level::Medium, 24), (Level::Low, 17)]
        .into_iter()
        .map(|(level, count)| {
            view! { <li><a href="/findings"><b>{count.to_string()}</b><Status tone=level.status() icon=level.icon()>{level.word()}</Status></a></li> }
        })
        .collect_view();
    let days = (0..30).map(|day| format!("{} Oct", day + 1)).collect();
    let wave = |step: i64, every: i64| {
        (0..30)
            .map(|day| if day % every == step { 1 + day / 15 } else { 0 })
            .collect::<Vec<_>>()
    };
    let series = vec![
        Series::new("critical", Fill::Crit, wave(8, 11)),
        Series::new("high", Fill::High, wave(2, 4)),
        Series::new("medium", Fill::Warn, wave(1, 3)),
        Series::new("low", Fill::Fourth, wave(0, 2)),
    ];
    view! {
        <Section id="h-al" class="ov-alarm" title="Open findings" note="new per day, 30 days" more="All 55" href="/findings">
            <ul class="sevs">{levels}</ul>
            <DayStack id="al" title="New findings per day by severity, last 30 days" description="Up to six a day." days series/>
            <DataTable caption="Critical now" kind=TableKind::Mini columns=vec![Column::new("Critical now"), Column::new("Last seen").numeric()]>
                <tr>
                    <Cell><a class="ident-name" href="/f">"Used after it was disabled"</a><span class="sub">"invoice-export, from an unfamiliar network"</span></Cell>
                    <Cell class="num"><When at=at("2026-11-19T02:14:09Z") now=now()/></Cell>
                </tr>
            </DataTable>
        </Section>
    }
}

fn campaign() -> impl IntoView {
    let rows = TEAMS
        .into_iter()
        .map(|(team, _, _, _, (done, all))| {
            let bar = if done == 0 {
                view! { <Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status> }.into_any()
            } else {
                view! { <Bar parts=vec![Part::new(Fill::First, done)] total=all/> }.into_any()
            };
            let figure = if done == all {
                view! { <Status tone=Tone::Ok icon=Icon::Check><span class="vh">"complete"</span>{format!("{done} / {all}")}</Status> }.into_any()
            } else {
                format!("{done} / {all}").into_any()
            };
            view! { <tr><RowHead><Team name=team/></RowHead><Cell>{bar}</Cell><Cell class="num">{figure}</Cell></tr> }
        })
        .collect_view();
    view! {
        <Section id="h-camp" class="ov-camp" title="Q4 2026 access review" more="89 of 141" href="/campaigns/x">
            <p class="row small muted"><span>"Due "<When at=at("2026-11-30T18:00:00Z") now=now() said=Said::DayMinute/></span><span>"2 decisions behind an even pace"</span></p>
            <DataTable caption="Progress by team" kind=TableKind::Mini columns=vec![Column::new("Team"), Column::new("Progress").hidden().class("bar-wide"), Column::new("Decided").numeric()]>
                {rows}
            </DataTable>
        </Section>
    }
}

fn coverage() -> impl IntoView {
    let usual = vec![StripDay::Usual; 30];
    let mut gap = usual.clone();
    gap[21] = StripDay::Silent;
    gap[22] = StripDay::Low;
    let rows = [("GitHub audit log", usual, "48,210", "Steps inside a job", true), ("Vault audit", gap, "9,471", "Anything since 19 Nov, 03:40", false)]
        .into_iter()
        .map(|(source, days, events, blind, fine)| {
            let spoke = if fine {
                view! { <Status tone=Tone::Ok icon=Icon::Ok>"1 min ago"</Status> }.into_any()
            } else {
                view! { <Status tone=Tone::Crit icon=Icon::Fail>"Silent, 31 h"</Status> }.into_any()
            };
            view! {
                <tr>
                    <RowHead>{source}</RowHead>
                    <Cell class="at-strip"><HeatStrip label=format!("{source}: last 30 days") days/></Cell>
                    <Cell class="at-end">{spoke}</Cell>
                    <Cell class="num" label="Events, 30 days">{events}</Cell>
                    <Cell class="muted full" label="Cannot see">{blind}</Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section id="h-cov" class="ov-cover" title="What the sources cover" note="a figure above is only as good as this" more="Coverage ledger" href="/sources">
            <DataTable caption="Coverage by source" kind=TableKind::MiniTight columns=vec![
                Column::new("Source"), Column::new("Last 30 days").class("bar-wide"), Column::new("Last spoke"),
                Column::new("Events, 30 days").numeric(), Column::new("Cannot see"),
            ]>
                {rows}
            </DataTable>
            <Legend items=vec![LegendItem::new(Fill::Quiet, "usual volume"), LegendItem::new(Fill::Low, "less than half"), LegendItem::new(Fill::Hatch, "nothing received")]/>
        </Section>
    }
}

#[test]
fn overview() {
    let body = sheet("overview", || {
        view! {
            <Frame viewer=security() title="Overview" section=RailItem::Overview
                action=view! { <ButtonLink href="/identities/new" kind=ButtonKind::Primary icon=Icon::Plus>"Propose"<span class="wide-only">" identity"</span></ButtonLink> }.into_any()>
                {stats()}
                <Ledger class="ov">
                    {trend().into_any()}{owners().into_any()}{overdue().into_any()}{alarms().into_any()}{campaign().into_any()}{coverage().into_any()}
                </Ledger>
            </Frame>
        }
    });
    check(&body);
    assert!(body.contains(r#"aria-current="page""#));
    assert_eq!(body.matches("<h1").count(), 1);
    assert!(body.contains("3<span class=\"vh\"> waiting for you"));
}

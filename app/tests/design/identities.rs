//! The inventory: facets, chips, table, selection.

use app::components::*;
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, security, sheet};

fn facets() -> Vec<FacetGroup> {
    let group = |legend: &str, options: &[(&str, i64, bool)]| FacetGroup {
        name: legend.to_lowercase(),
        legend: legend.into(),
        options: options
            .iter()
            .map(|(label, count, checked)| FacetOption {
                value: label.to_lowercase(),
                label: (*label).into(),
                count: Some(*count),
                checked: *checked,
            })
            .collect(),
    };
    vec![
        group(
            "Kind",
            &[
                ("Pipeline", 44, false),
                ("Service account", 11, false),
                ("Workload", 3, false),
                ("Bot", 3, false),
            ],
        ),
        group(
            "State",
            &[
                ("Active", 58, true),
                ("Disabled", 3, true),
                ("Proposed", 2, false),
                ("Discovered", 6, false),
            ],
        ),
        group(
            "Environment",
            &[
                ("Production", 61, true),
                ("Staging", 48, false),
                ("Development", 37, false),
                ("Unknown", 6, false),
            ],
        ),
        group(
            "Owner",
            &[
                ("Platform", 13, false),
                ("Payments", 11, false),
                ("Storefront", 9, false),
                ("No owner", 3, false),
            ],
        ),
        group(
            "Credential",
            &[
                ("OIDC federation", 38, false),
                ("Static", 13, false),
                ("Dynamic", 7, false),
                ("Unknown", 3, false),
            ],
        ),
    ]
}

type Row = (
    Icon,
    &'static str,
    Option<&'static str>,
    &'static str,
    Option<&'static str>,
    &'static str,
    &'static str,
    (Tone, &'static str),
    i64,
    Level,
);

const ROWS: [Row; 6] = [
    (
        Icon::Service,
        "invoice-export",
        None,
        "arn:aws:iam::471982203366:user/ci/invoice-export",
        None,
        "AWS",
        "Access key",
        (Tone::Crit, "Used after disable"),
        96,
        Level::Critical,
    ),
    (
        Icon::Service,
        "warehouse-loader",
        None,
        "warehouse-loader@acme-data-prod.iam.gserviceaccount.com",
        Some("Data"),
        "Google Cloud",
        "Service account key",
        (Tone::Crit, "122 days overdue"),
        88,
        Level::Critical,
    ),
    (
        Icon::Pipeline,
        "infra-live",
        Some("· apply · production"),
        "repo:acme@10423/infra-live@71002:environment:production",
        Some("Platform"),
        "GitHub Actions",
        "OIDC federation",
        (Tone::Plain, "None stored"),
        78,
        Level::High,
    ),
    (
        Icon::Pipeline,
        "mobile-ios",
        Some("· release"),
        "repo:acme@10423/mobile-ios@93418:ref:refs/tags/v*",
        Some("Mobile"),
        "GitHub Actions",
        "Signing key",
        (Tone::Warn, "Due in 24 days"),
        71,
        Level::High,
    ),
    (
        Icon::Bot,
        "dependency-updates",
        None,
        "users/acme-updates[bot]@20981",
        Some("Platform"),
        "GitHub Actions",
        "Access token",
        (Tone::Ok, "11 of 30 days"),
        44,
        Level::Medium,
    ),
    (
        Icon::Workload,
        "dbt-runner",
        None,
        "system:serviceaccount:data-prod:dbt-runner",
        Some("Data"),
        "Kubernetes",
        "Projected token",
        (Tone::Plain, "None stored"),
        24,
        Level::Low,
    ),
];

fn row(
    (icon, name, detail, subject, team, platform, credential, (tone, rotation), score, level): Row,
) -> AnyView {
    let rotation = match tone {
        Tone::Plain => rotation.into_any(),
        tone => view! { <Status tone icon=if tone == Tone::Ok { Icon::Ok } else { Icon::Clock }>{rotation}</Status> }.into_any(),
    };
    view! {
        <tr>
            <SelectCell name value=name form="bulk"/>
            <Cell class="c-main"><Ident icon name detail href="/identities/x" subject/></Cell>
            <Cell class="c-5 full"><span class="muted">"Applies infrastructure changes to production"</span></Cell>
            <Cell label="Owner"><Owner team href="/teams/x"/></Cell>
            <Cell class="c-4 fit" label="Platform">{platform}</Cell>
            <Cell class="fit" label="Credential">{credential}<span class="sub">{rotation}</span></Cell>
            <Cell class="c-3 fit" label="Last used"><When at=at("2026-11-19T02:14:09Z") now=now()/></Cell>
            <Cell class="fit c-2" label="Review">"Due "<When at=at("2026-11-30T18:00:00Z") now=now() said=Said::Day/></Cell>
            <Cell class="num" label="Risk"><Risk score=Some(score) level/></Cell>
        </tr>
    }
    .into_any()
}

fn columns() -> Vec<Column> {
    vec![
        Column::select(),
        Column::new("Identity").sort("?sort=name", None),
        Column::new("Purpose").gives_way(5),
        Column::new("Owner").sort("?sort=owner", None),
        Column::new("Platform")
            .gives_way(4)
            .sort("?sort=platform", None),
        Column::new("Credential"),
        Column::new("Last used")
            .gives_way(3)
            .sort("?sort=last-used", None),
        Column::new("Review")
            .gives_way(2)
            .sort("?sort=review", None),
        Column::new("Risk")
            .numeric()
            .sort("?sort=risk", Some(Direction::Descending)),
    ]
}

#[test]
fn identities() {
    let body = sheet("identities", || {
        let rows = ROWS.into_iter().map(row).collect_view();
        let chips = vec![
            Chip {
                label: "Environment".into(),
                value: "production".into(),
                remove: "?a".into(),
            },
            Chip {
                label: "State".into(),
                value: "active, disabled".into(),
                remove: "?b".into(),
            },
        ];
        view! {
            <Frame viewer=security() title="Identities" section=RailItem::Identities
                action=view! { <ButtonLink href="/identities/new" kind=ButtonKind::Primary icon=Icon::Plus>"Propose"<span class="wide-only">" identity"</span></ButtonLink> }.into_any()>
                <SavedViews items=vec![
                    LinkItem::new("All", "?").count(152),
                    LinkItem::new("Production", "?").count(61).current(true),
                    LinkItem::new("Needs an owner", "?").count(9),
                    LinkItem::new("Rotation overdue", "?").count(12),
                ]/>
                <Browse>
                    <FacetBar action="/identities" groups=facets() keep=vec![("sort".into(), "risk".into())]
                        search=view! { <FacetSearch label="Name, subject or purpose"/> }.into_any() done="Show 61 identities"/>
                    <Results label="Identities">
                        <form id="bulk" method="post" action="/identities"></form>
                        <Toolbar count=view! { <Count shown=61 of=Some(152) noun="identities"/> }.into_any() chips clear="?">
                            <ColumnChooser action="/identities" columns=vec![ColumnChoice { value: "owner".into(), label: "Owner".into(), shown: true }]/>
                            <DensityLink compact=false href="?density=compact"/>
                            <Export csv="?format=csv" json="?format=json"/>
                        </Toolbar>
                        <DataTable caption="Production identities, highest risk first" columns=columns()>{rows}</DataTable>
                        <Pager text="1 to 6 of 61" next="?after=6"/>
                        <Bulk><ButtonLink href="?" small=true>"Assign owner"</ButtonLink></Bulk>
                    </Results>
                </Browse>
            </Frame>
        }
    });
    check(&body);
    assert!(body.contains(r#"aria-sort="descending""#));
    assert!(
        body.contains(r#"name="environment" value="production" checked"#),
        "the chosen facet is ticked"
    );
    assert!(body.contains("No owner"));
}

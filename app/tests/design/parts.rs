//! Every part once, as the mock's reference sheet has them.

use app::components::{chart::*, *};
use app::layout::*;
use leptos::prelude::*;

use crate::{check, html, sheet};

fn spec(id: &'static str, title: &'static str, note: &'static str, content: AnyView) -> AnyView {
    view! { <section class="spec" aria-labelledby=id><h2 id=id>{title}" "<small>{note}</small></h2>{content}</section> }.into_any()
}

fn statuses() -> AnyView {
    let severities = [Level::Critical, Level::High, Level::Medium, Level::Low]
        .map(|level| view! { <Severity level/> })
        .collect_view();
    let risks = [
        (96, Level::Critical),
        (74, Level::High),
        (44, Level::Medium),
        (22, Level::Low),
    ]
    .map(|(score, level)| view! { <Risk score=Some(score) level/> })
    .collect_view();
    view! {
        <div class="stack">
            <p class="row">
                <Badge tone=Tone::Ok icon=Icon::Ok>"Active"</Badge><Badge tone=Tone::Info icon=Icon::Play>"In review"</Badge>
                <Badge tone=Tone::Warn icon=Icon::Clock>"Due in 6 days"</Badge><Badge tone=Tone::Crit icon=Icon::Clock>"12 days overdue"</Badge>
                <Badge tone=Tone::Unknown icon=Icon::Unknown>"Age unknown"</Badge><Badge icon=Icon::Lock>"Privileged"</Badge>
            </p>
            <p class="row">{severities}</p>
            <p class="row">
                <Status tone=Tone::Ok icon=Icon::Ok>"Approved"</Status><Status tone=Tone::Warn icon=Icon::Clock>"Not begun"</Status>
                <Status tone=Tone::Crit icon=Icon::Fail>"Failure"</Status><Unknown/>{risks}
            </p>
            <p class="row"><Team name="Payments" href="/t"/><Person name="Jonas Hale"/><Owner team=Maybe::default()/><Tag>"production"</Tag></p>
            <p><Identifier what="subject" value="repo:acme@10423/payments-api@88213:environment:production"/></p>
        </div>
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <div class="row">
            <Button kind=ButtonKind::Primary icon=Icon::Plus>"Propose identity"</Button><Button>"Import a list"</Button>
            <Button kind=ButtonKind::Quiet>"Cancel"</Button><Button kind=ButtonKind::Danger>"Remove 3 identities"</Button>
            <Button disabled=true>"Seal the evidence"</Button><ButtonLater>"Sign off after 9 more"</ButtonLater>
            <DialogLink id="remove">"Remove…"</DialogLink>
            <Segmented label="Items" items=vec![LinkItem::new("Open", "#").current(true), LinkItem::new("Decided", "#")]/>
            <details class="menu"><summary class="btn quiet sm"><Glyph icon=Icon::Columns/>"Columns"</summary><div class="menu-panel"><Check name="c" checked=true>"Owner"</Check><Check name="c">"Platform"</Check></div></details>
        </div>
    }
    .into_any()
}

fn fields() -> AnyView {
    view! {
        <div class="pair">
            <TextField name="ticket" label="Ticket" hint="Where this was asked for" value="OPS-4519" required=true/>
            <TextField name="limit" label="Rotation limit, days" hint="1 to 365" value="400" inputmode="numeric" required=true
                error="Use a number from 1 to 365. 400 was kept so that you can change it."/>
            <SelectField name="owner" label="Owner" hint="The team that answers" value="platform" required=true
                options=vec![Choice::new("payments", "Payments"), Choice::new("platform", "Platform")]/>
            <TextArea name="why" label="Justification" value="a <b> & \"c\""/>
            <RadioGroup name="tier" legend="Tier" value="1" options=vec![Choice::new("1", "Tier 1").hint("Customers notice within minutes"), Choice::new("2", "Tier 2")]/>
            <CheckboxGroup name="env" legend="Environments" chosen=vec!["prod".into()] error="Choose at least one environment it runs in."
                options=vec![Choice::new("prod", "Production"), Choice::new("stage", "Staging")]/>
        </div>
    }
    .into_any()
}

fn messages() -> AnyView {
    view! {
        <div class="stack">
            <Notice tone=Tone::Warn title="Vault audit has been silent for 31 hours.">"“Unused” is not claimed for anything Vault would show."</Notice>
            <ErrorPanel title="The list could not be loaded." advice="Your filters are kept." request_id="req_01JD3M8Q7Z" retry="?"/>
            <Notice tone=Tone::Ok>"141 items frozen."</Notice>
            <Notice>"Nothing was changed."</Notice>
            <EmptyState title="No failures in this hour" text="14 were seen between 09:14 and 09:26. Widen the range or remove a filter."><ButtonLink href="?">"Clear filters"</ButtonLink></EmptyState>
            <Progress label="Import" value=1204 max=2310/>
            <Bar parts=vec![Part::new(Fill::First, 96), Part::new(Fill::Second, 14), Part::new(Fill::Third, 36), Part::new(Fill::Hatch, 6)] total=152 label="96 federated, 14 dynamic, 36 static, 6 unknown"/>
            <Skeleton/>
        </div>
    }
    .into_any()
}

#[test]
fn every_part_once() {
    let body = sheet("parts", || {
        view! {
            <Patterns/>
            <main id="main" class="sheet-page">
                <h1>"Parts"</h1>
                {spec("x1", "Status", "icon and word, always", statuses())}
                {spec("x2", "Buttons", "", buttons())}
                {spec("x3", "Fields", "", fields())}
                {spec("x4", "Messages", "what happened, what was kept, what to do", messages())}
            </main>
            <Dialog id="remove" title="Remove 3 identities for good">
                <form method="post" action="?">
                    <DialogBody><p>"3 identities leave the inventory. This cannot be undone."</p><ConfirmTyped name="confirm" phrase="remove 3 (all)"/></DialogBody>
                    <DialogFoot><Button kind=ButtonKind::Danger>"Remove 3 identities"</Button></DialogFoot>
                </form>
            </Dialog>
            <Toast text="Owner set for 3 identities" dismiss="?"/>
            <Palette places=RailItem::usual(false)/>
        }
    });
    check(&body);
    assert!(
        body.contains("a &lt;b&gt; &amp; &quot;c&quot;</textarea>"),
        "what was typed is kept and escaped"
    );
    assert!(body.contains(r#"pattern="remove 3 \(all\)""#));
    assert!(
        body.contains(r#"<option value="platform" selected"#)
            || body.contains(r#"<option selected value="platform""#),
        "{body}"
    );
}

#[test]
fn foreign_words_never_become_markup() {
    let evil = "<script>alert(1)</script>\"'&";
    let body = html(|| {
        view! {
            <Ident icon=Icon::Bot name=evil href="/x" subject=evil sub=evil/>
            <Notice title=evil>{evil}</Notice>
            <CopyButton text=evil label=evil/>
            <Bar parts=vec![] total=1 label=evil/>
            <Sparkline spark=Spark::new(evil, vec![1, 2])/>
            <CodeView id="c" code=evil/>
            <WordDiff before=evil after=""/>
            <LineDiff label=evil before=evil after="x"/>
        }
    });
    assert!(!body.contains("<script"), "{body}");
    assert!(!body.contains("=\"<"), "{body}");
}

#[test]
fn a_fact_that_is_not_known_says_so_in_its_place() {
    let body = html(|| {
        let facts = vec![
            Known::new("Kind", "Bot"),
            Known::or("Ticket", Some("PAY-1182".to_owned()), "untold"),
            Known::or("Ids", None::<String>, view! { <Unknown word="Not told"/> }),
        ];
        view! { <FactList facts/> }
    });
    assert_eq!(
        (body.matches("<dt").count(), body.matches("<dd").count()),
        (3, 3)
    );
    let places = ["Kind", "Bot", "Ticket", "PAY-1182", "Ids", "Not told"]
        .map(|words| body.find(words).unwrap_or(usize::MAX));
    assert!(places.is_sorted() && places[5] < body.len(), "{body}");
    assert!(!body.contains("untold"), "{body}");
}

#[test]
fn an_empty_text_area_is_empty() {
    let body = html(|| view! { <TextArea name="why" label="Why"/> });
    assert!(body.contains("></textarea>"), "{body}");
}

//! The owner's review: queue, item, decision bar.

use app::components::*;
use app::layout::*;
use leptos::prelude::*;

use crate::{at, check, now, sheet};

fn jonas() -> FrameViewer {
    FrameViewer {
        name: "Jonas Hale".into(),
        initials: "JH".into(),
        roles_line: "Owner, Payments".into(),
        org: "Acme".into(),
        waiting_findings: 2,
        waiting_reviews: 9,
        is_owner_only: true,
        places: Vec::new(),
    }
}

fn decisions() -> Vec<Decision> {
    [
        ("approve", "Approve", 'a', Icon::Check),
        ("modify", "Modify", 'm', Icon::Edit),
        ("revoke", "Revoke", 'r', Icon::Ban),
        ("unknown", "Don’t know", 'd', Icon::Unknown),
    ]
    .into_iter()
    .map(|(value, label, key, icon)| Decision {
        value: value.into(),
        label: label.into(),
        key,
        icon,
        advised: value == "modify",
        chosen: false,
        needs_reason: None,
    })
    .collect()
}

#[test]
fn review() {
    let body = sheet("review", || {
        let queue = ["ledger-worker", "payments-api", "payout-batch", "checkout-web"]
            .into_iter()
            .enumerate()
            .map(|(index, name)| view! {
                <li><a class="q-item" href="?" aria-current=(index == 0).then_some("true")><Glyph icon=if index < 2 { Icon::Changed } else { Icon::Open }/><b>{name}" "<span class="muted">"deploy · production"</span></b><small>"Nothing changed"</small></a></li>
            })
            .collect_view();
        view! {
            <Frame viewer=jonas() title="Q4 2026 access review" section=RailItem::MyReviews crumb=Crumb::new("My reviews", "/reviews")
                action=view! { <ButtonLater>"Sign off after 9 more"</ButtonLater> }.into_any()>
                <form class="review" method="post" action="?">
                    <a class="facets-open narrow-only" href="#queue" rel="external"><Glyph icon=Icon::Density/>"Item 15 of 23"<Glyph icon=Icon::ChevronDown/></a>
                    <nav class="queue" id="queue" aria-label="Your items" tabindex="0">
                        <div class="queue-head"><p><b>"14 of 23 decided"</b><span class="muted">"due 30 Nov"</span></p><Progress label="Items decided" value=14 max=23/><p><span>"About 12 minutes left at your pace"</span></p></div>
                        <h3>"Open, 9"</h3>
                        <ul>{queue}</ul>
                    </nav>
                    <article class="item" aria-labelledby="item-h">
                        <header>
                            <p class="small faint wide-only">"Item 15 of 23, Payments"</p>
                            <div class="title-row"><h1 id="item-h">"ledger-worker "<span>"· release · production"</span></h1><Badge icon=Icon::Lock>"Privileged"</Badge><Risk score=Some(69) level=Level::High/></div>
                            <p class="lead">"Releases the ledger worker to production and runs its database migrations."</p>
                        </header>
                        <div>
                            <section class="changed" aria-labelledby="s1"><h2 id="s1">"Changed "<small>"since you approved it on 14 Aug"</small></h2>
                                <ul class="changes">
                                    <li>"It can now "<b>"decrypt with the ledger signing key"</b>"."<small>"Added 3 Oct by Aiko Brandt, ticket OPS-4417"</small></li>
                                    <li>"More contexts may become it: "<code><WordDiff before="environment:production" after="environment:*"/></code><small>"Changed 12 Oct by infra-live."</small></li>
                                </ul>
                            </section>
                            <section aria-labelledby="s2"><h2 id="s2">"Recommended "<small>"from 90 days of use"</small></h2>
                                <div><p><b>"Modify."</b>" Keep it, take away two permissions."</p>
                                    <div class="after"><TextArea name="reason" label="Reason" hint="Read by the auditor"/></div>
                                </div>
                            </section>
                            <section aria-labelledby="s8"><h2 id="s8">"Before"</h2>
                                <Timeline><TimelineEntry current=true when=view! { <When at=at("2026-08-14T16:20:00Z") now=now() said=Said::Day/>", Q3 review" }.into_any()><b>"Approved"</b>" by you"</TimelineEntry></Timeline>
                            </section>
                        </div>
                    </article>
                    <DecisionBar label="Decide on ledger-worker, release, production" decisions=decisions() previous="?k" next="?j"
                        undo=view! { <span>"Approved refund-worker. "</span><a href="?" data-key="u">"Undo"</a> }.into_any()/>
                </form>
                <KeysDialog keys=vec![("A".into(), "approve".into()), ("M".into(), "modify".into())]/>
            </Frame>
        }
    });
    check(&body);
    assert!(
        body.find("My reviews") < body.find("Identities"),
        "what is theirs comes first"
    );
    assert!(!body.contains(">Settings<"));
    assert_eq!(body.matches("class=\"decide-btn").count(), 4);
}

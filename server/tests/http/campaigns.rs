//! Campaigns as their pages and files have them: what both forms of a policy keep, what the Silence tab shows to whom,
//! what the report's file says.

use contract::access::Role;
use contract::campaigns::{
    CampaignInput, CampaignPolicy, ItemOutcome, Panel, PerTier, Quorum, Silence, StagePlan,
    StageRule,
};
use contract::ids::{CampaignId, ItemId};
use domain::access::{Actor, Person};
use http::StatusCode;
use service::campaigns;

use crate::world::World;

pub const WHY: &str = "Nobody of the team could say what it still does";

/// Every field of a policy, none at its default, as a browser sends them.
const POLICY: &str = "policy[first]=team_lead&policy[second]=security&policy[on_to_second][]=modify\
    &policy[on_to_second][]=revoke&policy[third]=&policy[panel][critical]=all:2&policy[panel][high]=deny_wins:3\
    &policy[panel][standard]=any_one:1&policy[panel][low]=any_one:2&policy[silence][critical]=suspend\
    &policy[silence][high]=escalate&policy[silence][standard]=suspend&policy[silence][low]=escalate\
    &policy[remediation][critical]=2&policy[remediation][high]=5&policy[remediation][standard]=9\
    &policy[remediation][low]=20&policy[grace_days]=3&policy[suspend_cap]=17&policy[silence_proves_days]=21\
    &policy[reminders]=no";

fn meant() -> CampaignPolicy {
    let panel = |reviewers, quorum| Panel { reviewers, quorum };
    CampaignPolicy {
        stages: vec![
            StagePlan {
                reviewers: StageRule::TeamLead,
                advance: vec![ItemOutcome::Modify, ItemOutcome::Revoke],
            },
            StagePlan {
                reviewers: StageRule::Security,
                advance: Vec::new(),
            },
        ],
        panel: PerTier {
            critical: panel(2, Quorum::All),
            high: panel(3, Quorum::DenyWins),
            standard: Panel::ONE,
            low: panel(2, Quorum::AnyOne),
        },
        silence: PerTier {
            critical: Silence::Suspend,
            high: Silence::Escalate,
            standard: Silence::Suspend,
            low: Silence::Escalate,
        },
        grace_days: 3,
        suspend_cap: 17,
        remediation_days: PerTier {
            critical: 2,
            high: 5,
            standard: 9,
            low: 20,
        },
        silence_proves_days: 21,
        reminders: false,
    }
}

fn encoded(form: &str) -> String {
    let form = form.replace('[', "%5B").replace(']', "%5D");
    form.replace(':', "%3A").replace(' ', "+")
}

/// The tag of a field in a page, from its name on.
fn tag<'a>(page: &'a str, name: &str) -> &'a str {
    let name = format!(r#"name="{name}""#);
    let at = page
        .find(&name)
        .unwrap_or_else(|| panic!("no field {name}"));
    page[at..].split('>').next().unwrap_or_default()
}

#[tokio::test]
async fn both_forms_keep_every_field_of_a_policy_and_show_it_again() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let cookie = world.cookie(vera.id).await;
    let op = || world.op(Actor::Person(vera.clone()));

    let body = encoded(&format!("name=Q4 review&due_on=2026-12-20&{POLICY}"));
    let answer = world
        .form("/campaigns/new?do=campaigns/create", Some(&cookie), &body)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let id: CampaignId = answer
        .header("location")
        .trim_start_matches("/campaigns/")
        .parse()
        .unwrap();
    let view = campaigns::view(&op(), id).await.unwrap();
    assert_eq!(view.policy, meant());

    let body = encoded(&format!("name=Quarterly&days=28&{POLICY}"));
    let answer = world
        .form(
            "/campaigns/templates?do=campaigns/template",
            Some(&cookie),
            &body,
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let kept = campaigns::templates(&op()).await.unwrap();
    assert_eq!(kept[0].template.policy, meant());
    for page in [
        "/campaigns/templates?template=Quarterly",
        "/campaigns/new?template=Quarterly",
    ] {
        let answer = world.page(page, Some(&cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        for (field, value) in [
            ("policy[grace_days]", "3"),
            ("policy[suspend_cap]", "17"),
            ("policy[silence_proves_days]", "21"),
            ("policy[remediation][low]", "20"),
        ] {
            let tag = tag(&answer.body, field);
            assert!(
                tag.contains(&format!(r#"value="{value}""#)),
                "{page}: {tag}"
            );
        }
    }

    // What cannot be carried out comes back beside what was typed.
    let wrong = POLICY.replace("suspend_cap]=17", "suspend_cap]=170");
    let body = encoded(&format!("name=Q1 review&due_on=2026-12-20&{wrong}"));
    let answer = world
        .form("/campaigns/new?do=campaigns/create", Some(&cookie), &body)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Use 0 to 100 percent."));
    assert!(tag(&answer.body, "policy[suspend_cap]").contains(r#"value="170""#));
    assert!(tag(&answer.body, "policy[grace_days]").contains(r#"value="3""#));
}

/// A running campaign about so many bots of an owner, or of nobody.
async fn about(
    world: &World,
    by: &Person,
    bots: usize,
    owner: Option<&Person>,
    input: CampaignInput,
) -> CampaignId {
    let owner = owner.map_or_else(|| "NULL".to_owned(), |owner| format!("'{}'", owner.id));
    let sql = format!(
        "INSERT INTO identities (id, name, kind, platform, state, purpose, owner_id, created_at, updated_at)
         SELECT gen_random_uuid(), 'bot ' || n, 'bot', 'aws', 'active', 'Sends the invoices', {owner}::uuid, '2026-11-20', '2026-11-20'
         FROM generate_series(1, {bots}) n"
    );
    store::testing::script(&world.services.db, sql).await;
    let op = || world.op(Actor::Person(by.clone()));
    let id = campaigns::create(&op(), input).await.unwrap();
    campaigns::start_accepting(&op(), id, WHY).await.unwrap();
    id
}

/// Three bots of one owner, and a campaign about them: its items as the owner has them to answer.
pub async fn review(world: &World, vera: &Person, owner: &Person) -> (CampaignId, Vec<ItemId>) {
    let input = CampaignInput {
        name: "Bots".into(),
        due_on: "2026-12-20".into(),
        ..CampaignInput::default()
    };
    let id = about(world, vera, 3, Some(owner), input).await;
    let op = world.op(Actor::Person(owner.clone()));
    let queue = campaigns::queue(&op, id).await.unwrap();
    let items: Vec<ItemId> = queue.open.iter().map(|row| row.id).collect();
    assert_eq!(items.len(), 3);
    (id, items)
}

/// Six bots nobody owns, and a campaign about them that nobody answered and whose policy suspends.
pub async fn unanswered(world: &World, vera: &Person) -> CampaignId {
    let input = CampaignInput {
        name: "A review nobody answers".into(),
        due_on: "2026-12-20".into(),
        policy: CampaignPolicy {
            silence: PerTier::all(Silence::Suspend),
            grace_days: 0,
            ..CampaignPolicy::default()
        },
        ..CampaignInput::default()
    };
    let id = about(world, vera, 6, None, input).await;
    let op = world.op(Actor::Person(vera.clone()));
    campaigns::close(&op, id).await.unwrap();
    world.advance(chrono::TimeDelta::days(60));
    id
}

#[tokio::test]
async fn the_silence_tab_shows_the_list_its_cap_and_who_may_go_on() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let kim = world.person("kim", &[Role::Admin]).await;
    let id = unanswered(&world, &vera).await;
    let (first, second) = (world.cookie(vera.id).await, world.cookie(kim.id).await);
    let tab = format!("/campaigns/{id}?tab=silence");
    let drawn = world.page(&tab, Some(&first)).await;
    assert_eq!(drawn.status, StatusCode::OK);
    for words in [
        "Nobody answered about these",
        "bot 1",
        "bot 6",
        "at most 1 identity may be suspended (10 % of the population)",
        "Lift the cap",
    ] {
        assert!(drawn.body.contains(words), "{words}");
    }
    let lift = format!("{tab}&do=campaigns/lift-cap");
    let filler = world
        .form(&lift, Some(&first), &format!("id={id}&reason=ok"))
        .await;
    assert_eq!(filler.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        filler.body.contains("That does not say why."),
        "beside the field"
    );
    let reason = encoded(&format!("id={id}&reason={WHY}"));
    let lifted = world.form(&lift, Some(&first), &reason).await;
    assert_eq!(lifted.status, StatusCode::SEE_OTHER, "{}", lifted.body);

    let same = world.page(&tab, Some(&first)).await.body;
    assert!(same.contains("You lifted the cap. Somebody else has to suspend."));
    assert!(
        !same.contains("to suspend them"),
        "no form for whoever lifted it"
    );
    let other = world.page(&tab, Some(&second)).await.body;
    assert!(other.contains("vera lifted the cap."));
    assert!(other.contains("Type 6 to suspend them"));
    let suspend = format!("{tab}&do=campaigns/suspend-silent");
    let typo = world
        .form(&suspend, Some(&second), &format!("id={id}&count=5"))
        .await;
    assert_eq!(typo.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(typo.body.contains("6 would be suspended now."));
    let done = world
        .form(&suspend, Some(&second), &format!("id={id}&count=6"))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let after = world.page(&tab, Some(&second)).await.body;
    assert!(after.contains("Nobody’s silence asks for a suspension"));
}

#[tokio::test]
async fn the_report_is_a_file_for_those_who_read_evidence() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    unanswered(&world, &vera).await;
    let auditor = world.signed_in(Role::Auditor).await;
    let answer = world.page("/campaigns/report.csv", Some(&auditor)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        answer
            .header("content-disposition")
            .contains("campaigns.csv")
    );
    let lines: Vec<&str> = answer.body.lines().collect();
    assert_eq!(lines.len(), 2, "{}", answer.body);
    let (head, row): (Vec<&str>, Vec<&str>) =
        (lines[0].split(',').collect(), lines[1].split(',').collect());
    let cell = |name: &str| row[head.iter().position(|cell| *cell == name).unwrap()];
    assert_eq!(cell("campaign"), "A review nobody answers");
    assert_eq!(
        (cell("items"), cell("decided"), cell("not_reviewed")),
        ("6", "0", "6")
    );
    assert_eq!(
        (cell("tasks"), cell("waived"), cell("verified_in_time")),
        ("0", "0", "0")
    );
    assert_eq!(cell("median_seconds_on_item"), "", "nobody answered");
}

/// The opening tag of a decision's button.
fn button<'a>(page: &'a str, decision: &str) -> &'a str {
    let value = format!(r#"value="{decision}""#);
    let tags = page.split("<button").map(|rest| rest.split('>').next());
    let mut tags = tags.flatten().filter(|tag| tag.contains(&value));
    tags.next().unwrap_or_default()
}

#[tokio::test]
async fn the_review_page_says_what_takes_a_reason_and_leads_to_what_is_alike() {
    let Some(world) = World::new().await else {
        return;
    };
    let vera = world.person("vera", &[Role::Security]).await;
    let owner = world.person("olga", &[Role::Owner]).await;
    let (id, items) = review(&world, &vera, &owner).await;
    let item = items[0];
    let path = format!("/reviews/{id}/{item}");

    let cookie = world.cookie(owner.id).await;
    let page = world.page(&path, Some(&cookie)).await.body;
    assert!(page.contains("Decide 3 alike together"), "one key away");
    assert!(button(&page, "revoke").contains("data-needs-reason=\"Whoever carries out"));
    assert!(!button(&page, "approve").contains("data-needs-reason"));
    assert!(!page.contains("data-chosen"), "nothing was sent yet");
    let seen_by_another = world.page(&path, Some(&world.cookie(vera.id).await)).await;
    assert!(
        !seen_by_another.body.contains("alike together"),
        "not theirs to decide"
    );

    let hash = tag(&page, "hash").split('"').nth(3).unwrap().to_owned();
    let body =
        format!("campaign={id}&item={item}&decision=revoke&reason=ok&hash={hash}&seen_answers=0");
    let answer = world
        .form(&format!("{path}?do=reviews/decide"), Some(&cookie), &body)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let back = answer
        .header("location")
        .split('#')
        .next()
        .unwrap()
        .to_owned();
    let page = world.page(&back, Some(&cookie)).await.body;
    assert!(
        button(&page, "revoke").contains("data-chosen"),
        "what was pressed is kept"
    );
    assert!(!button(&page, "approve").contains("data-chosen"));
    assert!(page.contains("That does not say why."));
}

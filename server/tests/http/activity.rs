//! Every mutation leaves exactly one entry in the activity record, and the chain holds.

use contract::access::Role;
use contract::campaigns::{CampaignInput, DecisionInput, DecisionKind, ItemFilter, ReassignInput};
use contract::findings::{FindingAction, FindingFilter, FindingInput};
use contract::identities::{IdentityRequest, Transition, TransitionInput};
use contract::ids::{CampaignId, ItemId, TeamId};
use contract::people::TeamRef;
use contract::sources::{SourceChange, SourceInput};
use contract::tokens::TokenInput;
use domain::access::{Actor, Person};
use service::{campaigns, identities, sources};

use crate::doors::SERVER_FUNCTIONS;
use crate::world::{World, start};

const WHY: &str = "Nobody of the team could say what it still does";

/// What was done, in the order of [`story`]: the door (or service function) and how many entries it left.
type Left = Vec<(&'static str, i64)>;

struct Story<'a> {
    world: &'a World,
    left: Left,
    before: i64,
}

impl<'a> Story<'a> {
    async fn begin(world: &'a World) -> Self {
        let before = world.entries().await;
        Self {
            world,
            left: Vec::new(),
            before,
        }
    }

    /// Notes what the step just done left behind.
    async fn did(&mut self, what: &'static str) {
        let after = self.world.entries().await;
        self.left.push((what, after - self.before));
        self.before = after;
    }
}

#[tokio::test]
async fn each_mutation_leaves_exactly_one_entry() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut story = Story::begin(&world).await;
    sessions(&world, &mut story).await;
    tokens(&world, &mut story).await;
    feeds(&world, &mut story).await;
    let cast = Cast::gather(&world).await;
    story.before = world.entries().await;
    inventory(&world, &cast, &mut story).await;
    reviews(&world, &cast, &mut story).await;
    let wrong: Vec<_> = story
        .left
        .iter()
        .filter(|(_, entries)| *entries != 1)
        .collect();
    assert!(wrong.is_empty(), "not exactly one entry: {wrong:?}");
    let told: Vec<&str> = story.left.iter().map(|(what, _)| *what).collect();
    let untold: Vec<_> = SERVER_FUNCTIONS
        .iter()
        .filter(|door| door.changes && !told.contains(&door.path))
        .map(|door| door.path)
        .collect();
    assert!(
        untold.is_empty(),
        "these doors change something, but no step of the story tells of them: {untold:?}"
    );
}

/// Who plays: an owner in a team, and two of security.
struct Cast {
    team: TeamId,
    jonas: Person,
    ines: Person,
    kim: Person,
}

impl Cast {
    async fn gather(world: &World) -> Self {
        let jonas = world.person("jonas", &[Role::Owner]).await;
        let ines = world.person("vera", &[Role::Security]).await;
        let kim = world.person("kim", &[Role::Security]).await;
        let team = TeamRef {
            id: TeamId(world.cli().new_id()),
            slug: "payments".into(),
            name: "Payments".into(),
        };
        let mut tx = world.services.db.begin().await.unwrap();
        store::teams::insert(&mut tx, &team, Some(jonas.id), &[jonas.id], start())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let jonas = Person {
            teams: vec![team.id],
            ..jonas
        };
        Self {
            team: team.id,
            jonas,
            ines,
            kim,
        }
    }
}

async fn feeds(world: &World, story: &mut Story<'_>) {
    let input = SourceInput {
        name: "GitHub".into(),
        slug: "github".into(),
        format: String::new(),
        ..SourceInput::default()
    };
    sources::create(&world.cli(), &input).await.unwrap();
    story.did("/api/ui/sources/create").await;
    sources::renew_token(&world.cli(), "github").await.unwrap();
    story.did("/api/ui/sources/renew-token").await;
    let change = SourceChange {
        slug: "github".into(),
        format: "github_webhook".into(),
        proving: "signature".into(),
        ..SourceChange::default()
    };
    sources::change(&world.cli(), &change).await.unwrap();
    story.did("/api/ui/sources/change").await;
    sources::test_delivery(&world.cli(), "github")
        .await
        .unwrap();
    story.did("/api/ui/sources/test").await;
    sources::replay(&world.cli(), "github").await.unwrap();
    story.did("/api/ui/sources/replay").await;
}

async fn inventory(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let form = IdentityRequest {
        name: "payments-api · deploy · production".into(),
        purpose: "Deploys the payments API to production".into(),
        ticket: "PAY-1182".into(),
        justification: "Releases are done by hand today, which takes an hour each".into(),
        team: cast.team.to_string(),
        owner: cast.jonas.id.to_string(),
        environments: vec!["production".into()],
        permissions: "aws ecs:UpdateService * production".into(),
        selectors: "oidc_subject token.actions.githubusercontent.com repo:acme/payments-api:environment:production".into(),
        credential_type: "cloud_access_key".into(),
        credential_reference: "AKIAIOSFODNN7EXAMPLE".into(),
        ..IdentityRequest::default()
    };
    let id = identities::request(&world.op(Actor::Person(cast.jonas.clone())), &form)
        .await
        .unwrap();
    story.did("/api/ui/identities/request").await;
    let approve = TransitionInput {
        identity: id,
        transition: Transition::Approve,
        reason: "The project needs it".into(),
        ticket: "OPS-7".into(),
        team: Some(cast.team),
        owner: Some(cast.jonas.id),
        purpose: String::new(),
    };
    identities::change_state(&world.op(Actor::Person(cast.ines.clone())), &approve)
        .await
        .unwrap();
    story.did("/api/ui/identities/change").await;
    let ines = world.op(Actor::Person(cast.ines.clone()));
    let finding = service::findings::list(&ines, &FindingFilter::default(), None)
        .await
        .unwrap()
        .page
        .rows
        .remove(0);
    let input = FindingInput {
        finding: finding.id,
        action: FindingAction::Acknowledge,
        note: WHY.into(),
        days: None,
    };
    service::findings::change(&ines, &input).await.unwrap();
    story.did("/api/ui/findings/change").await;
    let reopen = FindingInput {
        action: FindingAction::Reopen,
        ..input
    };
    service::findings::change(&ines, &reopen).await.unwrap();
    story.did("/api/ui/findings/change").await;
    service::findings::acknowledge_all(&ines, &[finding.id])
        .await
        .unwrap();
    story.did("/api/ui/findings/acknowledge").await;
}

async fn reviews(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let (ines, kim) = (
        || world.op(Actor::Person(cast.ines.clone())),
        world.op(Actor::Person(cast.kim.clone())),
    );
    let id = draft(world, cast, "Q4 2026 access review").await;
    story.did("/api/ui/campaigns/create").await;
    campaigns::start(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/start").await;
    let items = campaigns::items(&ines(), id, &ItemFilter::default(), None).await;
    let item = items.unwrap().page.rows.remove(0).id;
    campaigns::reassign(
        &ines(),
        ReassignInput {
            item,
            to: cast.kim.id,
            reason: WHY.into(),
        },
    )
    .await
    .unwrap();
    story.did("/api/ui/reviews/reassign").await;
    campaigns::decide(&kim, answer(&kim, item).await)
        .await
        .unwrap();
    story.did("/api/ui/reviews/decide").await;
    campaigns::withdraw(&kim, item).await.unwrap();
    story.did("/api/ui/reviews/withdraw").await;
    campaigns::close(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/close").await;
    service::evidence::seal(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/seal").await;
    let id = draft(world, cast, "Another review").await;
    story.did("/api/ui/campaigns/create").await;
    campaigns::cancel(&ines(), id, WHY).await.unwrap();
    story.did("/api/ui/campaigns/cancel").await;
}

async fn draft(world: &World, cast: &Cast, name: &str) -> CampaignId {
    let input = CampaignInput {
        name: name.into(),
        due_on: "2026-12-20".into(),
        ..CampaignInput::default()
    };
    campaigns::create(&world.op(Actor::Person(cast.ines.clone())), input)
        .await
        .unwrap()
}

async fn answer(op: &service::Op, item: ItemId) -> DecisionInput {
    let (view, _) = campaigns::review_item(op, item).await.unwrap();
    DecisionInput {
        item,
        decision: DecisionKind::Revoke,
        reason: WHY.into(),
        targets: Vec::new(),
        hash: view.hash,
        seen_current_hash: view.current_hash,
        seen_answers: view.answers,
    }
}

async fn sessions(world: &World, story: &mut Story<'_>) {
    let person = world.person("ines", &[Role::Admin]).await;
    story.did("session::sign_in").await;
    let op = world.op(Actor::Person(person));
    service::session::sign_out(&op).await.unwrap();
    story.did("/auth/sign-out").await;
    service::session::sign_out_everywhere(&op).await.unwrap();
    story.did("/auth/sign-out-everywhere").await;
}

async fn tokens(world: &World, story: &mut Story<'_>) {
    let input = TokenInput {
        name: "t".into(),
        scopes: vec!["feed:read".into()],
        days: None,
    };
    let made = service::tokens::create(&world.cli(), input).await.unwrap();
    story.did("/api/ui/tokens/create").await;
    service::tokens::revoke(&world.cli(), made.row.id)
        .await
        .unwrap();
    story.did("/api/ui/tokens/revoke").await;
}

#[tokio::test]
async fn a_refused_or_failed_mutation_leaves_none() {
    let Some(world) = World::new().await else {
        return;
    };
    let auditor = world.person("a", &[Role::Auditor]).await;
    let before = world.entries().await;
    let input = TokenInput {
        name: "t".into(),
        scopes: vec!["feed:read".into()],
        days: None,
    };
    assert!(
        service::tokens::create(&world.op(Actor::Person(auditor)), input)
            .await
            .is_err()
    );
    assert!(
        service::tokens::create(&world.cli(), TokenInput::default())
            .await
            .is_err()
    );
    assert_eq!(world.entries().await, before);
}

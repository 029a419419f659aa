//! Every mutation leaves exactly one entry in the activity record, and the chain holds.

use contract::access::Role;
use contract::campaigns::{
    AbsenceInput, BulkInput, CampaignInput, CampaignPolicy, DecisionInput, DecisionKind,
    ItemFilter, ItemOutcome, PerTier, ReassignInput, Silence, StagePlan, StageRule, TaskInput,
    TaskStep, TemplateForm,
};
use contract::destinations::{DestinationForm, DestinationState};
use contract::findings::{FindingAction, FindingFilter, FindingInput};
use contract::identities::{
    AdoptInput, DrillInput, EditInput, GlassMark, GlassMatch, IdentityRequest, KeepingInput,
    MergeInput, PolicyInput, RevocationInput, RotationInput, Transition, TransitionInput,
};
use contract::ids::{CampaignId, IdentityId, ItemId, TeamId};
use contract::imports::{ImportHint, ImportMapping};
use contract::notices::NoticeRuleInput;
use contract::people::{DepartureInput, TeamRef};
use contract::sources::{SourceChange, SourceInput};
use contract::tokens::TokenInput;
use contract::trust::PipelinesInput;
use domain::access::{Actor, Person};
use service::imports::files::{self, Upload};
use service::{break_glass, campaigns, destinations, devices, identities, rotation, sources};

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
    imports(&world, &cast, &mut story).await;
    discovered(&world, &cast, &mut story).await;
    pipelines(&world, &cast, &mut story).await;
    notices(&world, &cast, &mut story).await;
    silent(&world, &cast, &mut story).await;
    outlets(&world, &mut story).await;
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

/// Of what was imported without an owner, one is taken in and another joined with it.
async fn discovered(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let op = || world.op(Actor::Person(cast.ines.clone()));
    let queue = identities::discovered(&op(), None, None).await.unwrap();
    let (ours, renamed) = (queue.page.rows[0].id, queue.page.rows[1].id);
    let adoption = AdoptInput {
        ids: vec![ours],
        team: Some(cast.team),
        owner: Some(cast.jonas.id),
        purpose: "Loads the warehouse every night".into(),
        ticket: "OPS-8".into(),
        reason: WHY.into(),
    };
    let became = identities::adopt_all(&op(), &adoption).await.unwrap();
    assert_eq!((became.done, became.left), (1, 0), "{became:?}");
    story.did("/api/ui/discovered/adopt").await;
    let join = MergeInput {
        from: renamed,
        into: Some(ours),
        name: String::new(),
        reason: WHY.into(),
    };
    identities::merge(&op(), &join).await.unwrap();
    story.did("/api/ui/discovered/merge").await;
}

async fn pipelines(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let op = || world.op(Actor::Person(cast.ines.clone()));
    let input = PipelinesInput {
        repository: "acme/shop".into(),
        files: "on: push\njobs: {a: {runs-on: x, steps: [{uses: a/b@v1}]}}".into(),
        ..PipelinesInput::default()
    };
    let kept = service::trust::keep_pasted(&op(), &input).await.unwrap();
    story.did("/api/ui/trust/keep-pipelines").await;
    service::trust::forget(&op(), kept.id).await.unwrap();
    story.did("/api/ui/trust/forget-pipelines").await;
}

async fn imports(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let op = || world.op(Actor::Person(cast.ines.clone()));
    // Too long to be done while somebody waits: the job is a step of its own.
    let column = "x".repeat(60_000);
    let rows: Vec<String> = (0..6)
        .map(|n| format!("svc {n},aws,Loads the warehouse,{column}\n"))
        .collect();
    let rows = rows.concat();
    let upload = |text: String| Upload {
        file: "sheet.csv".into(),
        bytes: text.into_bytes(),
        hint: ImportHint::default(),
    };
    let long = format!("name,platform,purpose,padding\n{rows}");
    let id = files::upload(&op(), upload(long)).await.unwrap();
    story.did("uploads").await;
    files::work(&world.services, id).await.unwrap();
    let mapping = ImportMapping {
        column: vec!["padding".into()],
        field: vec![String::new()],
        ..ImportMapping::default()
    };
    files::remap(&op(), id, &mapping).await.unwrap();
    story.did("/api/ui/imports/remap").await;
    files::work(&world.services, id).await.unwrap();
    files::confirm(&op(), id, false).await.unwrap();
    story.did("/api/ui/imports/confirm").await;
    files::work(&world.services, id).await.unwrap();
    story.did("the import itself").await;
    let short = "name,platform\nshort,aws\n".to_owned();
    let id = files::upload(&op(), upload(short)).await.unwrap();
    story.did("uploads a short one").await;
    files::discard(&op(), id).await.unwrap();
    story.did("/api/ui/imports/discard").await;
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
        permissions: "aws s3:GetObject arn:aws:s3:::reports/* production".into(),
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
    rotations(world, cast, story, id).await;
    glass(world, cast, story, id).await;
    edits(world, cast, story, id).await;
    let gone = world.person("gone", &[Role::Owner]).await;
    story.before = world.entries().await;
    for left in [true, false] {
        let input = DepartureInput {
            person: gone.id,
            left,
            reason: WHY.into(),
        };
        service::people::depart(&ines, &input).await.unwrap();
        story.did("/api/ui/people/depart").await;
    }
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
        scope: contract::findings::ExceptionScope::Finding,
        to: String::new(),
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

async fn rotations(world: &World, cast: &Cast, story: &mut Story<'_>, id: IdentityId) {
    let ines = || world.op(Actor::Person(cast.ines.clone()));
    let held = identities::view(&ines(), id).await.unwrap().credentials;
    let input = RotationInput {
        credential: held[0].id,
        reference: "AKIAI44QH8DHBEXAMPLE".into(),
        label: String::new(),
        rotated_on: String::new(),
        overlap_days: String::new(),
    };
    rotation::record(&ines(), &input).await.unwrap();
    story.did("/api/ui/rotation/record").await;
    let kept = KeepingInput {
        credential: held[0].id,
        kept: "code".into(),
        reason: WHY.into(),
    };
    rotation::keep(&ines(), &kept).await.unwrap();
    story.did("/api/ui/rotation/keep").await;
    let revoked = RevocationInput {
        credential: held[0].id,
        reason: WHY.into(),
    };
    rotation::revoke(&ines(), &revoked).await.unwrap();
    story.did("/api/ui/rotation/revoke").await;
    let policy = PolicyInput {
        tier: "critical".into(),
        days: "60".into(),
        reason: WHY.into(),
        ..PolicyInput::default()
    };
    rotation::set_policy(&ines(), &policy).await.unwrap();
    story.did("/api/ui/rotation/set-policy").await;
    let all = rotation::policies(&ines()).await.unwrap();
    rotation::end_policy(&ines(), all.policies[0].id, WHY)
        .await
        .unwrap();
    story.did("/api/ui/rotation/end-policy").await;
}

async fn glass(world: &World, cast: &Cast, story: &mut Story<'_>, identity: IdentityId) {
    let ines = || world.op(Actor::Person(cast.ines.clone()));
    let mark = GlassMark {
        identity,
        marked: true,
        reason: WHY.into(),
    };
    break_glass::mark(&ines(), &mark).await.unwrap();
    story.did("/api/ui/break-glass/mark").await;
    let drill = DrillInput {
        identity,
        day: String::new(),
        ticket: "OPS-8".into(),
        worked: "yes".into(),
        note: String::new(),
    };
    break_glass::drill(&ines(), &drill).await.unwrap();
    story.did("/api/ui/break-glass/drill").await;
    let sql = format!(
        "INSERT INTO events (id, source_id, vendor_id, id_kind, occurred_at, received_at, kind, outcome, action, format, identity_id, raw)
         VALUES (gen_random_uuid(), gen_random_uuid(), 'v', 'own', '{0}', '{0}', 'other', 'success', 'a', 'rollcall', '{identity}', '{{}}')",
        start().to_rfc3339()
    );
    store::testing::script(&world.services.db, sql).await;
    let explain = GlassMatch {
        identity,
        day: start().date_naive().to_string(),
        ticket: "OPS-9".into(),
        note: String::new(),
    };
    break_glass::explain(&ines(), &explain).await.unwrap();
    story.did("/api/ui/break-glass/explain").await;
    let test = contract::trust::TrustTestInput {
        identity,
        name: "Another repository".into(),
        expect: "deny".into(),
        claims: r#"{"iss":"https://token.actions.githubusercontent.com","sub":"repo:evil/x:pull_request"}"#.into(),
    };
    service::trust::keep_test(&ines(), &test).await.unwrap();
    story.did("/api/ui/trust/keep-test").await;
    let kept = service::trust::reality(&ines(), identity).await.unwrap();
    service::trust::drop_test(&ines(), identity, kept.tests[0].id)
        .await
        .unwrap();
    story.did("/api/ui/trust/drop-test").await;
}

async fn edits(world: &World, cast: &Cast, story: &mut Story<'_>, id: IdentityId) {
    let ines = || world.op(Actor::Person(cast.ines.clone()));
    let view = identities::view(&ines(), id).await.unwrap();
    let edit = EditInput {
        identity: id.to_string(),
        version: view.version,
        name: view.row.name,
        purpose: view.row.purpose,
        ticket: view.ticket,
        justification: view.justification,
        environments: vec!["production".into()],
        tier: view.row.tier.to_string(),
        team: cast.team.to_string(),
        owner: cast.jonas.id.to_string(),
        backup_owner: String::new(),
        tags: "web".into(),
        links: String::new(),
        selectors: "oidc_subject token.actions.githubusercontent.com repo:acme/payments-api:environment:production".into(),
        reason: WHY.into(),
    };
    identities::edit(&ines(), &edit).await.unwrap();
    story.did("/api/ui/identities/edit").await;
}

async fn reviews(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let (ines, kim) = (
        || world.op(Actor::Person(cast.ines.clone())),
        world.op(Actor::Person(cast.kim.clone())),
    );
    let id = draft(world, cast, "Q4 2026 access review").await;
    story.did("/api/ui/campaigns/create").await;
    // Two entries: the preview's gaps are accepted, then everything is frozen.
    campaigns::accept(&ines(), id, WHY).await.unwrap();
    story.before = world.entries().await;
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
    let (view, _) = campaigns::review_item(&kim, item).await.unwrap();
    let mut conn = world.services.db.acquire().await.unwrap();
    let frozen = store::campaigns::item(&mut conn, item)
        .await
        .unwrap()
        .unwrap();
    drop(conn);
    let group = BulkInput {
        campaign: id,
        advice: view.recommendation.advice,
        tier: frozen.snapshot.tier,
        decision: DecisionKind::Revoke,
        reason: WHY.into(),
        count: 1,
    };
    campaigns::decide_group(&kim, &group).await.unwrap();
    story.did("/api/ui/reviews/group").await;
    let absence = AbsenceInput {
        deputy: cast.ines.id,
        from: "2026-12-24".into(),
        until: "2026-12-31".into(),
    };
    campaigns::be_away(&kim, &absence).await.unwrap();
    story.did("/api/ui/reviews/away").await;
    campaigns::be_back(&kim).await.unwrap();
    story.did("/api/ui/reviews/back").await;
    campaigns::close(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/close").await;
    let adam = Person {
        id: cast.ines.id,
        ..cast.ines.clone()
    };
    let board = campaigns::board(&ines(), id, None).await.unwrap();
    for task in &board.tasks {
        let waive = TaskInput {
            task: task.id,
            step: TaskStep::Waive,
            text: WHY.into(),
            to: None,
        };
        campaigns::step(&world.op(Actor::Person(adam.clone())), &waive)
            .await
            .unwrap();
        story.did("/api/ui/campaigns/step").await;
    }
    service::evidence::seal(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/seal").await;
    let form = TemplateForm {
        name: "Quarterly".into(),
        days: "28".into(),
        ..TemplateForm::default()
    };
    campaigns::save_template(&ines(), &form).await.unwrap();
    story.did("/api/ui/campaigns/template").await;
    let id = staged(world, cast).await;
    story.before = world.entries().await;
    campaigns::advance(&ines(), id).await.unwrap();
    story.did("/api/ui/campaigns/advance").await;
    campaigns::cancel(&ines(), id, WHY).await.unwrap();
    story.before = world.entries().await;
    let id = draft(world, cast, "Another review").await;
    story.did("/api/ui/campaigns/create").await;
    campaigns::cancel(&ines(), id, WHY).await.unwrap();
    story.did("/api/ui/campaigns/cancel").await;
}

/// A started campaign of two stages.
async fn notices(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let ines = || world.op(Actor::Person(cast.ines.clone()));
    let rule = NoticeRuleInput {
        at_once: "high".into(),
        digest_hour: "8".into(),
        ..NoticeRuleInput::default()
    };
    story.before = world.entries().await;
    service::notices::set_rule(&ines(), &rule).await.unwrap();
    story.did("/api/ui/notices/set").await;
    service::notices::end_rule(&ines(), &rule).await.unwrap();
    story.did("/api/ui/notices/end").await;
}

/// A campaign nobody answers, whose policy suspends: above the cap at first, then one identity.
async fn silent(world: &World, cast: &Cast, story: &mut Story<'_>) {
    let ines = || world.op(Actor::Person(cast.ines.clone()));
    let input = CampaignInput {
        name: "A review nobody answers".into(),
        due_on: "2026-12-20".into(),
        policy: CampaignPolicy {
            silence: PerTier::all(Silence::Suspend),
            grace_days: 0,
            suspend_cap: 0,
            ..CampaignPolicy::default()
        },
        ..CampaignInput::default()
    };
    let id = campaigns::create(&ines(), input).await.unwrap();
    campaigns::start_accepting(&ines(), id, WHY).await.unwrap();
    campaigns::close(&ines(), id).await.unwrap();
    world.advance(chrono::TimeDelta::days(60));
    let view = campaigns::silence(&ines(), id).await.unwrap();
    assert!(view.count > view.cap, "{view:?}");
    story.before = world.entries().await;
    campaigns::lift_cap(&ines(), id, WHY).await.unwrap();
    story.did("/api/ui/campaigns/lift-cap").await;
    let alone = campaigns::suspend_silent(&ines(), id, view.count).await;
    assert!(alone.is_err(), "whoever lifted the cap does not suspend");
    let (one, rest) = view.identities.split_first().unwrap();
    for (other, _) in rest {
        let sql = format!("UPDATE identities SET state = 'suspended' WHERE id = '{other}'");
        store::testing::script(&world.services.db, sql).await;
    }
    assert_eq!(
        campaigns::suspend_silent(&ines(), id, 1).await.unwrap(),
        1,
        "{}",
        one.1
    );
    story.did("/api/ui/campaigns/suspend-silent").await;
}

async fn staged(world: &World, cast: &Cast) -> CampaignId {
    let op = || world.op(Actor::Person(cast.ines.clone()));
    let stage = |reviewers, advance| StagePlan { reviewers, advance };
    let input = CampaignInput {
        name: "A review in two stages".into(),
        due_on: "2026-12-20".into(),
        policy: CampaignPolicy {
            stages: vec![
                stage(StageRule::Chain, vec![ItemOutcome::Approve]),
                stage(StageRule::Security, vec![]),
            ],
            ..CampaignPolicy::default()
        },
        ..CampaignInput::default()
    };
    let id = campaigns::create(&op(), input).await.unwrap();
    campaigns::start_accepting(&op(), id, WHY).await.unwrap();
    id
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
        at_once: false,
        shown_at: None,
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
        ..TokenInput::default()
    };
    let made = service::tokens::create(&world.cli(), input).await.unwrap();
    story.did("/api/ui/tokens/create").await;
    let made = service::tokens::rotate(&world.cli(), made.row.id, 1)
        .await
        .unwrap();
    story.did("tokens::rotate").await;
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
        ..TokenInput::default()
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

async fn outlets(world: &World, story: &mut Story<'_>) {
    let form = DestinationForm {
        name: "archive".into(),
        kind: "folder".into(),
        address: "archive".into(),
        ..DestinationForm::default()
    };
    let id = destinations::create_typed(&world.cli(), &form)
        .await
        .unwrap()
        .id;
    story.did("/api/ui/destinations/create").await;
    for (state, door) in [
        (DestinationState::Paused, "/api/ui/destinations/pause"),
        (DestinationState::Running, "/api/ui/destinations/resume"),
    ] {
        destinations::set_state(&world.cli(), id, state)
            .await
            .unwrap();
        story.did(door).await;
    }
    destinations::rewind_typed(&world.cli(), id, "0", "archive")
        .await
        .unwrap();
    story.did("/api/ui/destinations/rewind").await;
    destinations::redrive(&world.cli(), id).await.unwrap();
    story.did("/api/ui/destinations/redrive").await;
    destinations::remove_confirmed(&world.cli(), id, "archive")
        .await
        .unwrap();
    story.did("/api/ui/destinations/remove").await;
    let begun = devices::begin(
        &world.op(Actor::Anonymous),
        "laptop",
        &["feed:read".to_owned()],
    )
    .await
    .unwrap();
    let admin = world.person("root", &[Role::Admin]).await;
    story.before = world.entries().await;
    devices::answer(&world.op(Actor::Person(admin)), &begun.user_code, true)
        .await
        .unwrap();
    story.did("/api/ui/devices/answer").await;
}

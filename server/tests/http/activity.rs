//! Every mutation leaves exactly one entry in the activity record, and the chain holds.

use contract::access::Role;
use contract::tokens::TokenInput;
use domain::access::Actor;

use crate::doors::SERVER_FUNCTIONS;
use crate::world::World;

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

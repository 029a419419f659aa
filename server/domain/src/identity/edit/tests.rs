use super::*;
use contract::identities::SelectorKind;

struct Known;

impl Names for Known {
    fn team(&self, id: TeamId) -> String {
        format!("Team {}", id.0.as_u128())
    }

    fn person(&self, id: PersonId) -> String {
        format!("Person {}", id.0.as_u128())
    }
}

fn before() -> Fields {
    Fields {
        name: "shop · deploy".into(),
        purpose: "Deploys the shop to production".into(),
        ticket: "OPS-1".into(),
        justification: "Releases were done by hand before".into(),
        environments: vec![Environment::Production],
        tier: RiskTier::Critical,
        team: Some(TeamId(Uuid::from_u128(1))),
        owner: Some(PersonId(Uuid::from_u128(2))),
        backup_owner: None,
        tags: vec!["web".into()],
        links: vec![],
        selectors: vec![NewSelector {
            kind: SelectorKind::AwsUser,
            issuer: String::new(),
            value: "arn:aws:iam::471982203366:user/shop".into(),
        }],
    }
}

fn form() -> EditInput {
    let fields = before();
    EditInput {
        identity: Uuid::nil().to_string(),
        version: 1,
        name: fields.name,
        purpose: fields.purpose,
        ticket: fields.ticket,
        justification: fields.justification,
        environments: vec!["production".into()],
        tier: "critical".into(),
        team: Uuid::from_u128(1).to_string(),
        owner: Uuid::from_u128(2).to_string(),
        backup_owner: String::new(),
        tags: "web".into(),
        links: String::new(),
        selectors: line(&fields.selectors[0]),
        reason: "The team was renamed in spring".into(),
    }
}

fn changed(edit: impl FnOnce(&mut EditInput)) -> Vec<(String, String, String)> {
    let mut form = form();
    edit(&mut form);
    let (after, _) = parse(&form, &before(), IdentityState::Active).expect("fine");
    differences(&before(), &after, &Known)
}

fn wrong(edit: impl FnOnce(&mut EditInput)) -> String {
    let mut form = form();
    edit(&mut form);
    let errors = parse(&form, &before(), IdentityState::Active).expect_err("refused");
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].field.clone()
}

#[test]
fn what_was_not_touched_does_not_differ() {
    assert_eq!(changed(|_| {}), []);
    assert_eq!(changed(|form| form.tags = " WEB ,, web".into()), []);
}

#[test]
fn every_field_shows_what_it_was_and_what_it_is() {
    let told = |field: &str, before: &str, after: &str| {
        vec![(field.to_owned(), before.to_owned(), after.to_owned())]
    };
    assert_eq!(
        changed(|f| f.tier = "low".into()),
        told("tier", "Critical", "Low")
    );
    assert_eq!(
        changed(|f| f.backup_owner = Uuid::from_u128(3).to_string()),
        told("backup owner", "", "Person 3")
    );
    assert_eq!(
        changed(|f| f.team = Uuid::from_u128(9).to_string()),
        told("team", "Team 1", "Team 9")
    );
    assert_eq!(
        changed(|f| f.environments = vec!["staging".into(), "production".into()]),
        told("environments", "Production", "Production, Staging")
    );
    assert_eq!(
        changed(|f| f.tags = "web, pci".into()),
        told("tags", "web", "pci, web")
    );
    assert_eq!(
        changed(|f| f.links = "Run book https://wiki.example/run".into()),
        told("links", "", "Run book https://wiki.example/run")
    );
    assert_eq!(
        changed(|f| f
            .selectors
            .push_str("\naws_role arn:aws:iam::471982203366:role/shop"))
        .len(),
        1
    );
}

#[test]
fn each_thing_that_is_wrong_stands_beside_its_field() {
    assert_eq!(wrong(|f| f.reason = "ok".into()), "reason");
    assert_eq!(wrong(|f| f.name = "x".into()), "name");
    assert_eq!(wrong(|f| f.purpose = String::new()), "purpose");
    assert_eq!(wrong(|f| f.ticket = "see chat".into()), "ticket");
    assert_eq!(wrong(|f| f.environments.clear()), "environments");
    assert_eq!(wrong(|f| f.tier = "grave".into()), "tier");
    assert_eq!(wrong(|f| f.owner = String::new()), "owner");
    assert_eq!(wrong(|f| f.backup_owner = f.owner.clone()), "backup_owner");
    assert_eq!(wrong(|f| f.links = "javascript:alert(1)".into()), "links");
    assert_eq!(
        wrong(|f| f.links = "Run https://me:pw@wiki.example".into()),
        "links"
    );
    assert_eq!(wrong(|f| f.tags = "<b>".into()), "tags");
    assert_eq!(
        wrong(|f| f.selectors = "aws_role nonsense".into()),
        "selectors"
    );
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    assert_eq!(
        wrong(|f| f.reason = format!("The token is {token} now")),
        "reason"
    );
}

#[test]
fn what_was_unknown_may_stay_unknown() {
    let unknown = Fields {
        purpose: String::new(),
        ticket: String::new(),
        justification: String::new(),
        environments: vec![],
        team: None,
        owner: None,
        selectors: vec![],
        ..before()
    };
    let form = EditInput {
        purpose: String::new(),
        ticket: String::new(),
        justification: String::new(),
        environments: vec![],
        team: String::new(),
        owner: String::new(),
        selectors: String::new(),
        tags: "web, found".into(),
        ..form()
    };
    let (after, _) = parse(&form, &unknown, IdentityState::Active).expect("fine");
    assert_eq!(differences(&unknown, &after, &Known).len(), 1);
}

#[test]
fn a_name_nobody_could_type_may_stay() {
    let bare = NewSelector {
        kind: SelectorKind::OidcSubject,
        issuer: "https://accounts.google.com".into(),
        value: "118400000000000000001".into(),
    };
    let known = Fields {
        selectors: vec![bare.clone()],
        ..before()
    };
    let form = EditInput {
        selectors: format!(
            "oidc_subject  https://accounts.google.com {}\r\n",
            bare.value
        ),
        tags: "found".into(),
        ..form()
    };
    let (after, _) = parse(&form, &known, IdentityState::Active).expect("fine");
    assert_eq!(after.selectors, [bare]);
    let typed = EditInput {
        selectors: "oidc_subject https://accounts.google.com 7".into(),
        ..form
    };
    assert!(parse(&typed, &known, IdentityState::Active).is_err());
    let emptied = EditInput {
        selectors: String::new(),
        ..typed
    };
    assert!(parse(&emptied, &known, IdentityState::Active).is_err());
}

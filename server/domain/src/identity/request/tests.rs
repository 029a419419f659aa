//! The request form: what passes, what is refused, and that a secret is never repeated.

use super::*;

/// Puts a text into one field of the form.
type Set = fn(&mut IdentityRequest, String);

fn good() -> IdentityRequest {
    IdentityRequest {
        name: "shop · deploy · production".into(),
        kind: "pipeline".into(),
        platform: "github_actions".into(),
        purpose: "Deploys the shop to production".into(),
        ticket: "SHOP-12".into(),
        justification: "The shop moves from manual releases to a pipeline".into(),
        team: "01890000-0000-7000-8000-000000000001".into(),
        owner: "01890000-0000-7000-8000-000000000002".into(),
        backup_owner: String::new(),
        environments: vec!["staging".into(), "production".into()],
        credential_type: "oidc_federation".into(),
        credential_reference: String::new(),
        permissions: "# what the release needs\naws ecs:UpdateService arn:aws:ecs:eu-central-1:471982203366:service/shop production\n\ngithub contents:read acme/shop".into(),
        selectors: "oidc_subject token.actions.githubusercontent.com repo:acme/shop:environment:production".into(),
    }
}

fn fields(form: &IdentityRequest) -> Vec<(String, String)> {
    parse(form)
        .expect_err("refused")
        .into_iter()
        .map(|error| (error.field, error.message))
        .collect()
}

#[test]
fn a_complete_form_becomes_a_typed_request() {
    let new = parse(&good()).expect("accepted");
    assert_eq!(
        new.environments,
        [Environment::Production, Environment::Staging]
    );
    assert_eq!(new.permissions.len(), 2);
    assert!(
        new.permissions[0].privileged,
        "deploying to production is privileged"
    );
    assert!(!new.permissions[1].privileged);
    assert_eq!(
        new.selectors[0].issuer,
        "https://token.actions.githubusercontent.com"
    );
    assert_eq!(new.backup_owner, None);
}

#[test]
fn an_empty_form_lists_every_missing_field_at_once() {
    let form = IdentityRequest {
        kind: String::new(),
        platform: "mainframe".into(),
        credential_type: String::new(),
        ..IdentityRequest::default()
    };
    let mut names: Vec<String> = fields(&form).into_iter().map(|(field, _)| field).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "credential_type",
            "environments",
            "justification",
            "kind",
            "name",
            "owner",
            "permissions",
            "platform",
            "purpose",
            "selectors",
            "team",
            "ticket"
        ]
    );
}

#[test]
fn each_field_has_its_own_sentence() {
    let with = |change: fn(&mut IdentityRequest)| {
        let mut form = good();
        change(&mut form);
        let mut errors = fields(&form);
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors.remove(0)
    };
    for (error, field, says) in [
        (with(|f| f.name = "ab".into()), "name", "3 to 120"),
        (
            with(|f| f.name = "<script>".into()),
            "name",
            "letter or digit",
        ),
        (
            with(|f| f.name = "a\tb c".into()),
            "name",
            "letters, digits",
        ),
        (with(|f| f.purpose = "CI".into()), "purpose", "sentence"),
        (with(|f| f.ticket = "soon".into()), "ticket", "OPS-123"),
        (
            with(|f| f.justification = "ok ok ok ok ok".into()),
            "justification",
            "does not say why",
        ),
        (with(|f| f.team = "payments".into()), "team", "Choose"),
        (
            with(|f| f.backup_owner = f.owner.clone()),
            "backup_owner",
            "somebody other",
        ),
        (
            with(|f| f.environments = vec!["moon".into()]),
            "environments",
            "of the list",
        ),
        (
            with(|f| f.permissions = "aws s3:GetObject\n".into()),
            "permissions",
            "Line 1: write system",
        ),
        (
            with(|f| f.permissions = "aws a b\naws a b".into()),
            "permissions",
            "Line 2: this permission",
        ),
        (
            with(|f| f.permissions = "aws a b moon".into()),
            "permissions",
            "only an environment",
        ),
        (
            with(|f| f.selectors = "\n\nrole x".into()),
            "selectors",
            "Line 3: “role” is no kind",
        ),
        (
            with(|f| f.selectors = "repository a/b\nrepository a/b".into()),
            "selectors",
            "Line 2: this name",
        ),
        (
            with(|f| f.credential_reference = "a\nb".into()),
            "credential_reference",
            "one line",
        ),
    ] {
        assert_eq!(error.0, field);
        assert!(error.1.contains(says), "{field}: {}", error.1);
    }
}

#[test]
fn a_pasted_secret_is_refused_in_any_field_and_never_repeated() {
    let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    let secret = format!("{}{body}", "ghp_");
    let change: [(&str, Set); 7] = [
        ("name", |f, s| f.name = s),
        ("purpose", |f, s| f.purpose = format!("Uses {s} to deploy")),
        ("ticket", |f, s| f.ticket = s),
        ("justification", |f, s| {
            f.justification = format!("Needs the token {s} there");
        }),
        ("credential_reference", |f, s| f.credential_reference = s),
        ("permissions", |f, s| {
            f.permissions = format!("github contents:write {s}");
        }),
        ("selectors", |f, s| f.selectors = format!("token_id {s}")),
    ];
    for (field, set) in change {
        let mut form = good();
        set(&mut form, secret.clone());
        let errors = fields(&form);
        assert!(
            errors
                .iter()
                .any(|(f, m)| f == field && m.contains("GitHub token")),
            "{field}: {errors:?}"
        );
        assert!(
            errors.iter().all(|(_, m)| !m.contains(body)),
            "{field} repeats it"
        );
    }
}

#[test]
fn a_flood_of_lines_is_refused() {
    let mut form = good();
    let lines: Vec<String> = (0..=MAX_LINES)
        .map(|n| format!("aws s3:GetObject b{n}"))
        .collect();
    form.permissions = lines.join(
        "
",
    );
    assert!(fields(&form)[0].1.contains("At most 500 lines"));
}

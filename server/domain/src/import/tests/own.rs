//! Rollcall's own kinds, in tables and JSON.

use contract::identities::{
    CredentialType, Environment, IdentityKind, Platform, SelectorKind, TrustLanguage,
};

use super::*;

#[test]
fn an_identity_is_read_whole() {
    let records = good(
        "External ID,Name,Type,Provider,Purpose,Env,Tier,Team,Owner,Backup,Tags,Runbook,Break-glass,Selectors,Ticket\n\
         svc-17,shop · deploy,Service Account,GCP,Loads the shop’s orders,\"prod, staging\",high,shop,mira@example.com,\
         tom@example.com,pci;eu,https://wiki.example/shop,no,\"loader@acme.iam.gserviceaccount.com\nrepository acme/shop\",OPS-1\n",
    );
    let one = identity(&records[0]);
    assert_eq!(
        one.external_id
            .as_ref()
            .map(|id| (id.space, id.value.as_str())),
        Some(("own", "svc-17"))
    );
    assert_eq!(
        (one.kind, one.platform),
        (
            Some(IdentityKind::ServiceAccount),
            Some(Platform::GoogleCloud)
        )
    );
    assert_eq!(
        one.environments,
        Some(vec![Environment::Production, Environment::Staging])
    );
    assert_eq!(one.tags, Some(vec!["eu".into(), "pci".into()]));
    assert_eq!(
        one.links,
        Some(vec![("Runbook".into(), "https://wiki.example/shop".into())])
    );
    let kinds: Vec<SelectorKind> = one.selectors.iter().map(|s| s.kind).collect();
    assert_eq!(
        kinds,
        [SelectorKind::GcpServiceAccount, SelectorKind::Repository]
    );
    assert_eq!(one.backup_owner.as_deref(), Some("tom@example.com"));
}

#[test]
fn a_flat_sheet_may_carry_the_credential() {
    let records = good(
        "name,platform,credential_type,credential_reference,credential_issued_at\nshop,aws,access key,AKIAIOSFODNN7EXAMPLE,2026-01-02\n",
    );
    let Record::Credential(one) = &records[1] else {
        panic!("{records:?}")
    };
    assert_eq!(
        (one.identity.as_str(), one.credential_type),
        ("shop", CredentialType::CloudAccessKey)
    );
    assert_eq!(one.issued_at, Some(at("2026-01-02T00:00:00Z")));
}

#[test]
fn the_other_kinds_tell_themselves_by_their_headers() {
    let kinds = |text: &str| good(text).iter().map(Record::kind).collect::<Vec<_>>();
    assert_eq!(
        kinds("identity,type,key id,created\nshop,api_key,k-1,2026-01-01\n"),
        [ImportKind::Credentials]
    );
    assert_eq!(
        kinds(
            "identity,system,action,resource,environment,privileged\nshop,aws,s3:GetObject,*,prod,no\n"
        ),
        [ImportKind::Permissions]
    );
    assert_eq!(
        kinds("identity,language,target,document\nshop,aws,arn:x,\"{\"\"Statement\"\":[]}\"\n"),
        [ImportKind::Trusts]
    );
    assert_eq!(
        kinds(
            "team,name,lead,members\nshop,The shop,mira@example.com,a@example.com;b@example.com\n"
        ),
        [ImportKind::Teams]
    );
    assert_eq!(
        kinds("email,name,roles,active,teams\nMira@Example.com,Mira,owner,yes,shop\n"),
        [ImportKind::People]
    );
}

#[test]
fn wrong_values_name_field_and_remedy() {
    for (text, says) in [
        (
            "identity,type,created\nshop,nonsense,2026-01-01\n",
            "row 2: credential_type: “nonsense” is not one of oidc_federation",
        ),
        (
            "identity,type,created\nshop,pat,01/02/2026\n",
            "row 2: issued_at: “01/02/2026” is no time; write 2026-11-21",
        ),
        (
            "identity,type,created\nshop,pat,2027-01-01\n",
            "row 2: issued_at: lies in the future: 2027-01-01",
        ),
        (
            "identity,type,created,expires\nshop,pat,2026-02-01,2026-01-01\n",
            "row 2: expires_at: lies before the day it was issued",
        ),
        (
            "identity,type,created\n,pat,2026-01-01\n",
            "row 2: identity: is missing: whose credential it is",
        ),
        (
            "identity,system,action,privileged\nshop,aws,x:Y,perhaps\n",
            "row 2: privileged: “perhaps” is not one of true, false",
        ),
        (
            "identity,language,document\nshop,aws,{\n",
            "row 2: document: is not valid JSON (line 1, column 1)",
        ),
        (
            "email,name\nmira,Mira\n",
            "row 2: email: “mira” is no e-mail address",
        ),
        (
            "email,roles\nm@example.com,king\n",
            "row 2: roles: “king” is not one of admin, security, owner, auditor",
        ),
        (
            "email,time zone\nm@example.com,Berlin\n",
            "row 2: time_zone: “Berlin” is no time zone",
        ),
        (
            "slug,name\nThe Shop,Shop\n",
            "row 2: slug: a slug holds lower-case letters",
        ),
        (
            "name,platform,selectors\nshop,aws,aws_role x\n",
            "row 2: selectors: AWS role looks like arn:aws:iam::123456789012:role/deploy",
        ),
        (
            "name,platform,links\nshop,aws,javascript:alert\n",
            "row 2: links: “javascript:alert” is no web address",
        ),
        (
            "name,platform,owner,backup\nshop,aws,Mira,mira\n",
            "row 2: backup_owner: is the owner",
        ),
        (
            "name,platform,purpose\n,aws,x y z\n",
            "row 2: name: is missing: what the identity is called",
        ),
    ] {
        let problems = bad(text.as_bytes());
        assert!(
            problems.iter().any(|p| p.starts_with(says)),
            "{text}: {problems:?}"
        );
    }
}

#[test]
fn json_comes_as_a_list_or_as_lists_by_kind() {
    let one = good(
        r#"[{"name":"shop","platform":"aws","environments":["prod"],"tags":["pci"],"selectors":[{"kind":"repository","value":"acme/shop"}]}]"#,
    );
    assert_eq!(identity(&one[0]).selectors.len(), 1);
    let all = good(
        r#"{"people":[{"email":"mira@example.com","name":"Mira"}],
            "identities":[{"external_id":"svc-1","name":"shop","platform":"aws","purpose":"Deploys the shop",
              "credentials":[{"type":"api_key","reference":"k-1","issued_at":"2026-01-01"}],
              "permissions":[{"system":"aws","action":"ecs:UpdateService","resource":"*"}],
              "trusts":[{"language":"aws","target":"arn:x","document":{"Statement":[]}}]}],
            "teams":[{"slug":"shop","name":"Shop","lead":"mira@example.com"}]}"#,
    );
    let kinds: Vec<ImportKind> = all.iter().map(Record::kind).collect();
    assert_eq!(
        kinds,
        [
            ImportKind::Teams,
            ImportKind::People,
            ImportKind::Identities,
            ImportKind::Credentials,
            ImportKind::Permissions,
            ImportKind::Trusts,
        ]
    );
    let Record::Permission(permission) = &all[4] else {
        panic!("{:?}", all[4])
    };
    assert!(permission.privileged && permission.identity == "svc-1");
    let Record::Trust(trust) = &all[5] else {
        panic!("{:?}", all[5])
    };
    assert_eq!(
        (trust.language, trust.document.as_str()),
        (TrustLanguage::Aws, r#"{"Statement":[]}"#)
    );
}

#[test]
fn json_problems_name_list_and_place() {
    let problems = bad(
        br#"{"identities":[{"name":"shop","platform":"aws"},{"name":"x","platform":"moon"},7]}"#,
    );
    assert!(
        problems[0].starts_with("identities row 2: name: A name has 3 to 120 characters"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("identities row 2: platform: “moon”"),
        "{problems:?}"
    );
    assert_eq!(problems[2], "identities row 3: is no object");
    assert_eq!(
        bad(b"{\"identities\":[\n{]}"),
        ["The file is not valid JSON: line 2, column 2."]
    );
    assert!(bad(b"[1,2]")[0].starts_with("The records do not tell what they are about."));
}

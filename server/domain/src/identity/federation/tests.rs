use super::*;
use crate::trust::{self, Decision, Facts, Language, Ring, Token};

const SUBJECT: &str = "repo:acme@10423/shop@88213:environment:production";

fn subject(issuer: &str, value: &str) -> NewSelector {
    NewSelector {
        kind: SelectorKind::OidcSubject,
        issuer: issuer.into(),
        value: value.into(),
    }
}

fn named(kind: SelectorKind, value: &str) -> NewSelector {
    NewSelector {
        kind,
        issuer: String::new(),
        value: value.into(),
    }
}

fn of(
    kind: CredentialType,
    reference: &str,
    platform: Platform,
    selectors: &[NewSelector],
) -> FederationAdvice {
    let holder = Holder {
        name: "shop · deploy · production",
        platform,
        environments: &[Environment::Production],
        selectors,
        systems: &["aws".to_owned()],
    };
    advise(CredentialId(uuid::Uuid::nil()), kind, reference, &holder).expect("advice")
}

fn decision(
    document: &AdviceDocument,
    language: Language,
    subject: &str,
    audience: &str,
) -> Decision {
    let trust =
        trust::read(document.text.as_bytes(), Some(language)).expect("a trust of its language");
    let claims = format!(r#"{{"iss":"{GITHUB_ISSUER}","sub":"{subject}","aud":"{audience}"}}"#);
    let token = Token::read(&claims).expect("claims");
    trust.evaluate(&token, &Facts::default()).decision
}

#[test]
fn each_document_admits_exactly_this_pipeline() {
    let pipeline = [
        subject(GITHUB_ISSUER, "repo:acme/shop:environment:production"),
        subject(GITHUB_ISSUER, SUBJECT),
        named(SelectorKind::AwsUser, "arn:aws:iam::471982203366:user/shop"),
    ];
    let cases = [
        (
            CredentialType::CloudAccessKey,
            "AKIAIOSFODNN7EXAMPLE",
            Platform::GithubActions,
            Language::Aws,
            "sts.amazonaws.com",
        ),
        (
            CredentialType::ClientSecret,
            "",
            Platform::Azure,
            Language::Entra,
            "api://AzureADTokenExchange",
        ),
        (
            CredentialType::PersonalAccessToken,
            "",
            Platform::GithubActions,
            Language::OctoSts,
            "octo-sts.dev",
        ),
        (
            CredentialType::DatabasePassword,
            "",
            Platform::GithubActions,
            Language::Vault,
            "https://vault.example.com",
        ),
        (
            CredentialType::ApiKey,
            "",
            Platform::GithubActions,
            Language::Vault,
            "https://vault.example.com",
        ),
    ];
    for (kind, reference, platform, language, audience) in cases {
        let advice = of(kind, reference, platform, &pipeline);
        let [document] = advice.documents.as_slice() else {
            panic!("{kind}: {advice:?}")
        };
        assert!(
            document.text.contains(SUBJECT),
            "the form with ids is taken: {}",
            document.text
        );
        let trust = trust::read(document.text.as_bytes(), Some(language)).expect("a trust");
        assert_eq!(trust.admits(&Facts::default()).ring, Ring::Exact, "{kind}");
        if language != Language::OctoSts {
            assert_eq!(
                decision(document, language, SUBJECT, audience),
                Decision::Allow,
                "{kind}"
            );
        }
        for stranger in [
            "repo:acme@10423/shop@88213:environment:staging",
            "repo:acme@10423/other@1:environment:production",
        ] {
            assert_eq!(
                decision(document, language, stranger, audience),
                Decision::Deny,
                "{kind} {stranger}"
            );
        }
        assert!(
            !advice.steps.is_empty() && advice.caution.is_empty(),
            "{kind}: {}",
            advice.caution
        );
    }
}

#[test]
fn a_google_provider_names_the_account_and_one_subject() {
    let advice = of(
        CredentialType::CloudAccessKey,
        "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
        Platform::GoogleCloud,
        &[
            subject(GITHUB_ISSUER, SUBJECT),
            subject("https://accounts.google.com", "1184"),
            named(
                SelectorKind::GcpServiceAccount,
                "loader@acme.iam.gserviceaccount.com",
            ),
        ],
    );
    let text = &advice.documents[0].text;
    assert!(
        text.contains(&format!("assertion.sub == '{SUBJECT}'")) && text.contains("loader@acme"),
        "{text}"
    );
    assert!(trust::read(text.as_bytes(), Some(Language::Gcp)).is_ok());
    assert!(advice.caution.contains(PROJECT));
}

#[test]
fn what_was_not_seen_is_called_so() {
    let advice = of(
        CredentialType::CloudAccessKey,
        "AKIAIOSFODNN7EXAMPLE",
        Platform::GithubActions,
        &[named(SelectorKind::Repository, "acme/shop")],
    );
    assert!(
        advice.documents[0]
            .text
            .contains("repo:acme/shop:environment:production")
    );
    assert!(advice.documents[0].text.contains(ACCOUNT));
    for word in ["put together", "numeric ids", ACCOUNT] {
        assert!(advice.caution.contains(word), "{}", advice.caution);
    }
}

#[test]
fn without_a_pipeline_there_is_no_document_but_a_way() {
    let advice = of(
        CredentialType::CloudAccessKey,
        "AKIAIOSFODNN7EXAMPLE",
        Platform::Aws,
        &[named(
            SelectorKind::AwsUser,
            "arn:aws:iam::471982203366:user/shop",
        )],
    );
    assert_eq!(advice.documents, []);
    assert!(advice.steps[0].contains("First say what runs it"));
}

#[test]
fn what_stores_nothing_needs_no_advice_and_every_other_type_has_some() {
    for kind in CredentialType::ALL.iter().copied() {
        let holder = Holder {
            name: "x",
            platform: Platform::Other,
            environments: &[],
            selectors: &[],
            systems: &[],
        };
        let advice = advise(CredentialId(uuid::Uuid::nil()), kind, "", &holder);
        let stored = crate::identity::rotation::max_age_days(kind).is_some();
        assert_eq!(advice.is_some(), stored, "{kind}");
    }
}

#[test]
fn a_quote_in_a_subject_stays_inside_its_string() {
    let advice = of(
        CredentialType::CloudAccessKey,
        "x",
        Platform::GoogleCloud,
        &[subject(GITHUB_ISSUER, "repo:acme/shop' || true || '")],
    );
    assert!(
        advice.documents[0].text.contains(r"\\' || true || \\'"),
        "{}",
        advice.documents[0].text
    );
}

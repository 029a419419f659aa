//! Recognises a pasted secret by its shape, so that it is refused at the door: never stored, logged or echoed.
//!
//! A key *id* (`AKIA…`), a fingerprint or a digest is a reference and passes. Shapes follow the vendors' own
//! documentation of their token prefixes.

use contract::FieldError;

/// What a secret looks like; never the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretShape {
    /// What a person calls it, with its article.
    pub label: &'static str,
}

impl SecretShape {
    /// The sentence shown beside the field.
    pub fn refusal(self) -> String {
        format!(
            "{} {}. Rollcall keeps references only: remove it, revoke it where it was made, \
             and give its key id or fingerprint instead.",
            contract::SECRET_REFUSED,
            self.label
        )
    }
}

/// A prefix, and how many characters of its alphabet follow at least.
struct Prefix {
    starts: &'static str,
    at_least: usize,
    label: &'static str,
}

const fn prefix(starts: &'static str, at_least: usize, label: &'static str) -> Prefix {
    Prefix {
        starts,
        at_least,
        label,
    }
}

const PREFIXES: &[Prefix] = &[
    prefix("github_pat_", 22, "a GitHub token"),
    prefix("ghp_", 30, "a GitHub token"),
    prefix("gho_", 30, "a GitHub token"),
    prefix("ghu_", 30, "a GitHub token"),
    prefix("ghs_", 30, "a GitHub token"),
    prefix("ghr_", 30, "a GitHub token"),
    prefix("glpat-", 16, "a GitLab token"),
    prefix("gldt-", 16, "a GitLab deploy token"),
    prefix("glrt-", 16, "a GitLab runner token"),
    prefix("glptt-", 16, "a GitLab trigger token"),
    prefix("glcbt-", 16, "a GitLab job token"),
    prefix("xoxa-", 10, "a Slack token"),
    prefix("xoxb-", 10, "a Slack token"),
    prefix("xoxe-", 10, "a Slack token"),
    prefix("xoxo-", 10, "a Slack token"),
    prefix("xoxp-", 10, "a Slack token"),
    prefix("xoxr-", 10, "a Slack token"),
    prefix("xoxs-", 10, "a Slack token"),
    prefix("xapp-", 10, "a Slack token"),
    prefix("sk-", 20, "an API secret key"),
    prefix("sk_live_", 16, "a Stripe secret key"),
    prefix("rk_live_", 16, "a Stripe restricted key"),
    prefix("AIza", 35, "a Google API key"),
    prefix("ya29.", 20, "a Google access token"),
    prefix("npm_", 30, "an npm token"),
    prefix("pypi-", 40, "a PyPI token"),
    prefix("hvs.", 20, "a Vault token"),
    prefix("hvb.", 20, "a Vault token"),
    prefix("dop_v1_", 40, "a DigitalOcean token"),
    prefix("SG.", 40, "a SendGrid key"),
    prefix("rcs_", 20, "a Rollcall source token"),
    prefix("rct_", 20, "a Rollcall API token"),
];

/// Refuses each named text that holds a secret; the secret is never repeated.
pub fn refusals<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<FieldError> {
    fields
        .into_iter()
        .filter_map(|(field, text)| {
            find(text).map(|shape| FieldError {
                field: field.to_owned(),
                message: shape.refusal(),
            })
        })
        .collect()
}

/// Finds the first secret-shaped run in a text.
pub fn find(text: &str) -> Option<SecretShape> {
    let shape = |label| Some(SecretShape { label });
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY") {
        return shape("a private key");
    }
    if has_password_in_address(text) {
        return shape("an address with a password in it");
    }
    for run in text.split(|c: char| !is_token_char(c)) {
        if let Some(found) = PREFIXES.iter().find(|p| has_prefix(run, p)) {
            return shape(found.label);
        }
        for part in parts(run) {
            if is_jwt(part) {
                return shape("a signed token (JWT)");
            }
            if is_azure_secret(part) {
                return shape("an Azure client secret");
            }
            if is_aws_secret(part) {
                return shape("an AWS secret access key");
            }
        }
    }
    None
}

const fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+' | '~')
}

/// The run, and what follows each of its slashes: a secret may end a path, and may hold slashes itself.
fn parts(run: &str) -> impl Iterator<Item = &str> {
    let run = run.trim_end_matches('.');
    std::iter::once(run).chain(run.match_indices('/').map(|(at, _)| &run[at + 1..]))
}

/// Whether the prefix stands at a word's start somewhere in the run, followed by enough of a token.
fn has_prefix(run: &str, prefix: &Prefix) -> bool {
    run.match_indices(prefix.starts).any(|(at, _)| {
        let alone = !run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let body = &run[at + prefix.starts.len()..];
        let length = body
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            .count();
        // A word such as `sk-production-deploy-pipeline` has no digit in it; a random token has several.
        let digits = body.bytes().filter(u8::is_ascii_digit).count();
        alone && length >= prefix.at_least && digits >= 2
    })
}

fn is_jwt(run: &str) -> bool {
    // Asked of every part of a path: cheap where it is none.
    if !run.starts_with("eyJ") {
        return false;
    }
    let mut parts = run.split('.');
    let (Some(head), Some(body), Some(signature)) = (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    head.starts_with("eyJ") && body.starts_with("eyJ") && body.len() > 10 && !signature.is_empty()
}

/// `abc8Q~` and 31 to 34 more characters, as Entra prints them.
fn is_azure_secret(run: &str) -> bool {
    (36..=44).contains(&run.len())
        && run
            .find("Q~")
            .is_some_and(|at| at == 4 && run.as_bytes()[3].is_ascii_digit())
}

/// Forty characters of base64 that are no digest (hex) and too random for a path.
fn is_aws_secret(run: &str) -> bool {
    let count = |test: fn(&u8) -> bool| run.bytes().filter(test).count();
    run.len() == 40
        && run
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+'))
        && !run.bytes().all(|b| b.is_ascii_hexdigit())
        && count(u8::is_ascii_digit) >= 1
        && count(u8::is_ascii_uppercase) >= 5
        && count(u8::is_ascii_lowercase) >= 5
        && entropy(run) > 4.3
}

/// Shannon entropy in bits per character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|&&n| n > 0)
        .map(|&n| f64::from(n) / length)
        .map(|p| -p * p.log2())
        .sum()
}

fn has_password_in_address(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let authority = rest
            .split(|c: char| c == '/' || c.is_whitespace())
            .next()
            .unwrap_or_default();
        authority
            .split_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Assembled at run time, so that no scanner takes this file for a leak.
    fn token(prefix: &str, body: &str) -> String {
        format!("{prefix}{body}")
    }

    #[test]
    fn common_secrets_are_recognised_wherever_they_stand() {
        let body = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        for secret in [
            token("ghp_", body),
            token("github_pat_", body),
            token("glpat-", "x9Y8z7W6v5U4t3S2r1Q0"),
            token("xoxb-", "123456789012-abcdefABCDEF"),
            token("sk-", "proj-a1B2c3D4e5F6g7H8"),
            token("sk_live_", "51H8a9B2c3D4e5F6g7"),
            token("hvs.", "CAESIJ2k3l4m5n6o7p8q9r0s"),
            token("AIza", "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"),
            token("eyJhbGciOiJSUzI1NiJ9.", "eyJzdWIiOiJyZXBvOmEvYiJ9.c2ln"),
            token("wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"),
            token("abc8Q~", "dEf0123456789GhIjKlMnOpQrStUvWxYz"),
            token("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE"),
            "postgres://app:hunter2@db.example/app".to_owned(),
        ] {
            for text in [
                secret.clone(),
                format!("please use {secret}."),
                format!("TOKEN=\"{secret}\"; echo"),
                format!("https://host/{secret}"),
            ] {
                assert!(find(&text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn references_are_no_secrets() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
            "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            "arn:aws:iam::471982203366:role/ci-payments-api-deploy",
            "repo:acme@10423/payments-api@88213:environment:production",
            "task-force-alpha-deploys-to-production",
            "sk-production-deploy-pipeline-identity",
            "https://me@tracker.example/OPS-1",
            "role/PaymentsApiDeployProductionRole20245",
            "warehouse-loader@acme-data-prod.iam.gserviceaccount.com",
            "5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn the_refusal_never_repeats_the_secret() {
        let secret = token("ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
        let refusal = find(&secret).expect("a secret").refusal();
        assert!(!refusal.contains("a1B2"), "{refusal}");
    }
}

//! Whether two identities may be one: a pipeline that was renamed, a role that was made anew, a repository that moved.
//!
//! A judgement of likeness only. Names that are certainly the same are joined when events come in
//! (`event::selectors::same`); what is alike is shown to a person, who says whether it is one.

use contract::identities::{IdentityKind, Platform, SelectorKind};

use crate::event::selectors::{Selector, key};
use crate::import::fields::environment;

/// From here on two identities are shown as alike, of 100.
pub const WORTH_SHOWING: u8 = 50;

/// What is compared of an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// Names in the outside world.
    pub selectors: Vec<Selector>,
}

/// How alike two identities are, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// 0 to 100.
    pub score: u8,
    /// The reasons, strongest first.
    pub reasons: Vec<String>,
}

/// Judges how alike two identities are; `None` below [`WORTH_SHOWING`].
pub fn likeness(one: &Profile, other: &Profile) -> Option<Likeness> {
    let mut reasons: Vec<(u8, String)> = Vec::new();
    if let Some(repository) = same_numbers(one, other) {
        reasons.push((
            70,
            format!("{repository} has the same number: it was renamed or moved"),
        ));
    }
    let (points, words) = best_name(one, other);
    if points > 0 {
        reasons.push((points, words));
    }
    if let Some(place) = same_place(one, other) {
        reasons.push((20, format!("both belong to {place}")));
    }
    // Being of one platform makes nothing alike that is not alike otherwise.
    if !reasons.is_empty() && one.platform == other.platform {
        reasons.push((10, format!("both live on {}", one.platform.label())));
    }
    reasons.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
    let score = reasons
        .iter()
        .map(|(points, _)| u16::from(*points))
        .sum::<u16>();
    let score = u8::try_from(score.min(100)).unwrap_or(100);
    (score >= WORTH_SHOWING).then(|| Likeness {
        score,
        reasons: reasons.into_iter().map(|(_, words)| words).collect(),
    })
}

/// The repository of the first whose numeric ids the second carries, too.
fn same_numbers(one: &Profile, other: &Profile) -> Option<String> {
    let ids = |selector: &Selector| key(selector.0, &selector.1, &selector.2).ids;
    one.selectors.iter().find_map(|mine| {
        let number = ids(mine)?;
        let theirs = other
            .selectors
            .iter()
            .any(|theirs| ids(theirs).as_ref() == Some(&number));
        theirs.then(|| short(&mine.2).to_owned())
    })
}

/// The likest pair of names of the two, 60 points when they say the same.
fn best_name(one: &Profile, other: &Profile) -> (u8, String) {
    let mut best = (0, String::new());
    for mine in names(one) {
        for theirs in names(other) {
            let (shared, all) = common(&words(mine), &words(theirs));
            // One shared word among many is chance.
            if shared == 0 || shared * 2 < all {
                continue;
            }
            let points = u8::try_from(60 * shared / all).unwrap_or(60);
            if points > best.0 {
                best = (points, format!("“{mine}” is like “{theirs}”"));
            }
        }
    }
    best
}

/// What an identity is called: its name, and the telling end of its names outside.
fn names(of: &Profile) -> Vec<&str> {
    let outside = of
        .selectors
        .iter()
        // A subject is a repository and a place; a key id or a number is no name.
        .filter(|(kind, _, _)| {
            !matches!(
                kind,
                SelectorKind::OidcSubject
                    | SelectorKind::AwsAccessKey
                    | SelectorKind::TokenId
                    | SelectorKind::AzureServicePrincipal
                    | SelectorKind::AzureFederatedCredential
            )
        })
        .map(|(_, _, value)| short(value));
    let mut names = vec![short(&of.name)];
    names.extend(outside);
    names.dedup();
    names
}

/// The last part of a path, an ARN or an address, without GitHub's numbers and the domain of an account.
fn short(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(before, rest)| {
        // `owner@1/name@2` is a repository, `name@project.iam…` an account.
        if rest.contains('/') { rest } else { before }
    });
    let last = name.rsplit(['/', ':']).next().unwrap_or(name);
    last.split('@').next().unwrap_or(last).trim()
}

/// The words of a name: short forms of environments are the environment, and plurals are their singular.
fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for letter in name.chars() {
        // `deployProd` is two words.
        if letter.is_uppercase() && lower {
            spaced.push(' ');
        }
        lower = letter.is_lowercase();
        spaced.extend(letter.to_lowercase());
    }
    let mut words: Vec<String> = spaced
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            if let Some(environment) = environment(word) {
                return environment.to_string();
            }
            let singular = word.strip_suffix('s').filter(|short| short.len() > 3);
            singular.unwrap_or(word).to_owned()
        })
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// How many words two names share, and how many there are.
fn common(one: &[String], other: &[String]) -> (usize, usize) {
    let shared = one.iter().filter(|word| other.contains(word)).count();
    (shared, one.len() + other.len() - shared)
}

/// The account, project or owner both belong to.
fn same_place(one: &Profile, other: &Profile) -> Option<String> {
    let places = |of: &Profile| of.selectors.iter().filter_map(place).collect::<Vec<_>>();
    let theirs = places(other);
    places(one).into_iter().find(|place| theirs.contains(place))
}

fn place(selector: &Selector) -> Option<String> {
    let value = selector.2.as_str();
    match selector.0 {
        SelectorKind::AwsRole | SelectorKind::AwsUser => value
            .split(':')
            .nth(4)
            .filter(|account| !account.is_empty())
            .map(|account| format!("the AWS account {account}")),
        SelectorKind::GcpServiceAccount => value
            .split_once('@')
            .and_then(|(_, domain)| domain.split('.').next())
            .map(|project| format!("the project {project}")),
        SelectorKind::Repository | SelectorKind::OidcSubject => {
            let value = value.strip_prefix("repo:").unwrap_or(value);
            let (owner, _) = value.split_once('/')?;
            let owner = owner.split('@').next().unwrap_or(owner).to_lowercase();
            Some(format!("the organisation {owner}"))
        }
        SelectorKind::KubernetesServiceAccount => value
            .strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split(':').next())
            .map(|namespace| format!("the namespace {namespace}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, selectors: &[(SelectorKind, &str)]) -> Profile {
        Profile {
            name: name.to_owned(),
            kind: IdentityKind::Pipeline,
            platform: Platform::GithubActions,
            selectors: selectors
                .iter()
                .map(|(kind, value)| (*kind, String::new(), (*value).to_owned()))
                .collect(),
        }
    }

    fn role(name: &str) -> Profile {
        let value = format!("arn:aws:iam::471982203366:role/{name}");
        Profile {
            platform: Platform::Aws,
            ..profile(name, &[(SelectorKind::AwsRole, &value)])
        }
    }

    #[test]
    fn deploy_prod_may_have_been_renamed() {
        let found = likeness(&role("deploy-production"), &role("deploy-prod")).expect("alike");
        assert!(found.score >= 80, "{found:?}");
        assert_eq!(
            found.reasons,
            [
                "“deploy-production” is like “deploy-prod”",
                "both belong to the AWS account 471982203366",
                "both live on AWS"
            ]
        );
        assert!(likeness(&role("deployProd"), &role("deploy-prod")).is_some());
    }

    #[test]
    fn a_renamed_repository_keeps_its_number() {
        let repository = |value| profile("x", &[(SelectorKind::Repository, value)]);
        let found = likeness(
            &repository("acme@11/till@22"),
            &profile(
                "cash desk",
                &[(SelectorKind::Repository, "acme@11/cash-desk@22")],
            ),
        )
        .expect("alike");
        assert!(found.score >= 90, "{found:?}");
        assert!(
            found.reasons[0].starts_with("till has the same number"),
            "{found:?}"
        );
        // Somebody else who registered the freed name is another.
        let stranger = profile("y", &[(SelectorKind::Repository, "evil@12/till@23")]);
        let found = likeness(&repository("acme@11/till@22"), &stranger);
        assert!(found.is_none_or(|found| found.reasons.iter().all(|why| !why.contains("number"))));
    }

    #[test]
    fn one_word_or_one_platform_in_common_is_chance() {
        assert_eq!(
            likeness(&role("deploy-prod"), &role("backup-prod-nightly-database")),
            None
        );
        assert_eq!(likeness(&role("ledger"), &role("warehouse")), None);
        let elsewhere = profile("deploy", &[]);
        assert_eq!(likeness(&elsewhere, &role("rotate keys")), None);
    }

    #[test]
    fn an_account_is_compared_by_its_own_part() {
        let account = |value| Profile {
            platform: Platform::GoogleCloud,
            ..profile(value, &[(SelectorKind::GcpServiceAccount, value)])
        };
        let found = likeness(
            &account("data-loader@acme-dwh.iam.gserviceaccount.com"),
            &account("dataloaders@acme-dwh.iam.gserviceaccount.com"),
        );
        assert_eq!(found, None, "glued words are other words");
        let found = likeness(
            &account("data-loader@acme-dwh.iam.gserviceaccount.com"),
            &account("data-loaders@acme-dwh.iam.gserviceaccount.com"),
        )
        .expect("alike");
        assert!(
            found
                .reasons
                .contains(&"both belong to the project acme-dwh".to_owned()),
            "{found:?}"
        );
    }

    #[test]
    fn likeness_is_mutual() {
        let (one, other) = (role("deploy-prod"), role("deploy-production-v2"));
        let score = |found: Option<Likeness>| found.map(|found| found.score);
        assert_eq!(score(likeness(&one, &other)), score(likeness(&other, &one)));
    }
}

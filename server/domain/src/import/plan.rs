//! What a record changes: the row as it would stand, and each changed field before and after.

use contract::identities::{
    Environment, IdentityKind, IdentityState, Platform, RiskTier, SelectorKind,
};
use contract::ids::{PersonId, TeamId};

use super::record::Identity;
use crate::identity::risk;
use crate::identity::selector::NewSelector;

/// Changed fields: name, before, after.
pub type Changes = Vec<(String, String, String)>;

/// An identity's own row, as it stands or would stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Kind.
    pub kind: IdentityKind,
    /// Platform.
    pub platform: Platform,
    /// State.
    pub state: IdentityState,
    /// Purpose.
    pub purpose: String,
    /// Ticket.
    pub ticket: String,
    /// Justification.
    pub justification: String,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Tier.
    pub tier: RiskTier,
    /// Team: id and name.
    pub team: Option<(TeamId, String)>,
    /// Owner: id and name.
    pub owner: Option<(PersonId, String)>,
    /// Backup owner: id and name.
    pub backup_owner: Option<(PersonId, String)>,
    /// Tags.
    pub tags: Vec<String>,
    /// Links: label and address.
    pub links: Vec<(String, String)>,
    /// Break-glass.
    pub break_glass: bool,
}

/// Who the record's words turned out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Team.
    pub team: Option<(TeamId, String)>,
    /// Owner.
    pub owner: Option<(PersonId, String)>,
    /// Backup owner.
    pub backup_owner: Option<(PersonId, String)>,
}

/// Why a record contradicts the roll.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// The file gives another state.
    #[error(
        "stands as {} in the roll, the file says {}; a state changes by somebody’s decision on its page, not by import",
        .standing.label().to_lowercase(), .said.label().to_lowercase()
    )]
    State {
        /// As it stands.
        standing: IdentityState,
        /// As the file says.
        said: IdentityState,
    },
    /// A new identity in a state that only a decision leads to.
    #[error(
        "is not in the roll, and a new identity cannot come in as {}; possible are discovered, requested, active and suspended",
        .0.label().to_lowercase()
    )]
    Entered(IdentityState),
    /// The owner is the backup too.
    #[error("{0} would be owner and backup owner at once")]
    OneKeeper(String),
}

/// The row a new identity would have.
///
/// # Errors
/// [`Contradiction`] when the file says what cannot be.
pub fn enter(record: &Identity, found: &Resolved) -> Result<Row, Contradiction> {
    let platform = record
        .platform
        .unwrap_or_else(|| platform_of(&record.selectors));
    let environments = record.environments.clone().unwrap_or_default();
    let owned = found.team.is_some() && found.owner.is_some();
    let state = match record.state {
        // What a vendor lists nobody has taken into the roll yet.
        _ if record.guessed => IdentityState::Discovered,
        Some(
            state @ (IdentityState::Discovered
            | IdentityState::Requested
            | IdentityState::Active
            | IdentityState::Suspended),
        ) => state,
        Some(other) => return Err(Contradiction::Entered(other)),
        None if owned => IdentityState::Active,
        None => IdentityState::Discovered,
    };
    let row = Row {
        name: record.name.clone(),
        kind: record.kind.unwrap_or_else(|| kind_of(platform)),
        platform,
        state,
        purpose: record.purpose.clone().unwrap_or_default(),
        ticket: record.ticket.clone().unwrap_or_default(),
        justification: record.justification.clone().unwrap_or_default(),
        tier: record
            .tier
            .unwrap_or_else(|| risk::tier(&environments, false).0),
        environments,
        team: found.team.clone(),
        owner: found.owner.clone(),
        backup_owner: found.backup_owner.clone(),
        tags: record.tags.clone().unwrap_or_default(),
        links: record.links.clone().unwrap_or_default(),
        break_glass: record.break_glass.unwrap_or_default(),
    };
    kept_apart(row)
}

/// The row an identity of the roll would have. What the file does not say stays; a vendor's guess fills only what is
/// empty.
///
/// # Errors
/// [`Contradiction`] when the file says what cannot be.
pub fn change(row: &Row, record: &Identity, found: &Resolved) -> Result<Row, Contradiction> {
    let mut next = row.clone();
    if record.guessed {
        fill(&mut next.purpose, record.purpose.as_ref());
        if next.environments.is_empty() {
            next.environments = record.environments.clone().unwrap_or_default();
        }
        if next.tags.is_empty() {
            next.tags = record.tags.clone().unwrap_or_default();
        }
        return Ok(next);
    }
    if let Some(said) = record.state
        && said != row.state
    {
        return Err(Contradiction::State {
            standing: row.state,
            said,
        });
    }
    next.name.clone_from(&record.name);
    set(&mut next.kind, record.kind);
    set(&mut next.platform, record.platform);
    set(&mut next.purpose, record.purpose.clone());
    set(&mut next.ticket, record.ticket.clone());
    set(&mut next.justification, record.justification.clone());
    set(&mut next.environments, record.environments.clone());
    set(&mut next.tier, record.tier);
    set(&mut next.tags, record.tags.clone());
    set(&mut next.links, record.links.clone());
    set(&mut next.break_glass, record.break_glass);
    next.team = found.team.clone().or(next.team);
    next.owner = found.owner.clone().or(next.owner);
    next.backup_owner = found.backup_owner.clone().or(next.backup_owner);
    kept_apart(next)
}

fn kept_apart(row: Row) -> Result<Row, Contradiction> {
    match (&row.owner, &row.backup_owner) {
        (Some((owner, name)), Some((backup, _))) if owner == backup => {
            Err(Contradiction::OneKeeper(name.clone()))
        }
        _ => Ok(row),
    }
}

fn set<T>(field: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *field = said;
    }
}

fn fill(field: &mut String, guess: Option<&String>) {
    if field.is_empty()
        && let Some(guess) = guess
    {
        field.clone_from(guess);
    }
}

/// Where names of these kinds live.
fn platform_of(selectors: &[NewSelector]) -> Platform {
    selectors
        .iter()
        .find_map(|selector| match selector.kind {
            SelectorKind::OidcSubject => crate::event::subject::platform(&selector.issuer),
            SelectorKind::Repository | SelectorKind::GithubActor => Some(Platform::GithubActions),
            SelectorKind::AwsRole | SelectorKind::AwsUser | SelectorKind::AwsAccessKey => {
                Some(Platform::Aws)
            }
            SelectorKind::AzureServicePrincipal | SelectorKind::AzureFederatedCredential => {
                Some(Platform::Azure)
            }
            SelectorKind::GcpServiceAccount => Some(Platform::GoogleCloud),
            SelectorKind::KubernetesServiceAccount => Some(Platform::Kubernetes),
            SelectorKind::VaultEntity => Some(Platform::Vault),
            SelectorKind::TokenId => None,
        })
        .unwrap_or(Platform::Other)
}

const fn kind_of(platform: Platform) -> IdentityKind {
    match platform {
        Platform::GithubActions | Platform::GitlabCi | Platform::AzureDevops => {
            IdentityKind::Pipeline
        }
        Platform::Kubernetes => IdentityKind::Workload,
        _ => IdentityKind::ServiceAccount,
    }
}

/// Changed fields between two rows, in the order of the page; nothing before is an empty row.
pub fn diff(before: Option<&Row>, after: &Row) -> Changes {
    let of = |row: Option<&Row>| row.map(cells).unwrap_or_default();
    let (old, new) = (of(before), of(Some(after)));
    new.into_iter()
        .enumerate()
        .map(|(i, (field, after))| {
            let before = old.get(i).map(|(_, text)| text.clone()).unwrap_or_default();
            (field.to_owned(), before, after)
        })
        .filter(|(_, before, after)| before != after)
        .collect()
}

/// Every field as a person reads it.
fn cells(row: &Row) -> Vec<(&'static str, String)> {
    let name = |of: Option<&String>| of.cloned().unwrap_or_default();
    let places: Vec<&str> = row
        .environments
        .iter()
        .map(|place| place.as_str())
        .collect();
    let links: Vec<String> = row
        .links
        .iter()
        .map(|(label, address)| format!("{label} {address}"))
        .collect();
    vec![
        ("name", row.name.clone()),
        ("kind", row.kind.to_string()),
        ("platform", row.platform.to_string()),
        ("state", row.state.to_string()),
        ("purpose", row.purpose.clone()),
        ("ticket", row.ticket.clone()),
        ("justification", row.justification.clone()),
        ("environments", places.join(", ")),
        ("tier", row.tier.to_string()),
        ("team", name(row.team.as_ref().map(|(_, name)| name))),
        ("owner", name(row.owner.as_ref().map(|(_, name)| name))),
        (
            "backup_owner",
            name(row.backup_owner.as_ref().map(|(_, name)| name)),
        ),
        ("tags", row.tags.join(", ")),
        ("links", links.join(", ")),
        (
            "break_glass",
            if row.break_glass {
                "yes".to_owned()
            } else {
                String::new()
            },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Identity {
        Identity {
            name: "shop".into(),
            purpose: Some("Deploys the shop".into()),
            environments: Some(vec![Environment::Production]),
            ..Identity::default()
        }
    }

    fn owned() -> Resolved {
        Resolved {
            team: Some((TeamId(uuid::Uuid::from_u128(1)), "Shop".into())),
            owner: Some((PersonId(uuid::Uuid::from_u128(2)), "Mira".into())),
            backup_owner: None,
        }
    }

    #[test]
    fn a_new_identity_is_active_when_somebody_answers_and_discovered_otherwise() {
        let row = enter(&record(), &owned()).expect("entered");
        assert_eq!(
            (row.state, row.tier),
            (IdentityState::Active, RiskTier::High)
        );
        let row = enter(&record(), &Resolved::default()).expect("entered");
        assert_eq!(row.state, IdentityState::Discovered);
        let vendor = Identity {
            guessed: true,
            state: Some(IdentityState::Suspended),
            ..record()
        };
        assert_eq!(
            enter(&vendor, &owned()).expect("entered").state,
            IdentityState::Discovered
        );
        let gone = Identity {
            state: Some(IdentityState::Removed),
            ..record()
        };
        assert_eq!(
            enter(&gone, &owned()),
            Err(Contradiction::Entered(IdentityState::Removed))
        );
    }

    #[test]
    fn what_is_not_said_stays_and_the_same_again_changes_nothing() {
        let row = enter(&record(), &owned()).expect("entered");
        let again = change(&row, &record(), &owned()).expect("the same");
        assert_eq!(diff(Some(&row), &again), []);
        let less = Identity {
            name: "shop".into(),
            ..Identity::default()
        };
        assert_eq!(change(&row, &less, &Resolved::default()), Ok(row));
    }

    #[test]
    fn a_change_is_told_field_by_field() {
        let row = enter(&record(), &owned()).expect("entered");
        let other = Identity {
            purpose: Some("Deploys everything".into()),
            ..record()
        };
        let next = change(&row, &other, &owned()).expect("changed");
        let text = |s: &str| s.to_owned();
        assert_eq!(
            diff(Some(&row), &next),
            [(
                text("purpose"),
                text("Deploys the shop"),
                text("Deploys everything")
            )]
        );
    }

    #[test]
    fn a_vendors_guess_never_overwrites() {
        let row = enter(&record(), &owned()).expect("entered");
        let vendor = Identity {
            guessed: true,
            name: "471982203366/shop".into(),
            kind: Some(IdentityKind::Bot),
            purpose: Some("from the vendor".into()),
            environments: Some(vec![Environment::Staging]),
            ..Identity::default()
        };
        assert_eq!(change(&row, &vendor, &Resolved::default()), Ok(row.clone()));
        let bare = Row {
            purpose: String::new(),
            ..row
        };
        let next = change(&bare, &vendor, &Resolved::default()).expect("filled");
        assert_eq!(next.purpose, "from the vendor");
    }

    #[test]
    fn a_state_is_not_changed_by_a_file() {
        let row = enter(&record(), &owned()).expect("entered");
        let other = Identity {
            state: Some(IdentityState::Suspended),
            ..record()
        };
        let refused = change(&row, &other, &owned())
            .expect_err("refused")
            .to_string();
        assert!(
            refused.contains("active") && refused.contains("suspended"),
            "{refused}"
        );
    }

    #[test]
    fn owner_and_backup_are_two_people() {
        let both = Resolved {
            backup_owner: owned().owner,
            ..owned()
        };
        assert_eq!(
            enter(&record(), &both),
            Err(Contradiction::OneKeeper("Mira".into()))
        );
    }
}

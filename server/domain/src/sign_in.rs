//! Who may come in as whom: groups to roles and teams, and when an account of the provider is one of ours.

use contract::access::{Role, SignInProblem};

/// Roles that membership in `groups` gives, sorted, each once.
pub fn roles(groups: &[String], mapping: &[(Role, String)]) -> Vec<Role> {
    let mut roles: Vec<Role> = mapping
        .iter()
        .filter(|(_, group)| groups.contains(group))
        .map(|(role, _)| *role)
        .collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// Team slugs the mapping speaks of, and of these the ones that membership in `groups` gives.
pub fn teams(groups: &[String], mapping: &[(String, String)]) -> (Vec<String>, Vec<String>) {
    let managed: Vec<String> = mapping.iter().map(|(slug, _)| slug.clone()).collect();
    let given = mapping
        .iter()
        .filter(|(_, group)| groups.contains(group))
        .map(|(slug, _)| slug.clone())
        .collect();
    (managed, given)
}

/// What the roll knows of somebody with this e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nobody has it.
    Nobody,
    /// Somebody who never signed in: from an import.
    Unlinked,
    /// Somebody who signs in with another account.
    Linked,
}

/// Judges whether an account of the provider, new to us, may become the person with its e-mail address.
///
/// # Errors
/// An unconfirmed address may be anybody's: it never takes over somebody of the roll. An address that signs in
/// with another account is never taken over at all.
pub fn link(known: Known, email_verified: bool) -> Result<(), SignInProblem> {
    match known {
        Known::Nobody => Ok(()),
        Known::Unlinked if email_verified => Ok(()),
        Known::Unlinked => Err(SignInProblem::Unverified),
        Known::Linked => Err(SignInProblem::Taken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn groups_give_roles_once_and_only_as_configured() {
        let mapping = vec![
            (Role::Auditor, "audit".to_owned()),
            (Role::Admin, "ops".into()),
            (Role::Admin, "root".into()),
        ];
        assert_eq!(
            roles(&words(&["root", "audit", "ops", "other"]), &mapping),
            vec![Role::Admin, Role::Auditor]
        );
        assert_eq!(roles(&words(&["Audit", "admin"]), &mapping), vec![]);
    }

    #[test]
    fn only_teams_of_the_mapping_are_managed() {
        let mapping = vec![
            ("payments".to_owned(), "g1".to_owned()),
            ("platform".into(), "g2".into()),
        ];
        assert_eq!(
            teams(&words(&["g2", "g3"]), &mapping),
            (words(&["payments", "platform"]), words(&["platform"]))
        );
    }

    #[test]
    fn nobody_is_taken_over() {
        assert_eq!(link(Known::Unlinked, false), Err(SignInProblem::Unverified));
        assert_eq!(link(Known::Linked, true), Err(SignInProblem::Taken));
        assert_eq!(link(Known::Unlinked, true), Ok(()));
        assert_eq!(link(Known::Nobody, false), Ok(()));
    }
}

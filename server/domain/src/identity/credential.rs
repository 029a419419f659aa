//! Credentials: how well an identity proves itself. Age is `rotation`'s.
//!
//! The ladder: federated (nothing stored) before dynamic (made on demand) before platform-managed (stored, but made and
//! rotated by the platform) before static (stored by people) before hard-coded (stored in code).

use contract::identities::{CredentialClass, CredentialType, Kept};

/// Where a credential stands on the ladder.
pub const fn class(credential: CredentialType, kept: Kept) -> CredentialClass {
    match credential {
        CredentialType::OidcFederation => CredentialClass::Federated,
        CredentialType::Dynamic => CredentialClass::Dynamic,
        CredentialType::PersonalAccessToken
        | CredentialType::ApiKey
        | CredentialType::ClientSecret
        | CredentialType::DatabasePassword
        | CredentialType::SigningKey
        | CredentialType::Certificate
        | CredentialType::SshKey
        | CredentialType::CloudAccessKey => match kept {
            Kept::Platform => CredentialClass::PlatformManaged,
            Kept::Unknown | Kept::Store => CredentialClass::Static,
            Kept::Code => CredentialClass::HardCoded,
        },
    }
}

/// The worst class among those held; unknown where none is known.
pub fn worst(credentials: impl IntoIterator<Item = (CredentialType, Kept)>) -> CredentialClass {
    credentials
        .into_iter()
        .map(|(credential, kept)| class(credential, kept))
        .max()
        .unwrap_or(CredentialClass::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ladder_goes_from_federated_down_to_hard_coded() {
        use CredentialClass::{Dynamic, Federated, HardCoded, PlatformManaged, Static};
        let ladder = [Federated, Dynamic, PlatformManaged, Static, HardCoded];
        assert!(ladder.is_sorted());
        for (kept, expected) in [
            (Kept::Platform, PlatformManaged),
            (Kept::Store, Static),
            (Kept::Unknown, Static),
            (Kept::Code, HardCoded),
        ] {
            assert_eq!(class(CredentialType::ApiKey, kept), expected);
            assert_eq!(class(CredentialType::OidcFederation, kept), Federated);
        }
    }

    #[test]
    fn one_static_secret_pulls_the_identity_down() {
        let held = |all: &[CredentialType]| worst(all.iter().map(|kind| (*kind, Kept::Store)));
        assert_eq!(
            held(&[CredentialType::OidcFederation, CredentialType::ApiKey]),
            CredentialClass::Static
        );
        assert_eq!(
            held(&[CredentialType::OidcFederation, CredentialType::Dynamic]),
            CredentialClass::Dynamic
        );
        assert_eq!(
            held(&[CredentialType::OidcFederation]),
            CredentialClass::Federated
        );
    }

    #[test]
    fn no_known_credential_is_unknown() {
        assert_eq!(worst([]), CredentialClass::Unknown);
    }
}

//! Credentials: how well an identity proves itself. Age is `rotation`'s.

use contract::identities::{CredentialClass, CredentialType};

/// Where a type stands on the ladder.
pub const fn class(credential: CredentialType) -> CredentialClass {
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
        | CredentialType::CloudAccessKey => CredentialClass::Static,
    }
}

/// The worst class among those held; unknown where none is known.
pub fn worst(credentials: impl IntoIterator<Item = CredentialType>) -> CredentialClass {
    credentials
        .into_iter()
        .map(class)
        .max()
        .unwrap_or(CredentialClass::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_static_secret_pulls_the_identity_down() {
        assert_eq!(
            worst([CredentialType::OidcFederation, CredentialType::ApiKey]),
            CredentialClass::Static
        );
        assert_eq!(
            worst([CredentialType::OidcFederation, CredentialType::Dynamic]),
            CredentialClass::Dynamic
        );
        assert_eq!(
            worst([CredentialType::OidcFederation]),
            CredentialClass::Federated
        );
    }

    #[test]
    fn no_known_credential_is_unknown() {
        assert_eq!(worst([]), CredentialClass::Unknown);
    }
}

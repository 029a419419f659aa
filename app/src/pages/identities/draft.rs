//! What was typed into the request form, carried in the address while something in it is wrong: so nothing
//! typed is lost, with JavaScript or without. A field that held a secret is carried empty, by name only.

use contract::identities::IdentityRequest;
use leptos_router::params::ParamsMap;

use crate::paths;
use crate::query::{Address, text, words};

/// The form's address with everything typed. `secrets` names the fields that were emptied.
pub fn address(form: &IdentityRequest, secrets: &[&str]) -> String {
    Address::new(paths::new_identity())
        .with("tried", "1")
        .with("name", &form.name)
        .with("kind", &form.kind)
        .with("platform", &form.platform)
        .with("purpose", &form.purpose)
        .with("ticket", &form.ticket)
        .with("justification", &form.justification)
        .with("team", &form.team)
        .with("owner", &form.owner)
        .with("backup_owner", &form.backup_owner)
        .with_each("environments", &form.environments)
        .with("credential_type", &form.credential_type)
        .with("credential_reference", &form.credential_reference)
        .with("permissions", &form.permissions)
        .with("selectors", &form.selectors)
        .with_each("secret", secrets)
        .to_string()
}

/// Reads what was typed; `None` while nothing was.
pub fn read(params: &ParamsMap) -> Option<(IdentityRequest, Vec<String>)> {
    (text(params, "tried") == "1").then(|| {
        let form = IdentityRequest {
            name: text(params, "name"),
            kind: text(params, "kind"),
            platform: text(params, "platform"),
            purpose: text(params, "purpose"),
            ticket: text(params, "ticket"),
            justification: text(params, "justification"),
            team: text(params, "team"),
            owner: text(params, "owner"),
            backup_owner: text(params, "backup_owner"),
            environments: words(params, "environments"),
            credential_type: text(params, "credential_type"),
            credential_reference: text(params, "credential_reference"),
            permissions: text(params, "permissions"),
            selectors: text(params, "selectors"),
        };
        (form, words(params, "secret"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back() {
        let form = IdentityRequest {
            name: "a & b".into(),
            environments: vec!["production".into(), "staging".into()],
            ..IdentityRequest::default()
        };
        let address = address(&form, &["ticket"]);
        let (_, query) = address.split_once('?').expect("a query");
        let mut params = ParamsMap::new();
        for pair in query.split('&') {
            let (key, value) = pair.split_once('=').expect("a pair");
            params.insert(
                key.to_owned(),
                value.replace("%20", " ").replace("%26", "&"),
            );
        }
        assert_eq!(read(&params), Some((form, vec!["ticket".to_owned()])));
        assert_eq!(read(&ParamsMap::new()), None);
    }
}

//! The claims no standard names: the groups, in whichever claim and form the provider sends them.

use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Every claim the standard does not name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Extra {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Extra {}

impl Extra {
    /// The groups: a list of names, or names in one text separated by spaces or commas. A dot in the claim's
    /// name leads into an object (`realm_access.roles`), unless a claim has that very name.
    pub fn groups(&self, claim: &str) -> Option<Vec<String>> {
        match self.find(claim)? {
            Value::Array(items) => Some(
                items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
            ),
            Value::String(text) => Some(
                text.split([' ', ','])
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            _ => None,
        }
    }

    fn find(&self, claim: &str) -> Option<&Value> {
        self.all.get(claim).or_else(|| {
            let (first, rest) = claim.split_once('.')?;
            rest.split('.')
                .try_fold(self.all.get(first)?, |value, name| value.get(name))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_in_each_form_providers_send() {
        let extra: Extra = serde_json::from_value(serde_json::json!({
            "groups": ["a", "b", 3],
            "roles": "a b,c",
            "https://example.com/groups": ["x"],
            "realm_access": { "roles": ["deep"] },
            "flag": true,
        }))
        .expect("claims");
        assert_eq!(extra.groups("groups"), Some(vec!["a".into(), "b".into()]));
        assert_eq!(
            extra.groups("roles"),
            Some(vec!["a".into(), "b".into(), "c".into()])
        );
        assert_eq!(
            extra.groups("https://example.com/groups"),
            Some(vec!["x".into()])
        );
        assert_eq!(
            extra.groups("realm_access.roles"),
            Some(vec!["deep".into()])
        );
        assert_eq!((extra.groups("flag"), extra.groups("absent")), (None, None));
    }
}

//! Words that tell a change from a look, shared by the formats whose actions are free text.

/// First words of an action that changes something.
const WRITES: &[&str] = &[
    "abandon",
    "accept",
    "activate",
    "add",
    "allow",
    "approve",
    "archive",
    "assign",
    "attach",
    "bind",
    "bulkcreate",
    "cancel",
    "change",
    "consent",
    "create",
    "deactivate",
    "delete",
    "deploy",
    "destroy",
    "detach",
    "disable",
    "enable",
    "grant",
    "hard delete",
    "import",
    "insert",
    "invite",
    "modify",
    "move",
    "patch",
    "promote",
    "publish",
    "put",
    "reassign",
    "register",
    "reject",
    "release",
    "remove",
    "rename",
    "replace",
    "reset",
    "restore",
    "revoke",
    "rotate",
    "set",
    "start",
    "stop",
    "suspend",
    "transfer",
    "unassign",
    "undelete",
    "unset",
    "unsuspend",
    "update",
    "upload",
    "upsert",
    "write",
];

/// Whether a word starts like a change, in any letter case: `deleteSecurityGroup`, `Update application`. A longer
/// word that only begins alike (`settle`, `address`) does not count.
pub(super) fn writes(action: &str) -> bool {
    WRITES.iter().any(|verb| {
        let Some(head) = action.get(..verb.len()) else {
            return false;
        };
        head.eq_ignore_ascii_case(verb)
            && action[verb.len()..].chars().next().is_none_or(|next| {
                !next.is_lowercase() || action[verb.len()..].starts_with(['d', 's'])
            })
    })
}

/// Whether any of the words stands in the text; both in lower case.
pub(super) fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_from_looks() {
        for word in [
            "create",
            "deleteSecurityGroup",
            "Update application",
            "created",
            "SetIamPolicy",
            "updated_secret",
        ] {
            assert!(writes(word), "{word}");
        }
        for word in [
            "get", "list", "settle", "address", "startup", "", "é", "GetBlob",
        ] {
            assert!(!writes(word), "{word}");
        }
    }
}

//! Vault policy capabilities on a path.

use super::{Entry, plain, strong};

pub const ENTRIES: &[Entry] = &[
    plain("read", "Read the secret {}", "Read every secret"),
    plain("list", "List secrets under {}", "List every secret"),
    strong("create", "Write the secret {}", "Write any secret"),
    strong("update", "Change the secret {}", "Change any secret"),
    strong("patch", "Change the secret {}", "Change any secret"),
    strong("delete", "Delete the secret {}", "Delete any secret"),
    strong("sudo", "Administer {}", "Administer Vault"),
    strong("write", "Write {}", "Write anything in Vault"),
    strong("*", "Do anything with {}", "Do anything in Vault"),
    strong("root", "Do anything in Vault", "Do anything in Vault"),
];

//! What a viewer is offered, by role. Only so that no page offers what would be refused: the judgement itself is the
//! access table's, behind every door.

use contract::access::{Role, Viewer};

fn any(viewer: &Viewer, roles: &[Role]) -> bool {
    viewer.roles.iter().any(|role| roles.contains(role))
}

/// Whether they run things: sources, campaigns, approvals.
pub fn keeps(viewer: &Viewer) -> bool {
    any(viewer, &[Role::Admin, Role::Security])
}

/// Whether they may ask for something and act on what is theirs.
pub fn acts(viewer: &Viewer) -> bool {
    any(viewer, &[Role::Admin, Role::Security, Role::Owner])
}

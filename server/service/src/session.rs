//! The person looking: who they are and what waits for them.

mod keep;
mod sign_in;

use contract::access::Viewer;
use domain::access::Access;

use crate::{Error, Op, Result};

pub use keep::{Kept, Lifetimes, PERSON, create, load, remove, save, sweep};
pub use sign_in::{
    Claims, actor, options, sign_in, sign_in_persona, sign_out, sign_out_everywhere,
};

/// The signed-in person with what waits for them.
///
/// # Errors
/// [`Error::Refused`] when nobody is signed in, [`Error::NotFound`] when they are gone from the roll.
pub async fn viewer(op: &Op) -> Result<Viewer> {
    op.require(Access::BeSignedIn)?;
    let person = op.person()?;
    let mut conn = op.db().acquire().await?;
    let mut viewer = store::session::viewer(&mut conn, person.id)
        .await?
        .ok_or(Error::NotFound("person"))?;
    viewer.organisation.clone_from(&op.settings().organisation);
    Ok(viewer)
}

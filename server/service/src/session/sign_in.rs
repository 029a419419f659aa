//! Signing in: who an account of the identity provider is here, and what they may do.

use contract::access::{Persona, SignInOptions, SignInProblem};
use contract::ids::PersonId;
use domain::access::{Access, Actor, Person};
use domain::sign_in::{self, Known};
use store::Tx;
use store::sign_in::{Found, Told};

use crate::op::Done;
use crate::{Error, Op, Result};

/// What the identity provider said of somebody; checked by the door.
#[derive(Debug, Clone)]
pub struct Claims {
    /// Issuer.
    pub issuer: String,
    /// Subject at the issuer: the only part that never changes.
    pub subject: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Whether the provider knows that the address is theirs.
    pub email_verified: bool,
    /// Full name.
    pub name: Option<String>,
    /// Groups.
    pub groups: Vec<String>,
}

/// What the sign-in page offers. Open to anybody.
///
/// # Errors
/// When the database cannot be asked.
pub async fn options(op: &Op) -> Result<SignInOptions> {
    let mut personas = Vec::new();
    if op.settings().demo {
        let mut conn = op.db().acquire().await?;
        for (id, name, story, roles) in store::sign_in::personas(&mut conn).await? {
            personas.push(Persona {
                id,
                name,
                story,
                roles,
            });
        }
    }
    Ok(SignInOptions {
        organisation: op.settings().organisation.clone(),
        provider: op.settings().provider.clone(),
        personas,
    })
}

/// The actor of a session: the person with roles and teams as they are now, nobody when they have left.
///
/// # Errors
/// When the actor may not, or the database cannot be asked.
pub async fn actor(op: &Op, id: PersonId) -> Result<Actor> {
    op.require(Access::Operate)?;
    let mut conn = op.db().acquire().await?;
    let person = store::sign_in::actor(&mut conn, id).await?;
    Ok(person.map_or(Actor::Anonymous, Actor::Person))
}

/// Signs somebody in: finds or adds them, brings name, roles and teams up to what the provider says. Open to
/// anybody the provider vouches for. The inner error says why they may not come in.
///
/// # Errors
/// When the database refuses.
pub async fn sign_in(
    op: &Op,
    claims: Claims,
) -> Result<std::result::Result<PersonId, SignInProblem>> {
    let Some(email) = claims.email.as_deref().filter(|email| email.contains('@')) else {
        return Ok(Err(SignInProblem::NoEmail));
    };
    let roles = sign_in::roles(&claims.groups, &op.settings().role_groups);
    let told = Told {
        issuer: &claims.issuer,
        subject: &claims.subject,
        email,
        name: claims.name.as_deref().unwrap_or(email),
        roles: &roles,
    };
    let mut tx = op.db().begin().await?;
    store::sign_in::lock(&mut tx, email).await?;
    let known = match find(&mut tx, &told, claims.email_verified).await? {
        Ok(known) => known,
        Err(problem) => return Ok(Err(problem)),
    };
    if known.as_ref().is_some_and(|known| !known.active) {
        return Ok(Err(SignInProblem::Left));
    }
    // Somebody new without a role leaves no trace; somebody known loses the roles they had.
    if known.is_none() && roles.is_empty() {
        return Ok(Err(SignInProblem::NoRole));
    }
    let id = match save(op, &mut tx, known.as_ref(), &told).await {
        Err(Error::Store(store::Error::Constraint(name))) if name == "people_email_key" => {
            return Ok(Err(SignInProblem::Taken));
        }
        saved => saved?,
    };
    let (managed, given) = sign_in::teams(&claims.groups, &op.settings().team_groups);
    store::sign_in::set_teams(&mut tx, id, &managed, &given).await?;
    op.record(&mut tx, done(id, known.as_ref(), &told)).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(if roles.is_empty() {
        Err(SignInProblem::NoRole)
    } else {
        Ok(id)
    })
}

async fn find(
    tx: &mut Tx,
    told: &Told<'_>,
    verified: bool,
) -> Result<std::result::Result<Option<Found>, SignInProblem>> {
    if let Some(known) = store::sign_in::by_subject(tx, told.issuer, told.subject).await? {
        return Ok(Ok(Some(known)));
    }
    let known = store::sign_in::by_email(tx, told.email).await?;
    let what = known.as_ref().map_or(Known::Nobody, |known| {
        if known.linked {
            Known::Linked
        } else {
            Known::Unlinked
        }
    });
    Ok(sign_in::link(what, verified).map(|()| known))
}

async fn save(op: &Op, tx: &mut Tx, known: Option<&Found>, told: &Told<'_>) -> Result<PersonId> {
    if let Some(known) = known {
        store::sign_in::update(tx, known.id, told, op.now).await?;
        return Ok(known.id);
    }
    let id = PersonId(op.new_id());
    store::sign_in::insert(tx, id, told, op.now).await?;
    Ok(id)
}

fn done(id: PersonId, known: Option<&Found>, told: &Told<'_>) -> Done {
    let list = |roles: &[contract::access::Role]| {
        roles
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let refused = told.roles.is_empty();
    let (action, verb) = if refused {
        (
            "person.sign_in_refused",
            "was refused: no group gives a role",
        )
    } else {
        ("person.signed_in", "signed in")
    };
    let mut done = Done::new(
        action,
        "person",
        &id,
        told.name,
        format!("{} {verb}", told.name),
    );
    let (before, after) = (
        known.map(|known| list(&known.roles)).unwrap_or_default(),
        list(told.roles),
    );
    if before != after {
        done = done.change("roles", before, after);
    }
    if let Some(known) = known {
        for (field, before, after) in [
            ("name", known.name.as_str(), told.name),
            ("email", known.email.as_str(), told.email),
        ] {
            if before != after {
                done = done.change(field, before, after);
            }
        }
        if !known.linked {
            done = done.change("account", "", told.issuer);
        }
    }
    done
}

/// Signs in as a persona. Only where the demo organisation is served; there, open to anybody.
///
/// # Errors
/// [`Error::NotFound`] outside the demo, or when it is no persona.
pub async fn sign_in_persona(op: &Op, id: PersonId) -> Result<PersonId> {
    if !op.settings().demo {
        return Err(Error::NotFound("persona"));
    }
    let mut tx = op.db().begin().await?;
    let persona = store::sign_in::persona(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("persona"))?;
    store::sign_in::touch(&mut tx, id, op.now).await?;
    let summary = format!("{} signed in as a demo persona", persona.name);
    op.record(
        &mut tx,
        Done::new("person.signed_in", "person", &id, persona.name, summary),
    )
    .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(id)
}

/// Notes that the person signs out here; the door ends the session itself.
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn sign_out(op: &Op) -> Result<()> {
    op.require(Access::BeSignedIn)?;
    let person = op.person()?.clone();
    let mut tx = op.db().begin().await?;
    op.record(
        &mut tx,
        said(
            &person,
            "person.signed_out",
            format!("{} signed out", person.name),
        ),
    )
    .await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Ends every session of the person, on every device, and returns how many there were.
///
/// # Errors
/// When nobody is signed in, or the database refuses.
pub async fn sign_out_everywhere(op: &Op) -> Result<u64> {
    op.require(Access::BeSignedIn)?;
    let person = op.person()?.clone();
    let mut tx = op.db().begin().await?;
    let ended = store::sessions::delete_of_person(&mut tx, person.id).await?;
    let summary = format!("{} signed out everywhere ({ended} sessions)", person.name);
    op.record(
        &mut tx,
        said(&person, "person.signed_out_everywhere", summary),
    )
    .await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(ended)
}

fn said(person: &Person, action: &'static str, summary: String) -> Done {
    Done::new(action, "person", &person.id, person.name.clone(), summary)
}

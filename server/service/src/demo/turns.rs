//! What people of the demo do with what the roll keeps: rotate a key, set a limit, explain the use of a way out, put
//! words right.

use chrono::{DateTime, TimeDelta, Utc};
use contract::identities::{
    DrillInput, EditInput, GlassMark, GlassMatch, IdentityView, PolicyInput, RotationInput,
};
use domain::demo::Identity;
use domain::demo::people::Person;
use domain::demo::rotations::{EDITS, GLASS, LIMITS};

use super::Year;
use crate::{Error, Result, break_glass, identities, rotation};

/// Uses of the way out that nobody has explained yet.
const UNEXPLAINED: usize = 2;

impl Year<'_> {
    /// Records the rotations of a stretch of time, each by the identity's owner.
    pub(super) async fn rotate(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<()> {
        for (turn, at) in self.acme.rotations(from, to) {
            let identity = self
                .acme
                .identity(turn.identity)
                .ok_or(Error::NotFound("identity of the demo"))?;
            let owner = self
                .acme
                .people
                .iter()
                .find(|p| Some(p.id) == identity.owner);
            let (Some(owner), Some(held)) = (owner, identity.credentials.first()) else {
                continue;
            };
            self.clock.set(at);
            let input = RotationInput {
                credential: held.id,
                reference: turn.reference.to_owned(),
                label: String::new(),
                rotated_on: String::new(),
                overlap_days: turn.overlap.to_string(),
            };
            rotation::record(&self.as_person(owner), &input).await?;
        }
        self.clock.set(to);
        Ok(())
    }

    /// Sets the limits that differ from the types' own.
    pub(super) async fn set_limits(&self) -> Result<()> {
        self.clock.set(self.acme.now - TimeDelta::days(60));
        for limit in LIMITS {
            let team = limit
                .team
                .and_then(|slug| self.acme.teams.iter().find(|team| team.slug == slug));
            let input = PolicyInput {
                team: team.map(|team| team.id.to_string()).unwrap_or_default(),
                identity: limit.identity.unwrap_or_default().to_owned(),
                credential_type: limit.credential_type.to_owned(),
                days: limit.days.to_string(),
                reason: limit.reason.to_owned(),
                ..PolicyInput::default()
            };
            rotation::set_policy(&self.security(), &input).await?;
        }
        Ok(())
    }

    /// An identity by its name, and who owns it.
    fn owned(&self, name: &str) -> Result<(&Identity, &Person)> {
        let missing = || Error::NotFound("identity of the demo");
        let identity = self.acme.identity(name).ok_or_else(missing)?;
        let owner = self
            .acme
            .people
            .iter()
            .find(|p| Some(p.id) == identity.owner);
        Ok((identity, owner.ok_or_else(missing)?))
    }

    /// Marks the way out, drills it, and explains all of its uses but the last.
    pub(super) async fn keep_the_way_out(&self) -> Result<()> {
        let (name, marked, drilled) = GLASS;
        let (identity, owner) = self.owned(name)?;
        let identity = identity.id;
        self.clock.set(self.acme.now - TimeDelta::days(marked));
        let mark = GlassMark {
            identity,
            marked: true,
            reason: "The one way into production while the pipeline is down.".to_owned(),
        };
        break_glass::mark(&self.security(), &mark).await?;
        self.clock.set(self.acme.now - TimeDelta::days(drilled));
        let drill = DrillInput {
            identity,
            day: String::new(),
            ticket: "OPS-2951".to_owned(),
            worked: "yes".to_owned(),
            note: "Took eleven minutes; the runbook was hard to find.".to_owned(),
        };
        break_glass::drill(&self.as_person(owner), &drill).await?;
        self.clock.set(self.acme.now);
        let glass = identities::view(&self.security(), identity)
            .await?
            .break_glass;
        let uses = glass.map(|glass| glass.uses).unwrap_or_default();
        for (n, one) in uses.iter().enumerate().skip(UNEXPLAINED) {
            self.clock.set(one.at + TimeDelta::hours(3));
            let explain = GlassMatch {
                identity,
                day: one.day.to_string(),
                ticket: format!("OPS-{}", 3_140 - n),
                note: "The deploy runner was out of order; the release could not wait.".to_owned(),
            };
            break_glass::explain(&self.as_person(owner), &explain).await?;
        }
        Ok(())
    }

    /// Puts words right, each by the identity's owner.
    pub(super) async fn put_words_right(&self) -> Result<()> {
        for edit in EDITS {
            let (identity, owner) = self.owned(edit.identity)?;
            self.clock
                .set(self.acme.now - TimeDelta::days(edit.days_ago));
            let view = identities::view(&self.as_person(owner), identity.id).await?;
            let input = EditInput {
                tags: edit.tags.to_owned(),
                links: edit.links.to_owned(),
                reason: edit.reason.to_owned(),
                ..form(&view)
            };
            identities::edit(&self.as_person(owner), &input).await?;
        }
        Ok(())
    }
}

/// The edit form as its page fills it.
fn form(view: &IdentityView) -> EditInput {
    let row = &view.row;
    let id = |id: Option<String>| id.unwrap_or_default();
    let selectors: Vec<String> = view
        .selectors
        .iter()
        .map(|s| format!("{} {} {}", s.kind, s.issuer, s.value))
        .collect();
    EditInput {
        identity: row.id.to_string(),
        version: view.version,
        name: row.name.clone(),
        purpose: row.purpose.clone(),
        ticket: view.ticket.clone(),
        justification: view.justification.clone(),
        environments: row.environments.iter().map(ToString::to_string).collect(),
        tier: row.tier.to_string(),
        team: id(row.team.as_ref().map(|team| team.id.to_string())),
        owner: id(row.owner.as_ref().map(|owner| owner.id.to_string())),
        backup_owner: id(view
            .backup_owner
            .as_ref()
            .map(|backup| backup.id.to_string())),
        selectors: selectors.join("\n"),
        ..EditInput::default()
    }
}

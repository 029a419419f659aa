//! Facts that join events to identities and to each other.
//!
//! The record knows them; they are kept beside it as well, so that judging an event does not mean reading its record
//! again. Rows kept before that was so have none: [`super::normalize::joins`] reads the record then.

use serde::{Deserialize, Serialize};

/// What the normaliser saw beside the canonical fields: ids to join by, and who the actor is *not*.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Joins {
    /// Nature of the actor.
    #[serde(skip_serializing_if = "ActorNature::is_unknown")]
    pub actor_nature: ActorNature,
    /// Access key id the call was signed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key: Option<String>,
    /// Access key id this event minted (a role session's key): later calls carry it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minted_key: Option<String>,
    /// Id of the token the actor used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// Numeric id of the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_id: Option<String>,
    /// Numeric id of the repository's owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<String>,
    /// Cloud account the event belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Pipeline definition, e.g. `.github/workflows/deploy.yml` or its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Program that made the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Permission the call exercised, e.g. `ecs:UpdateService`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
    /// Session or token handle that later events of the same holder repeat (a Vault accessor, an Entra token's
    /// unique identifier, a Kubernetes credential id).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Entra federated credential that was matched; its configuration knows the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub federated_credential: Option<String>,
    /// Application id of a service principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Who acted through whom, outermost first (Google's delegation chain).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delegation: Vec<String>,
    /// Address of the self-managed or public instance, e.g. `https://gitlab.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Why it was refused, in the vendor's word: an error code, short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Ticket the change was made under, where the record carries one (a source identity, a tag, a request's reason).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Key id the call made for somebody, e.g. by `CreateAccessKey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_key: Option<String>,
    /// Names the record gives for what was changed beside the target, as selectors spell them, most telling first:
    /// directory ids, addresses of service accounts, an access key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// As what somebody let a deployment go ahead, in words, where the record says so: `a required reviewer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Job of a pipeline the event is of, or was caused by: a deployment names its job where it does not name its run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// Runner a job ran on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner: Option<Runner>,
}

/// The machine a job ran on, as the platform names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Runner {
    /// Its name.
    pub name: String,
    /// Whether the platform owns it; unknown where the record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hosted: Option<bool>,
    /// Whether it is made for one job and thrown away; unknown where the record does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ephemeral: Option<bool>,
    /// Group it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Labels or tags a job asks for it by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
}

/// What sort of thing acted, as far as the record alone can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorNature {
    /// The record does not say.
    #[default]
    Unknown,
    /// A person: console, single sign-on, an ordinary account.
    Person,
    /// The platform itself, acting for nobody in the organisation.
    Platform,
    /// A pipeline run.
    Pipeline,
    /// An account or role used by a program.
    Program,
    /// A bot or app account.
    Bot,
}

impl ActorNature {
    /// Whether the record does not say.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

impl Joins {
    /// As it is kept: JSON, members that say nothing left out.
    ///
    /// # Panics
    /// Never: texts and words are JSON.
    pub fn kept(&self) -> String {
        serde_json::to_string(self).expect("texts and words are JSON")
    }

    /// Reads what was kept; `None` where it cannot be read.
    pub fn of_kept(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let nothing = Joins::default();
        assert_eq!(nothing.kept(), "{}");
        let whole = Joins {
            actor_nature: ActorNature::Pipeline,
            access_key: Some("ASIA\"\u{202e}".into()),
            delegation: vec!["a".into(), "b".into()],
            changed: vec!["loader@p.iam.gserviceaccount.com".into()],
            runner: Some(Runner {
                name: "r".into(),
                hosted: Some(false),
                labels: vec!["linux".into()],
                ..Runner::default()
            }),
            ..Joins::default()
        };
        for joins in [nothing, whole] {
            assert_eq!(Joins::of_kept(&joins.kept()), Some(joins));
        }
        assert_eq!(Joins::of_kept("7"), None);
    }
}

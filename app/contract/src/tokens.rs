//! API tokens: for machines that read the feed and the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Page;
use crate::ids::{IdentityId, PersonId, TokenId, WorkloadRuleId};

flat_enum! {
    /// What a token may do.
    Scope {
        FeedRead = "feed:read", "Read the event feed and the stories of runs";
        InventoryRead = "inventory:read", "Read identities, findings and campaigns";
        InventoryWrite = "inventory:write", "Ask for identities, import, edit, adopt and retire them; rotations, limits, departures";
        FindingsWrite = "findings:write", "Acknowledge, except and reopen findings";
        CampaignsWrite = "campaigns:write", "Prepare, start, end and seal campaigns, hand items on; templates; steps of their tasks";
        SourcesRead = "sources:read", "Read sources";
        SourcesWrite = "sources:write", "Make and change sources";
        DestinationsRead = "destinations:read", "Read destinations";
        DestinationsWrite = "destinations:write", "Make, pause, rewind and remove destinations";
        TokensRead = "tokens:read", "Read tokens and the rules by which pipelines sign in";
        TokensWrite = "tokens:write", "Make, rotate and revoke tokens that may do no more than this one";
        ActivityRead = "activity:read", "Read the activity record";
    }
}

/// A row of the tokens page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// First characters, to recognise it by.
    pub hint: String,
    /// Scopes.
    pub scopes: Vec<Scope>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
    /// Last use.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Slugs of the teams whose rows it sees; none means all.
    pub teams: Vec<String>,
    /// Networks it may come from; none means any.
    pub networks: Vec<String>,
    /// Itself, as an identity of the inventory.
    pub identity: Option<IdentityId>,
    /// A newer token has taken its place; it works until it expires.
    pub rotated: bool,
    /// Subject of the pipeline it was given to; absent for a token somebody made.
    pub subject: Option<String>,
}

/// What the token form sends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TokenInput {
    /// What it is for.
    pub name: String,
    /// Scope words.
    pub scopes: Vec<String>,
    /// Days until it expires, 1 to 90; 30 when absent.
    pub days: Option<i64>,
    /// Slugs of the teams whose rows it sees; none means all.
    pub teams: Vec<String>,
    /// Networks it may come from, e.g. `192.0.2.0/24`; none means any.
    pub networks: Vec<String>,
    /// Team that answers for it, by slug; the maker's when absent.
    pub team: Option<String>,
    /// Person who answers for it; the maker when absent.
    pub owner: Option<PersonId>,
}

/// A rule by which a pipeline's own token is exchanged for one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRule {
    /// Its id.
    pub id: WorkloadRuleId,
    /// What it is for.
    pub name: String,
    /// Issuer whose tokens it takes.
    pub issuer: String,
    /// Audience they must be meant for.
    pub audience: String,
    /// Who is admitted, in the octo-sts language.
    pub document: String,
    /// What it admits, in a sentence.
    pub admits: String,
    /// What the tokens given may do.
    pub scopes: Vec<Scope>,
    /// Slugs of the teams whose rows they see; none means all.
    pub teams: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it last gave a token.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// What makes such a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorkloadRuleInput {
    /// What it is for.
    pub name: String,
    /// Audience; our public address when empty.
    pub audience: String,
    /// Who is admitted, in the octo-sts language, as YAML or JSON.
    pub document: String,
    /// Scope words.
    pub scopes: Vec<String>,
    /// Slugs of the teams whose rows its tokens see; none means all.
    pub teams: Vec<String>,
}

/// A token a pipeline was given for its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchanged {
    /// The token, shown once.
    pub token: String,
    /// Seconds it works.
    pub seconds: i64,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

/// A shell that asks for a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceLogin {
    /// The code people compare.
    pub code: String,
    /// What the shell calls itself.
    pub name: String,
    /// What it asks for.
    pub scopes: Vec<Scope>,
    /// When it asked.
    pub created_at: DateTime<Utc>,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
}

/// A token just made; shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenCreated {
    /// The row of the list.
    pub row: TokenRow,
    /// The token, shown once.
    pub token: String,
}

/// The tokens page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// Tokens, newest first.
    pub page: Page<TokenRow>,
    /// The present moment as the server knew it.
    pub now: DateTime<Utc>,
}

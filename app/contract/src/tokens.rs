//! API tokens: for machines that read the feed and the API.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Page;
use crate::ids::TokenId;

flat_enum! {
    /// What a token may do.
    Scope {
        FeedRead = "feed:read", "Read the event feed";
        InventoryRead = "inventory:read", "Read identities, findings and campaigns";
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

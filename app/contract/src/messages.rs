//! Messages Rollcall writes to people.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

flat_enum! {
    /// How a message goes.
    Channel {
        Email = "email", "E-mail";
        Webhook = "webhook", "Webhook";
    }
}

flat_enum! {
    /// What became of a message.
    MessageState {
        Waiting = "waiting", "Waiting";
        Sent = "sent", "Sent";
        Failed = "failed", "Not delivered";
        NoChannel = "no_channel", "No channel configured";
    }
}

/// One message: whom it told, when and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// To whom.
    pub to: String,
    /// Their address; empty for a webhook.
    pub address: String,
    /// How.
    pub channel: Channel,
    /// What kind: reminder, escalation, micro-review.
    pub kind: String,
    /// Its subject.
    pub subject: String,
    /// What became of it.
    pub state: MessageState,
    /// When it was handed over.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why it could not be handed over.
    pub problem: String,
}

//! Identities: what acts without a person. Judgements on its lifecycle, request, credentials, permissions,
//! trust and risk. What a finding says about it lives in `finding`; how events name it in `event`.

pub mod break_glass;
pub mod code_owners;
pub mod credential;
pub mod departure;
pub mod edit;
pub mod federation;
pub mod lifecycle;
pub mod permission;
pub mod reason;
pub mod request;
pub mod review;
pub mod risk;
pub mod rotation;
pub mod secret;
pub mod selector;
pub mod similar;
pub mod ticket;

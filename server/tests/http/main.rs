//! The whole router in-process, against a fresh database for each test. The tree mirrors `server/src/http`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

mod access;
mod activity;
mod answers;
mod api;
mod api_campaigns;
mod api_discovered;
mod api_imports;
mod api_notices;
mod api_reality;
mod api_repositories;
mod api_stories;
mod api_templates;
mod api_trust_tests;
mod auth;
mod campaigns;
mod certificate;
mod clients;
mod docs;
mod doors;
mod explorer;
mod faults;
mod feed;
mod headers;
mod imports;
mod issued;
mod limits;
mod machines;
mod oidc;
mod postback;
mod problems;
mod provider;
mod pull;
mod push;
mod record;
mod remote;
mod rooms;
mod same_origin;
mod schema;
mod senders;
mod syslog;
mod tokens;
mod told;
mod two_teams;
mod world;

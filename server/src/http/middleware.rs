//! What stands around every handler. Outermost first: request id and log line, security headers, problems
//! drawn, time limit; then, on doors with a cookie: same-origin, session, actor.

pub mod actor;
pub mod headers;
pub mod problems;
pub mod request_id;
pub mod same_origin;

//! Server functions, one file per area, same names as `pages`. A body opens the operation, calls the
//! service, and returns a contract view; nothing else.

pub mod session;

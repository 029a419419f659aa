//! The `rollcall` binary: everything it does is in the library, so that the tests reach it.

use std::process::ExitCode;

/// Events are thousands of small texts, made on one thread and dropped on another: glibc's allocator took about 7 % of
/// ingest's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    server::cli::main()
}

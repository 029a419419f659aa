//! The `rollcall` binary: everything it does is in the library, so that the tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::main()
}

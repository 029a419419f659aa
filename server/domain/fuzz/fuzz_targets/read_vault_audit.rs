//! Records of `vault_audit`; the tests run the same body on a fixed set.
#![no_main]

#[path = "../../tests/event_fuzz/read.rs"]
mod read;

libfuzzer_sys::fuzz_target!(|data: &[u8]| read::read("vault_audit", data));

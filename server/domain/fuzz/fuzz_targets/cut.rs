//! Deliveries of every wrapping; the tests run the same body on a fixed set.
#![no_main]

#[path = "../../tests/event_fuzz/cut.rs"]
mod cut;

libfuzzer_sys::fuzz_target!(|data: &[u8]| cut::cut(data));

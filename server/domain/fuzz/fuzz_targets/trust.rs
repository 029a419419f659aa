//! Every reader and judge of trust on arbitrary bytes; the tests run the same body on a fixed set.
#![no_main]

#[path = "../../tests/trust/poke.rs"]
mod poke;

libfuzzer_sys::fuzz_target!(|data: &[u8]| poke::poke(data));

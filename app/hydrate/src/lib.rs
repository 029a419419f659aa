//! The browser's entry point: a panic hook and `hydrate_islands`. No logic, ever.

// The islands are exported by `app`; naming it links them.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the browser for the islands of the server-rendered document.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}

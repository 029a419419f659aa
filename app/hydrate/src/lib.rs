//! The browser's entry point: a panic hook and `hydrate_body`. No logic, ever.

use wasm_bindgen::prelude::wasm_bindgen;

/// Attaches the application to the server-rendered document.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
}

//! The built browser files, and the application's own page for addresses nobody knows.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use leptos_axum::file_and_error_handler_with_context;
use tower_http::services::ServeDir;

use super::AppState;
use super::pages::context;

/// Serves files below the site folder, compressed ones first; everything else is "there is nothing here".
pub fn routes(state: &AppState) -> Router<AppState> {
    let services = state.services.clone();
    let options = state.leptos.clone();
    let unknown = file_and_error_handler_with_context::<AppState, _>(
        move || context(&services),
        move |_| app::shell::shell(options.clone()),
    );
    let unknown = Router::new().fallback(unknown).with_state(state.clone());
    let files = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(unknown);
    Router::new()
        .fallback_service(files)
        .layer(from_fn(revalidate))
}

/// File names carry no version: browsers keep them, and ask whether they are still good.
async fn revalidate(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.headers().contains_key(header::LAST_MODIFIED) {
        response.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, no-cache"),
        );
    }
    response
}

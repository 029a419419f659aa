//! The HTML document around the application. Server only: the browser hydrates what stands in `<body>`.
//!
//! The content security policy forbids inline code and style: scripts are files (`/theme.js` before the first
//! paint, `/rollcall-ui.js` after parsing), and the one inline script, the hydration loader, carries the nonce.

use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::App;

/// Draws the document: the head, then the application as the only content of `<body>`.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#101415" media="(prefers-color-scheme: dark)"/>
                <meta name="referrer" content="same-origin"/>
                <script src="/theme.js"></script>
                <link rel="stylesheet" id="style" href=style/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <script src="/rollcall-ui.js" defer></script>
                <AutoReload options=options.clone()/>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

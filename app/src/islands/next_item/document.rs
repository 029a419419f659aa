//! The review page as a document in the browser's hands: fetched, taken off the screen, put on it.
//!
//! What is swapped is the content of `<main>`. Parts marked `data-fresh` (the queue with its counts, the way back
//! from the last answer, what is left) are replaced from the newest document whatever item is in sight.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::js_sys::{self, Array, Date};
use leptos::web_sys::{
    DocumentFragment, Element, FormData, Headers, HtmlElement, HtmlFormElement, HtmlInputElement,
    HtmlTemplateElement, HtmlTextAreaElement, RequestInit, Response, Url, UrlSearchParams,
};

/// Parts outside and inside of `<main>` that the newest document refreshes.
const FRESH: [&str; 5] = ["queue", "undo", "undo-form", "action", "rail"];
const QUEUE: &str = "[data-fresh=queue]";
/// The form of the item in sight.
pub const FORM: &str = "form.review";

/// What a request brought, after redirects.
pub struct Reply {
    /// Path and query it ended at.
    pub address: String,
    /// The item that was decided, as the address names it.
    pub done: Option<String>,
    /// The document, inert.
    pub document: DocumentFragment,
}

/// Gets a page, or posts an encoded form to it.
///
/// # Errors
/// What the browser says when the request did not come through.
pub async fn ask(address: &str, form: Option<&str>) -> Result<Reply, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "text/html")?;
    let request = RequestInit::new();
    if let Some(form) = form {
        headers.set("content-type", "application/x-www-form-urlencoded")?;
        request.set_method("POST");
        request.set_body(&JsValue::from_str(form));
    }
    request.set_headers(&headers);
    let answer = window().fetch_with_str_and_init(address, &request).await?;
    let response: Response = answer.dyn_into()?;
    let at = Url::new(&response.url())?;
    let text = response.text()?.await?.as_string().unwrap_or_default();
    let template: HtmlTemplateElement = document().create_element("template")?.dyn_into()?;
    // A template's content is inert: no script of it runs, nothing of it is loaded.
    template.set_inner_html(&text);
    Ok(Reply {
        address: at.pathname() + &at.search(),
        done: at.search_params().get("done"),
        document: template.content(),
    })
}

/// An item's page off the screen, with everything typed into it.
pub struct Page {
    content: DocumentFragment,
    title: String,
    /// When it was fetched or taken off the screen, in milliseconds: until it is shown, nobody spends time on it.
    since: f64,
}

impl Page {
    /// Takes an item's page out of a document; nothing where it is another page.
    pub fn of(document: &DocumentFragment) -> Option<Self> {
        let main = within(document, "main")?;
        main.query_selector(FORM).ok()??;
        let title = within(document, "title")?.text_content()?;
        Some(Self {
            content: drained(&main),
            title,
            since: Date::now(),
        })
    }

    /// Which item it is about.
    pub fn item(&self) -> Option<String> {
        let field = within(&self.content, "form.review [name=item]")?;
        Some(field.dyn_into::<HtmlInputElement>().ok()?.value())
    }

    /// Puts it on the screen and gives back what stood there. The queue in sight, which is the newest, stays.
    pub fn put(self) -> Option<Self> {
        let main = find("main")?;
        let queue = find(QUEUE);
        let scrolled = queue.as_ref().map_or(0, Element::scroll_top);
        if let (Some(queue), Some(older)) = (&queue, within(&self.content, QUEUE)) {
            exchange(queue, &older);
        }
        self.shift();
        let before = Self {
            content: drained(&main),
            title: document().title(),
            since: Date::now(),
        };
        let _ = main.append_child(&self.content);
        if let Some(queue) = queue {
            queue.set_scroll_top(scrolled);
        }
        document().set_title(&self.title);
        release();
        Some(before)
    }

    /// Moves the moment it was shown at on by the time nobody saw it.
    fn shift(&self) -> Option<()> {
        let field = within(&self.content, "form.review [name=shown_at]")?;
        let field: HtmlInputElement = field.dyn_into().ok()?;
        let shown: DateTime<Utc> = field.value().parse().ok()?;
        let unseen = Duration::try_from_secs_f64((Date::now() - self.since) / 1_000.0).ok()?;
        let unseen = TimeDelta::from_std(unseen).ok()?;
        field.set_value(&(shown + unseen).to_rfc3339());
        Some(())
    }
}

/// The form of the item in sight, encoded as the browser would with this button.
pub fn encoded(form: &HtmlFormElement, button: (&str, &str)) -> Option<String> {
    let fields = UrlSearchParams::new().ok()?;
    let typed = FormData::new_with_form(form).ok()?;
    for pair in js_sys::try_iter(&typed).ok()?? {
        let pair: Array = pair.ok()?.dyn_into().ok()?;
        fields.append(&pair.get(0).as_string()?, &pair.get(1).as_string()?);
    }
    fields.append(button.0, button.1);
    Some(String::from(fields.to_string()))
}

/// Addresses of the open items, in the queue's order.
pub fn open_items() -> Vec<String> {
    let rows = find("#queue > ul").map(|list| links(&list));
    rows.unwrap_or_default()
        .iter()
        .filter_map(|link| link.get_attribute("href"))
        .collect()
}

/// Takes over what a newer document says of the queue.
pub fn refresh(newer: &DocumentFragment) {
    for part in FRESH {
        let part = format!("[data-fresh={part}]");
        if let (Some(old), Some(new)) = (find(&part), within(newer, &part)) {
            let scrolled = old.scroll_top();
            let _ = old.replace_with_with_node_1(&new);
            new.set_scroll_top(scrolled);
        }
    }
}

/// Marks in the queue which item is in sight, and says how far the answers on the others are: `word` of an address,
/// and of whether the queue counts it as open. Hints come back where there is nothing more to say.
pub fn mark(shown: &str, word: impl Fn(&str, bool) -> Option<&'static str>) {
    for (list, open) in [("#queue > ul", true), ("#queue > details > ul", false)] {
        for link in find(list).map(|list| links(&list)).unwrap_or_default() {
            let address = link.get_attribute("href").unwrap_or_default();
            let _ = if address == shown {
                link.set_attribute("aria-current", "true")
            } else {
                link.remove_attribute("aria-current")
            };
            if let Ok(Some(hint)) = link.query_selector("small") {
                say(&hint, word(&address, open));
            }
        }
    }
}

/// Writes a word over a hint, or the hint again.
fn say(hint: &Element, word: Option<&str>) {
    const WAS: &str = "data-was";
    match (word, hint.get_attribute(WAS)) {
        (Some(word), was) => {
            if was.is_none() {
                let _ = hint.set_attribute(WAS, &hint.text_content().unwrap_or_default());
            }
            hint.set_text_content(Some(word));
        }
        (None, Some(was)) => {
            hint.set_text_content(Some(&was));
            let _ = hint.remove_attribute(WAS);
        }
        (None, None) => {}
    }
}

/// The name of the item in sight.
pub fn name() -> String {
    find("#item-h")
        .and_then(|head| head.text_content())
        .unwrap_or_default()
}

/// The field for the reason of the item in sight.
pub fn reason() -> Option<HtmlTextAreaElement> {
    find("form.review textarea[name=reason]")?.dyn_into().ok()
}

/// Whether the person is writing, or has written something into the item in sight.
pub fn is_typing() -> bool {
    reason().is_some_and(|field| {
        let focused = document().active_element();
        focused.is_some_and(|at| at == *field.unchecked_ref::<Element>())
            || field.default_value().is_ok_and(|was| was != field.value())
    })
}

/// Puts the focus where the reason is written; stray keys land there and decide nothing.
pub fn to_reason() {
    let heading = || find("#answer")?.dyn_into::<HtmlElement>().ok();
    let field = reason().map(JsCast::unchecked_into::<HtmlElement>);
    if let Some(place) = field.or_else(heading) {
        let _ = place.focus();
    }
}

/// Begins the page at its top.
pub fn to_top() {
    let main = find("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(main) = main {
        let _ = main.focus();
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Lets nothing be done with the item in sight while its answer is all that is waited for.
pub fn hold() {
    if let Some(main) = find("main") {
        let _ = main.set_attribute("inert", "");
    }
}

/// Ends [`hold`].
pub fn release() {
    if let Some(main) = find("main") {
        let _ = main.remove_attribute("inert");
    }
}

/// The first element of the page that fits.
pub fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn within(part: &DocumentFragment, selector: &str) -> Option<Element> {
    part.query_selector(selector).ok().flatten()
}

fn links(list: &Element) -> Vec<Element> {
    let rows = list.children();
    (0..rows.length())
        .filter_map(|at| rows.item(at)?.query_selector("a").ok().flatten())
        .collect()
}

/// Puts each of two elements where the other stands.
fn exchange(one: &Element, other: &Element) {
    if let Ok(place) = document().create_element("span") {
        let _ = one.replace_with_with_node_1(&place);
        let _ = other.replace_with_with_node_1(one);
        let _ = place.replace_with_with_node_1(other);
    }
}

/// Everything in an element, taken out of it.
fn drained(from: &Element) -> DocumentFragment {
    let kept = document().create_document_fragment();
    while let Some(child) = from.first_child() {
        if kept.append_child(&child).is_err() {
            break;
        }
    }
    kept
}

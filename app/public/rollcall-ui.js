// Comfort on top of pages that work without it: theme, rail, dialogs, copying, keys, live filters, the brush.
// Everything is delegated from the document, so it survives client-side navigation, and it only touches what the
// application does not own: attributes of <html>, the open state of dialogs, focus, form values, `hidden`, `title`,
// and what is in a place marked for it (`data-tail`, `data-again`).
(() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const target = (id) => (id ? document.getElementById(id.replace(/^#/, "")) : null);
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const stored = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const remember = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // A private window without storage: the choice lasts as long as the page.
    }
  };

  // == Going somewhere: through a link, so that the router takes it where there is one
  const go = (href) => {
    const link = document.createElement("a");
    link.href = href;
    link.dataset.noscroll = "";
    link.hidden = true;
    root.append(link); // outside <body>, which the application owns
    link.click();
    link.remove();
  };
  const addressOf = (form) => {
    const url = new URL(form.getAttribute("action") || location.pathname, location.href);
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "") query.append(name, value);
    url.search = query;
    return url.href;
  };
  const announce = (words) => {
    let region = target("announcer");
    if (!region) {
      region = document.createElement("div");
      region.id = "announcer";
      region.className = "vh";
      region.setAttribute("role", "status");
      root.append(region);
    }
    region.textContent = "";
    requestAnimationFrame(() => (region.textContent = words));
  };

  // == What is chosen in a strip of tabs is in sight, however narrow the screen
  const showChosen = () => {
    for (const chosen of all(":is(.tabs, .views) [aria-current]")) {
      const strip = chosen.parentElement;
      const past = chosen.offsetLeft - strip.offsetLeft + chosen.offsetWidth - strip.clientWidth;
      if (past > 0) strip.scrollLeft = past + chosen.offsetWidth;
    }
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", showChosen);
  else showChosen();

  // == Theme and rail
  const nextTheme = () => {
    const next = { light: "dark", dark: "" }[root.dataset.theme] ?? "light";
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    remember("theme", next);
  };
  const railClosed = () =>
    root.dataset.rail === "closed" || (root.dataset.rail !== "open" && matchMedia("(max-width: 1199.98px)").matches);
  const toggleRail = () => {
    root.dataset.rail = railClosed() ? "open" : "closed";
    remember("rail", root.dataset.rail);
  };

  // == Dialogs
  const open = (dialog) => {
    if (!dialog?.showModal || dialog.open) return;
    if (dialog.id === "palette") {
      const field = target("palette-q");
      field.value = "";
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    dialog.showModal();
    $("input:not([type=hidden]), textarea, select", dialog)?.focus();
  };
  const close = (dialog) => {
    if (dialog.open) dialog.close();
    if (location.hash === `#${dialog.id}`) location.replace("#main");
  };

  // One whose form needs another look came open with its page.
  for (const dialog of all("dialog[data-again]")) {
    dialog.close();
    dialog.showModal();
    ($("[aria-invalid]", dialog) ?? $("input:not([type=hidden]), textarea, select", dialog))?.focus();
  }

  // == Copying: removed lines of a difference stay behind
  const textOf = (element) => {
    const lines = all(".l, ins", element).map((line) => line.textContent);
    return lines.length ? lines.join("\n") : element.textContent.trim();
  };
  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copyText ?? textOf(target(button.dataset.copy)));
      button.dataset.copied = "";
      announce("Copied");
      setTimeout(() => delete button.dataset.copied, 1500);
    } catch {
      announce("Copying is not allowed here");
    }
  };

  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const at = (selector) => event.target.closest(selector);
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
    if (at("[data-theme-toggle]")) return nextTheme();
    if (at("[data-rail-toggle]")) return toggleRail();
    const copier = at("[data-copy], [data-copy-text]");
    if (copier) return void copy(copier);
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const opener = at("[data-dialog]");
    const dialog = at("dialog");
    if (opener || at("[data-close]") || event.target.matches("dialog[open]")) {
      event.preventDefault();
      return opener ? open(target(opener.dataset.dialog)) : dialog && close(dialog);
    }
    const link = at("a[href]");
    if (!link) return;
    if (link.getAttribute("href").startsWith("#")) {
      // Links within the page stay with the browser: the router's pushState would not move :target.
      event.stopPropagation();
      if (link.hash === "#search") requestAnimationFrame(() => target("q")?.focus());
    } else {
      if (dialog) close(dialog);
      if (location.hash === "#rail" && link.closest("#rail")) location.replace("#main");
    }
  });

  // == Live filters: a changed facet is a new address
  const countSelected = () => {
    const words = $("[data-selected]");
    if (words) words.textContent = `${all("tbody .sel input:checked").length} selected`;
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-keys-toggle]")) return remember("keys", event.target.checked ? "" : "off");
    const form = event.target.closest("form[data-live]");
    if (form && event.target.matches("input[type=checkbox], input[type=radio], select")) go(addressOf(form));
    if (event.target.matches("[data-select-all]")) {
      for (const box of all("tbody .sel input", event.target.closest("table"))) box.checked = event.target.checked;
      countSelected();
    }
    if (event.target.matches("tbody .sel input")) countSelected();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-live], form[role=search]")) return;
    event.preventDefault();
    const dialog = form.closest("dialog");
    if (dialog) close(dialog);
    go(addressOf(form));
  });

  // == Palette
  const jumps = () => all("#palette .jump").filter((jump) => !jump.closest("li").hidden);
  const choose = (chosen) => {
    for (const jump of all("#palette .jump[data-chosen]")) delete jump.dataset.chosen;
    if (!chosen) return;
    chosen.dataset.chosen = "";
    chosen.scrollIntoView({ block: "nearest" });
  };
  const filterJumps = (typed) => {
    const words = typed.trim().toLowerCase();
    for (const jump of all("#palette .jump")) {
      jump.closest("li").hidden = words !== "" && !("found" in jump.dataset) && !jump.textContent.toLowerCase().includes(words);
    }
    choose(words ? jumps()[0] : null);
  };
  document.addEventListener("input", (event) => {
    if (event.target.id === "palette-q") filterJumps(event.target.value);
  });
  const paletteKey = (event) => {
    if (event.key === "Escape") {
      // A search field would only empty itself.
      event.preventDefault();
      return close(target("palette"));
    }
    const list = jumps();
    const index = list.findIndex((jump) => "chosen" in jump.dataset);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.length) {
      event.preventDefault();
      const from = index < 0 && step < 0 ? 0 : index;
      choose(list[(from + step + list.length) % list.length]);
    } else if (event.key === "Enter" && index >= 0) {
      event.preventDefault();
      list[index].click();
    }
  };

  // == Keys
  const leave = () => {
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      if (menu.contains(document.activeElement)) $("summary", menu).focus();
    }
    if (["#rail", "#search", "#filters", "#queue"].includes(location.hash)) location.replace("#main");
  };
  const search = () => {
    if (matchMedia("(max-width: 899.98px)").matches) location.replace("#search");
    target("q")?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return open(target("palette"));
    }
    if (event.target.id === "palette-q") return paletteKey(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") leave();
    if (typing(event.target) || $("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      return search();
    }
    // A key held down is pressed once: it must not answer item after item.
    if (event.repeat || (event.key.length === 1 && stored("keys") === "off")) return;
    const button = $(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // The switch in the settings shows what this browser remembers
  const showKeys = () => {
    const toggle = $("[data-keys-toggle]");
    if (toggle) toggle.checked = stored("keys") !== "off";
  };
  showKeys();
  addEventListener("load", showKeys);

  // == Progress the server tells; without a script the page shows it as it stands
  for (const bar of all("progress[data-progress]")) {
    const words = $("[data-progress-words]", bar.parentElement);
    const stream = new EventSource(bar.dataset.progress);
    stream.addEventListener("progress", (event) => {
      const told = JSON.parse(event.data);
      if (told.max) {
        bar.max = told.max;
        bar.value = told.value;
      }
      if (words && words.textContent !== told.words) words.textContent = told.words;
    });
    stream.addEventListener("done", () => {
      stream.close();
      location.reload();
    });
  }

  // == Figures that are still being counted: read again from this very page while somebody looks at it. It ends after
  // ten minutes, so that a forgotten tab does not keep its session alive.
  for (const place of all("[data-again]")) {
    let looks = 120;
    const timer = setInterval(async () => {
      if (document.hidden) return;
      if ((looks -= 1) < 0) return clearInterval(timer);
      try {
        const answer = await fetch(location.href, { headers: { accept: "text/html" } });
        if (!answer.ok || answer.redirected) return clearInterval(timer);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.getElementById(place.id);
        // What somebody has the focus in is left where it is.
        if (!next || next.innerHTML === place.innerHTML || place.contains(document.activeElement)) return;
        place.replaceChildren(...next.childNodes);
      } catch {
        // The server is away for a moment: the next look may find it.
      }
    }, 5000);
    addEventListener("pagehide", () => clearInterval(timer));
  }

  // == Live tail: rows come into a place of their own; the list below stays where it is
  for (const tail of all("[data-tail]")) {
    const rows = $(".tail-rows", tail);
    const state = $("[data-tail-state]", tail);
    const stream = new EventSource(tail.dataset.tail);
    const row = (told) => {
      const item = document.createElement("li");
      const time = document.createElement("time");
      time.dateTime = told.at;
      time.textContent = told.clock;
      const link = document.createElement("a");
      link.href = told.href;
      link.textContent = told.sentence;
      const rest = document.createElement("span");
      rest.textContent = [told.who, told.outcome].filter(Boolean).join(", ");
      item.append(time, link, rest);
      return item;
    };
    stream.addEventListener("open", () => (state.textContent = "Listening"));
    stream.addEventListener("error", () => (state.textContent = "Reconnecting"));
    stream.addEventListener("events", (event) => {
      for (const told of JSON.parse(event.data)) rows.prepend(row(told));
      while (rows.children.length > 200) rows.lastChild.remove();
      state.textContent = `${rows.children.length} new`;
    });
    addEventListener("pagehide", () => stream.close());
  }

  // == Names on the closed rail, and one's own time beside a moment
  document.addEventListener("pointerover", (event) => {
    const place = event.target.closest?.(".nav a");
    if (place && railClosed()) place.title = $("span", place).textContent;
    else place?.removeAttribute("title");
    const time = event.target.closest?.("time[datetime][title]");
    const moment = time && new Date(time.dateTime);
    if (!time || time.title.includes("\n") || Number.isNaN(moment.valueOf())) return;
    time.title += `\n${moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" })}, your time`;
  });

  // == Brush: dragging fills From and To, which are there for everybody
  let drag = null;
  const share = (svg, event) => {
    const box = svg.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  const instant = (svg, part) => {
    const [start, end] = [Number(svg.dataset.start), Number(svg.dataset.end)];
    return new Date((start + (end - start) * part) * 1000).toISOString().slice(0, 16);
  };
  const ends = () => [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
  const drawBrush = () => {
    const [from, to] = ends();
    drag.rect.setAttribute("x", `${from * 100}%`);
    drag.rect.setAttribute("width", `${(to - from) * 100}%`);
  };
  document.addEventListener("pointerdown", (event) => {
    const svg = event.target.closest?.("svg[data-brush]");
    if (!svg || event.button !== 0) return;
    event.preventDefault();
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("class", "brush");
    rect.setAttribute("height", "84");
    const from = share(svg, event);
    drag = { svg, rect, from, to: from };
    svg.append(rect);
    drawBrush();
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = share(drag.svg, event);
    drawBrush();
  });
  addEventListener("pointerup", () => {
    if (!drag) return;
    const [from, to] = ends();
    const { svg, rect } = drag;
    drag = null;
    rect.remove();
    const form = target(svg.dataset.brush);
    if (!form || to - from < 0.005) return;
    form.elements.from.value = instant(svg, from);
    form.elements.to.value = instant(svg, to);
    go(addressOf(form));
  });
})();

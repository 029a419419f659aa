// Loaded in the head, before the first paint, so that a remembered theme or rail never flashes.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    const rail = localStorage.getItem("rail");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (rail === "open" || rail === "closed") root.dataset.rail = rail;
  } catch {
    // A private window without storage: the system's theme is right.
  }
})();

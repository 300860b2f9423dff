// Progressive enhancement only: everything below is also a link or a form post.
// No inline script, no eval, nothing written as markup (trusted types stay on).
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  // Toast: one polite live region, 8 s, never takes the focus, never for errors.
  const toast = one(".toast");
  let timer;
  const say = (text) => {
    if (!toast) return;
    one("span", toast).textContent = text;
    toast.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => { toast.hidden = true; }, 8000);
  };

  // Theme: the form posts the choice to the person's preferences; with script the page
  // switches at once and the post goes in the background.
  all("form[data-theme-form]").forEach((form) => form.addEventListener("submit", (event) => {
    event.preventDefault();
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const next = dark ? "light" : "dark";
    root.dataset.theme = next;
    all("form[data-theme-form]").forEach((each) => { each.elements.theme.value = next; });
    const body = new URLSearchParams(new FormData(form));
    fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "manual" })
      .catch(() => form.submit());
  }));

  // Copy: the button is hidden until script can serve it.
  all("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard
      .writeText(button.dataset.copy || location.href)
      .then(() => say(button.dataset.copied || "")));
  });
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });

  // Heatmap: one tab stop, arrows, Home and End move inside.
  const heat = one(".heat");
  if (heat) {
    const rows = all("tbody tr", heat).map((row) => all("a.cell", row)).filter((row) => row.length);
    rows.flat().forEach((cell) => { cell.tabIndex = -1; });
    if (rows[0]) rows[0][0].tabIndex = 0;
    heat.addEventListener("keydown", (event) => {
      const y = rows.findIndex((row) => row.includes(event.target));
      if (y < 0) return;
      const x = rows[y].indexOf(event.target);
      const to = {
        ArrowRight: [y, x + 1], ArrowLeft: [y, x - 1], ArrowDown: [y + 1, x],
        ArrowUp: [y - 1, x], Home: [y, 0], End: [y, rows[y].length - 1],
      }[event.key];
      const next = to && rows[to[0]]?.[to[1]];
      if (!next) return;
      event.preventDefault();
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  // The menu sheet closes on Escape and gives the focus back.
  all("details[data-menu]").forEach((menu) => menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    one("summary", menu).focus();
  }));

  // "/" focuses the page's filter, unless the person is typing.
  document.addEventListener("keydown", (event) => {
    const filter = one("[data-filter]");
    if (event.key !== "/" || !filter || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    filter.focus();
  });

  // A region that waits for something asks again while it is on the page and in view; the link
  // in it does the same without script. Nothing moves while a person is typing.
  const refresh = () => {
    const waiting = one("main [data-refresh]");
    if (!waiting) return;
    setTimeout(() => {
      const main = one("main");
      const typing = main.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
      if (document.hidden || typing) { refresh(); return; }
      fetch(location.href, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((text) => {
          const fresh = one("main", new DOMParser().parseFromString(text, "text/html"));
          if (fresh) main.replaceChildren(...fresh.childNodes);
          refresh();
        })
        .catch(() => {});
    }, 1000 * (Number(waiting.dataset.refresh) || 2));
  };
  refresh();

  // After a refused form the focus goes to the summary of what is wrong.
  one("[data-errors]")?.focus();
})();

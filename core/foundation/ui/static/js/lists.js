/* Lists: J and K walk, Enter opens, X selects; what is selected gets a header of its own; filters send themselves. */

const table = document.querySelector("[data-rows]");

if (table) {
  const rows = () => [...table.querySelectorAll("[data-row]")];
  const current = () => table.querySelector("tr.cur");
  const free = (event) =>
    document.body.dataset.shortcuts !== "off" &&
    !event.defaultPrevented &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey &&
    !document.querySelector("dialog[open]") &&
    !event.target.closest("input:not([type=checkbox]), textarea, select, button, [contenteditable], summary");

  const walk = (step) => {
    const all = rows();
    const now = all.indexOf(current());
    const next = all[now < 0 ? 0 : Math.min(Math.max(now + step, 0), all.length - 1)];
    if (!next) return;
    current()?.classList.remove("cur");
    next.classList.add("cur");
    next.scrollIntoView({ block: "nearest" });
    /* The link of the row takes the focus, so that a screen reader says where one is and Enter opens it. */
    next.querySelector("a")?.focus({ preventScroll: true });
  };

  document.addEventListener("keydown", (event) => {
    if (!free(event)) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      walk(key === "j" ? 1 : -1);
      event.preventDefault();
    } else if (key === "x" && current()) {
      current().querySelector("[data-select]")?.click();
      event.preventDefault();
    }
  });
}

/* ---- Selection ---- */

const selection = document.querySelector("[data-selection]");

if (selection) {
  const boxes = () => [...document.querySelectorAll("[data-select]")];
  const all = selection.querySelector("[data-select-all]");

  const show = () => {
    const chosen = boxes().filter((box) => box.checked);
    selection.hidden = chosen.length === 0;
    selection.querySelector("[data-selected]").textContent = String(chosen.length);
    all.checked = chosen.length === boxes().length;
    all.indeterminate = !all.checked && chosen.length > 0;
    for (const box of boxes()) box.closest("tr")?.classList.toggle("on", box.checked);
  };
  const set = (checked) => {
    for (const box of boxes()) box.checked = checked;
    show();
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select]")) show();
    if (event.target === all) set(all.checked);
  });
  selection.querySelector("[data-select-none]").addEventListener("click", () => set(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !selection.hidden && !document.querySelector("dialog[open], details.wm-pop[open]")) set(false);
  });
  show();
}

/* ---- Filters: a choice sends itself, several of a menu once it closes. Empty ones do not clutter the address. ---- */

for (const form of document.querySelectorAll("[data-filters]")) {
  const menus = form.querySelectorAll("details");
  form.querySelector("[data-filter-send]").classList.add("visually-hidden");
  form.addEventListener("change", (event) => {
    const menu = event.target.closest("details");
    if (menu) menu.dataset.changed = "yes";
    else if (event.target.matches("select, [type=checkbox], [type=radio]")) form.requestSubmit();
  });
  for (const menu of menus) {
    menu.addEventListener("toggle", () => {
      if (!menu.open && menu.dataset.changed) form.requestSubmit();
    });
  }
  form.addEventListener("submit", () => {
    for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
  });
  addEventListener("pageshow", () => {
    for (const field of form.elements) field.disabled = false;
    for (const menu of menus) delete menu.dataset.changed;
  });
}

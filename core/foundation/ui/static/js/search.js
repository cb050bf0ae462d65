/* The search box: what htmx finds while one types stands under it; arrows walk through it, Esc leaves. */

const form = document.querySelector("[data-search]");

if (form) {
  const field = form.querySelector("input");
  const found = form.querySelector(".wm-found");
  const links = () => [...found.querySelectorAll("a")];
  const hide = () => (found.hidden = true);

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target === found) found.hidden = !field.value.trim();
  });
  field.addEventListener("input", () => {
    if (!field.value.trim()) hide();
  });
  field.addEventListener("focus", () => {
    if (field.value.trim() && found.childElementCount) found.hidden = false;
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) hide();
  });
  form.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !form.contains(event.relatedTarget)) hide();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !found.hidden) {
      event.preventDefault();
      field.focus();
      hide();
    } else if (event.key === "Escape" && event.target === field) {
      field.blur();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !found.hidden) {
      const all = [field, ...links()];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = all[all.indexOf(document.activeElement) + step];
      if (next) next.focus();
      event.preventDefault();
    }
  });
}

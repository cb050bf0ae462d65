/* The shell: menu, theme, toasts, the way back. Its switches are forms that work without this file. */

const TOAST_STAYS = 10_000;

/* ---- Switches: seen at once, remembered by the server. ---- */

async function remember(form, submitter) {
  const response = await fetch(form.action, { method: "POST", body: new FormData(form, submitter), redirect: "manual" });
  if (response.status >= 400) form.submit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const { submitter } = event;
  if (form.matches("[data-nav-toggle]")) {
    event.preventDefault();
    const narrow = document.getElementById("wm-shell").classList.toggle("narrow");
    submitter.setAttribute("aria-pressed", String(narrow));
    remember(form, submitter);
    submitter.value = narrow ? "0" : "1";
  } else if (form.matches("[data-theme-switch]")) {
    event.preventDefault();
    setTheme(submitter.value);
    for (const button of form.querySelectorAll("button")) {
      button.classList.toggle("on", button === submitter);
      button.setAttribute("aria-pressed", String(button === submitter));
    }
    remember(form, submitter);
  }
});

function setTheme(theme) {
  const dark = theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  document.documentElement.dataset.theme = theme;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
}

/* ---- Toasts: long enough to press Undo, longer while somebody looks at them. ---- */

function letGo(toast) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), TOAST_STAYS);
  };
  const hold = () => clearTimeout(timer);
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, wait);
  const closer = toast.querySelector("[data-toast-close]");
  closer.hidden = false;
  closer.addEventListener("click", () => toast.remove());
  wait();
}

for (const toast of document.querySelectorAll("#wm-toasts [data-toast]")) letGo(toast);

/* A view answers htmx with the header HX-Trigger: {"wm:toast": {"text": "…"}}. */
document.addEventListener("wm:toast", (event) => {
  const toast = document.getElementById("wm-toast")?.content.firstElementChild.cloneNode(true);
  if (!toast) return;
  toast.querySelector("span").textContent = event.detail.text;
  document.getElementById("wm-toasts").append(toast);
  letGo(toast);
});

/* ---- The way back from an error page. ---- */

for (const link of document.querySelectorAll("[data-back]")) {
  if (history.length < 2) continue;
  link.hidden = false;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.back();
  });
}

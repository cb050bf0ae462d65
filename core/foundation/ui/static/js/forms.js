/* Forms: sent once, left only knowingly, kind to scanners. Each works without this file, less kindly. */

/* After so long a form may be sent again: its answer may have been a file, which leaves the page as it is. */
const ANSWERED = 15_000;
/* So long a button says what it did. */
const SAID = 2_000;
const MARKS = "[data-reveal], [data-picker], [data-take], [data-copy]";

/* ---- Sent once: a second submit waits for the answer of the first. ---- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter ?? form.querySelector("button:not([type=button])");
  button?.setAttribute("aria-busy", "true");
  setTimeout(allowAgain, ANSWERED);
});

function allowAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
}

/* The page comes back from the browser's memory, or htmx has answered: the form may be sent again. */
addEventListener("pageshow", allowAgain);
document.addEventListener("htmx:finally:request", allowAgain);

/* ---- Left only knowingly. ---- */

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.matches("[data-guard]")) form.dataset.unsaved = "yes";
});

addEventListener("beforeunload", (event) => {
  const unsaved = document.querySelector("form[data-guard][data-unsaved]:not([data-sent])");
  if (unsaved) event.preventDefault();
});

/* ---- A question before what cannot be undone. ---- */

document.addEventListener(
  "submit",
  (event) => {
    const question = event.target.dataset.confirm;
    if (question && !confirm(question)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  true,
);

/* ---- A scanner ends what it types with Enter: in its field that moves on and never submits. ---- */

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (event.key !== "Enter" || !(field instanceof HTMLInputElement) || !field.matches("[data-scan]")) return;
  event.preventDefault();
  const fields = [...field.form.elements].filter(
    (each) => !each.disabled && each.type !== "hidden" && each.offsetParent !== null && each.tabIndex >= 0,
  );
  const next = fields.slice(fields.indexOf(field) + 1).find((each) => each.matches("input, select, textarea"));
  (next ?? field).focus();
  field.dispatchEvent(new CustomEvent("wm:scanned", { bubbles: true, detail: { value: field.value } }));
});

/* ---- Passwords, days, stored values. ---- */

const written = { ro: (day) => day.split("-").reverse().join("."), en: englishDay };

function englishDay(day) {
  const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${months[month - 1]} ${year}`;
}

function setValue(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function pickDay(button) {
  const field = document.getElementById(button.dataset.picker);
  const picker = document.createElement("input");
  picker.type = "date";
  picker.className = "wm-picker";
  picker.tabIndex = -1;
  picker.setAttribute("aria-hidden", "true");
  button.after(picker);
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    const time = field.value.match(/\d{1,2}:\d{2}\s*$/)?.[0] ?? "";
    const day = (written[document.documentElement.lang] ?? written.en)(picker.value);
    setValue(field, field.name.endsWith("_at") || time ? `${day} ${time}`.trim() : day);
    picker.remove();
    field.focus();
  });
  picker.addEventListener("blur", () => picker.remove());
  picker.showPicker();
}

/* The button says for a moment that it has copied; without access to the clipboard the text is selected instead. */
async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    return;
  }
  const before = [...button.childNodes];
  button.replaceChildren(button.dataset.copied);
  button.setAttribute("aria-live", "polite");
  setTimeout(() => button.replaceChildren(...before), SAID);
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.("[data-select-on-focus]")) event.target.select();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest(MARKS);
  if (!button) return;
  if (button.dataset.reveal) {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  } else if (button.dataset.picker) {
    pickDay(button);
  } else if (button.dataset.copy) {
    copy(button);
  } else {
    setValue(document.getElementById(button.dataset.take), button.dataset.value);
  }
});

/* What needs this file is hidden until it is here; a new summary of errors takes the focus, to be read out first. */
function prepare() {
  for (const button of document.querySelectorAll(MARKS)) button.hidden = false;
  const summary = document.querySelector("[data-focus]");
  summary?.focus();
  summary?.removeAttribute("data-focus");
}

prepare();
document.addEventListener("htmx:after:swap", prepare);

/* ---- Fields that only one choice of another control has, such as those of one equipment type. ---- */

function narrow() {
  for (const part of document.querySelectorAll("[data-narrowed-by]")) {
    const control = document.getElementsByName(part.dataset.narrowedBy)[0];
    if (control) part.hidden = control.value !== part.dataset.narrowing;
  }
  for (const section of document.querySelectorAll("[data-section]:has([data-narrowed-by])")) {
    const controls = [...section.querySelectorAll("input, select, textarea")];
    section.hidden = controls.every((each) => each.closest("[data-narrowed-by][hidden]"));
  }
}

narrow();
document.addEventListener("change", narrow);

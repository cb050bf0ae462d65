/*
 * Keyboard. data-key="c" on a link, button or field is pressed (or focused) by that letter, data-key="g f" by two in a row,
 * data-key-label names it in the help. Single letters are off inside fields, and wholly where the reader switched them off
 * (WCAG 2.1.4); Ctrl and Esc always work. data-save and data-save-main mark what Ctrl S and Ctrl Enter press.
 */

const SEQUENCE = 1200;
const singles = document.body.dataset.shortcuts !== "off";
let first = "";
let forget = 0;

function typing(target) {
  return target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

function visible(element) {
  return element.checkVisibility({ visibilityProperty: true }) && !element.disabled && !element.closest("[inert]");
}

/* While a dialog is open only what is in it answers. */
function scope() {
  return [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
}

function find(keys) {
  return [...scope().querySelectorAll(`[data-key="${CSS.escape(keys)}"]`)].find(visible);
}

function press(element) {
  if (element.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) {
    element.focus();
    element.select?.();
  } else {
    element.click();
  }
}

function choose(number) {
  const dialog = document.querySelector("dialog[open]");
  const choices = dialog ? [...dialog.querySelectorAll("input[type=radio]")].filter((each) => !each.disabled) : [];
  const choice = choices[number - 1];
  if (choice) {
    choice.click();
    choice.focus();
  }
  return Boolean(choice);
}

function save(main) {
  const root = scope();
  const form = document.activeElement?.form ?? root.querySelector("form[data-guard]");
  const marked = root.querySelector(main ? "[data-save-main]" : "[data-save]");
  const button = marked ?? form?.querySelector("button.btn-primary") ?? root.querySelector(".wm-actions .btn-primary");
  if (!button) return false;
  button.click();
  return true;
}

function single(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (first) {
    const found = find(`${first} ${key}`);
    first = "";
    if (found) press(found);
    return Boolean(found);
  }
  if (key === "g" && scope().querySelector("[data-key^='g ']")) {
    first = key;
    clearTimeout(forget);
    forget = setTimeout(() => (first = ""), SEQUENCE);
    return true;
  }
  if (/^[1-9]$/.test(key)) return choose(Number(key));
  if (key === "/") {
    const search = document.querySelector("[data-search] input");
    if (search && scope() === document) press(search);
    return Boolean(search);
  }
  const found = find(key);
  if (found) press(found);
  return Boolean(found);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  let done = false;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    if (event.key === "s") done = save(false);
    if (event.key === "Enter") done = save(true);
  } else if (singles && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    done = single(event);
  }
  if (done) event.preventDefault();
});

/* ---- The help names the keys of this page. ---- */

const here = document.querySelector("[data-keys-here]");

if (here) {
  const known = new Set();
  for (const element of document.querySelectorAll("[data-key][data-key-label]")) {
    if (known.has(element.dataset.key)) continue;
    known.add(element.dataset.key);
    const term = document.createElement("dt");
    for (const key of element.dataset.key.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key.toUpperCase();
      term.append(kbd, " ");
    }
    const text = document.createElement("dd");
    text.textContent = element.dataset.keyLabel;
    here.append(term, text);
  }
}

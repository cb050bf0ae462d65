/* Dialogs and popovers. Without this file :target opens dialogs and <details> opens popovers. */

function openDialog(dialog) {
  if (dialog.open) return;
  dialog.showModal();
  dialog.querySelector("[autofocus], .in input:not([type=hidden]), .in select, .in textarea, footer .btn")?.focus();
}

function dialogOf(link) {
  const hash = link.getAttribute("href");
  if (!hash?.startsWith("#") || hash.length < 2) return null;
  const found = document.getElementById(decodeURIComponent(hash.slice(1)));
  return found instanceof HTMLDialogElement ? found : null;
}

function closePopovers(except) {
  for (const pop of document.querySelectorAll("details.wm-pop[open]")) {
    if (!pop.contains(except)) pop.open = false;
  }
}

let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  const closer = event.target.closest("[data-close]");
  if (closer && closer.closest("dialog[open]")) {
    event.preventDefault();
    closer.closest("dialog").close();
  } else if (link && dialogOf(link)) {
    event.preventDefault();
    openDialog(dialogOf(link));
  } else if (event.target instanceof HTMLDialogElement && event.target.open && pressed === event.target) {
    /* A click on the dialog itself, beside all that it holds, is one on the ground behind it; text drawn over its edge is not. */
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  closePopovers(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const pop = document.querySelector("details.wm-pop[open]");
  if (!pop) return;
  pop.open = false;
  pop.querySelector("summary").focus();
});

/* A dialog that its address or its page names is open from the start, as a modal one. */
function openAtStart() {
  const named = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  const dialog = named instanceof HTMLDialogElement ? named : document.querySelector("dialog[data-open]");
  if (named instanceof HTMLDialogElement) history.replaceState(history.state, "", location.pathname + location.search);
  if (!dialog) return;
  delete dialog.dataset.open;
  openDialog(dialog);
}

openAtStart();

/* A dialog that htmx brought opens when it is there. */
document.addEventListener("htmx:after:swap", () => {
  const dialog = document.querySelector("dialog[data-open]:not([open])");
  if (!dialog) return;
  delete dialog.dataset.open;
  openDialog(dialog);
});

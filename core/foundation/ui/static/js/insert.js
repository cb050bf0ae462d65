/*
 * Puts what a button names into a field, at the cursor: data-insert="{year}" inside data-insert-into="id of the field", or, without an id,
 * the field of the form that had the cursor last. Without this file the places are read and typed.
 */

for (const row of document.querySelectorAll("[data-insert-into]")) row.hidden = false;

let last = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea, input[type=text], input:not([type])")) last = event.target;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const id = button.closest("[data-insert-into]").dataset.insertInto;
  const field = id ? document.getElementById(id) : last;
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

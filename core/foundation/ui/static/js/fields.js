/* Settings of the shop's own fields: dragged into order, and the list of choices shown where the kind has one. */

/* ---- Dragged into order: the buttons up and down do the same. ---- */

for (const table of document.querySelectorAll("[data-sortable]")) {
  let dragged = null;
  for (const grip of table.querySelectorAll(".wm-grip")) grip.hidden = false;
  table.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("tr[draggable]");
    event.dataTransfer.effectAllowed = "move";
  });
  table.addEventListener("dragover", (event) => {
    const row = event.target.closest("tr[draggable]");
    if (!dragged || !row) return;
    event.preventDefault();
    if (row === dragged) return;
    const above = row.compareDocumentPosition(dragged) & Node.DOCUMENT_POSITION_PRECEDING;
    row[above ? "after" : "before"](dragged);
  });
  table.addEventListener("dragend", () => {
    if (!dragged) return;
    const rows = [...table.querySelectorAll("tr[draggable]")];
    const at = rows.indexOf(dragged) + 1;
    if (String(at) !== dragged.dataset.place) send(dragged.querySelector("form[data-move]"), at);
    dragged = null;
  });
}

function send(form, at) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "at";
  field.value = String(at);
  form.append(field);
  form.requestSubmit();
}

/* ---- Choices, where the kind has a list of them. ---- */

const kind = document.querySelector("select[name=kind]");
const lists = document.querySelectorAll("[data-for-kinds]");

function show() {
  for (const list of lists) list.hidden = !list.dataset.forKinds.split(" ").includes(kind.value);
}

if (kind && lists.length) {
  kind.addEventListener("change", show);
  show();
}

/*
 * The intake by keyboard: Enter moves on and never submits, the first client found is one Enter away, chips fill the term,
 * the foot repeats the deal. Without this file the search has a button and everything is typed.
 */

const form = document.querySelector("[data-intake]");
const quick = document.querySelector("[data-quick]");

function put(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/* ---- The term by chips; also where a ticket is changed. ---- */

if (quick) {
  const day = document.querySelector("[name=due_day]");
  const mark = () => {
    for (const chip of quick.querySelectorAll("[data-due]")) {
      const on = chip.dataset.due === day.value;
      chip.classList.toggle("on", on);
      chip.setAttribute("aria-pressed", String(on));
    }
  };
  quick.hidden = false;
  quick.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-due]");
    if (chip) put(day, chip.dataset.due === day.value ? "" : chip.dataset.due);
    mark();
  });
  day.addEventListener("input", mark);
  mark();
}

if (form) {
  const question = form.elements.q;
  const part = (name) => [...form.querySelectorAll(`[name=${name}]`)];
  const chosen = (name) => part(name).find((radio) => radio.checked);
  const firstFound = () => part("client_id").find((radio) => radio.value);

  /* ---- Enter moves on. ---- */

  const stops = () =>
    [...form.elements].filter(
      (each) => each.matches("input:not([type=hidden]), select, textarea") && each.checkVisibility() && !each.disabled,
    );

  const next = (field) => {
    const all = stops();
    const behind = all.slice(all.indexOf(field) + 1);
    /* A group of radios is one stop. */
    return behind.find((each) => each.type !== "radio" || (each.name !== field.name && (each.checked || !chosen(each.name))));
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key === "ArrowDown" && field === question && firstFound()) {
      event.preventDefault();
      choose(firstFound());
      return;
    }
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || field.matches("textarea, button, a")) return;
    event.preventDefault();
    if (field === question && firstFound()) choose(chosen("client_id")?.value ? chosen("client_id") : firstFound());
    else next(field)?.focus();
  });

  function choose(radio) {
    if (!radio.checked) radio.click();
    radio.focus();
  }

  /* ---- A new client takes over what was typed into the search. ---- */

  form.addEventListener("change", (event) => {
    if (event.target.dataset.new === "client") takeOver();
    if (event.target.name === "client_id" || event.target.name === "equipment_id") tell();
  });

  function takeOver() {
    const name = form.elements["client-name"];
    const phone = form.elements["client-phone"];
    const text = question.value.trim();
    if (!text || name.value || phone.value) return;
    put(/^[+\d][\d\s().\-/]*$/.test(text) ? phone : name, text);
  }

  question.addEventListener("blur", () => {
    if (!chosen("client_id")?.value && !firstFound()) takeOver();
  });

  /* A client that is chosen anew brings its newest device along, if it has one. */
  document.addEventListener("htmx:after:swap", () => {
    const devices = part("equipment_id").filter((radio) => radio.value);
    const none = part("equipment_id").find((radio) => !radio.value);
    if (!part("equipment_id").some((radio) => radio.checked)) (devices[0] ?? none).checked = true;
    if (!part("client_id").some((radio) => radio.checked)) part("client_id").find((radio) => !radio.value).checked = true;
    tell();
  });

  /* ---- The foot repeats the deal. ---- */

  const words = (radio) => radio?.closest(".wm-pick")?.querySelector("b")?.textContent ?? "";
  const value = (name) => form.elements[name]?.value.trim() ?? "";

  function tell() {
    const client = chosen("client_id")?.value ? words(chosen("client_id")) : value("client-name");
    const device = chosen("equipment_id")?.value
      ? words(chosen("equipment_id"))
      : [value("equipment-manufacturer"), value("equipment-model")].filter(Boolean).join(" ");
    const unit = form.elements.estimate?.nextElementSibling?.textContent ?? "";
    const estimate = value("estimate") ? `${value("estimate")} ${unit}` : "";
    const due = value("due_day");
    const deal = {
      device,
      client: device && client ? `· ${client}` : client,
      dot: (device || client) && (estimate || due) ? "·" : "",
      estimate,
      due: estimate && due ? `· ${due}` : due,
    };
    for (const [name, text] of Object.entries(deal)) {
      const place = document.querySelector(`[data-deal=${name}]`);
      if (place) place.textContent = text;
    }
  }

  form.addEventListener("input", tell);
  tell();
}

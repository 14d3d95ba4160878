// Words that were typed into a form and not sent are kept at the desk for the person who typed them, so that they
// outlive a reload, the end of a session and a restart. Every form with room for sentences is kept; the address that it
// is sent to is the draft's place. What the desk does not answer to is kept in the window meanwhile.

import { dropDraft, findDrafts, keepDraft, keyOfMine, RESTS } from "./drafts/desk_drafts.js";
import { isSame, putFields, readFields } from "./drafts/form_fields.js";

const { restored, restoredOverNewer, discard } = document.body.dataset;
const forms = new Map(); // form -> { address, place, first, timer }

const inWindow = (place) => keyOfMine(`draft ${place}`);

function heldInWindow(place) {
  try {
    return JSON.parse(sessionStorage.getItem(inWindow(place)));
  } catch {
    return null;
  }
}

function hold(form) {
  const known = forms.get(form);
  const values = readFields(form);
  sessionStorage.setItem(inWindow(known.place), JSON.stringify({ first: known.first, values, sent: false }));
  return { first: known.first, values };
}

async function keep(form, keepalive = false) {
  const known = forms.get(form);
  clearTimeout(known.timer);
  known.timer = undefined;
  if (isSame(readFields(form), known.first)) return drop(known.place);
  const { first, values } = hold(form);
  await keepDraft(known.place, [first, values], keepalive);
}

function drop(place) {
  sessionStorage.removeItem(inWindow(place));
  return dropDraft(place);
}

function restore(form, [first, values]) {
  const known = forms.get(form);
  if (!putFields(form, values, first, known.first)) return drop(known.place);
  // What is back must be seen: a form may stand in something that is closed.
  for (let around = form.closest("details"); around; around = around.parentElement.closest("details"))
    around.open = true;
  const note = document.createElement("p");
  note.className = "note warn";
  note.setAttribute("role", "status");
  note.textContent = `${isSame(first, known.first) ? restored : restoredOverNewer} `;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: discard });
  button.addEventListener("click", () => {
    putFields(form, known.first);
    note.remove();
    drop(known.place);
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  note.append(button);
  form.prepend(note);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function isKept(form) {
  return form.method === "post" && !("noDraft" in form.dataset) && form.querySelector("textarea, [data-draft]");
}

// getAttribute: a field named "action" would hide the form's own property.
const addressOf = (action) => new URL(action ?? "", location.href).pathname;

async function watch() {
  const found = [...document.forms].filter((form) => isKept(form) && !forms.has(form));
  if (!found.length) return;
  for (const form of forms.keys()) if (!form.isConnected) forms.delete(form);
  for (const form of found) {
    const address = addressOf(form.getAttribute("action"));
    // Of several forms with one address each has a place of its own.
    const same = [...document.forms].filter((other) => addressOf(other.getAttribute("action")) === address);
    const number = same.indexOf(form);
    forms.set(form, { address, place: number ? `${address}#${number}` : address, first: readFields(form) });
  }
  // What the window holds is there at once; the desk's answer may come when somebody types already.
  const waiting = found.filter((form) => {
    const held = heldInWindow(forms.get(form).place);
    if (!held || held.sent || "refused" in form.dataset) return true;
    restore(form, [held.first, held.values]);
    return false;
  });
  if (!waiting.length) return;
  const kept = await findDrafts(waiting.map((form) => forms.get(form).place));
  for (const form of waiting) {
    const { place } = forms.get(form);
    const held = heldInWindow(place);
    if ("refused" in form.dataset) {
      // The refused form holds what was typed; it is a draft until it is sent and taken.
      forms.get(form).first = held?.first ?? kept?.[place]?.[0] ?? [];
      keep(form);
      continue;
    }
    // A form that was sent and taken has no draft at the desk any more.
    if (held?.sent && kept && !kept[place]) sessionStorage.removeItem(inWindow(place));
    else if (held?.sent) restore(form, [held.first, held.values]);
    else if (kept?.[place]) restore(form, kept[place]);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.form ?? event.target;
  const known = forms.get(form);
  if (!known) return;
  hold(form);
  clearTimeout(known.timer);
  known.timer = setTimeout(() => keep(form), RESTS);
});
document.addEventListener("submit", ({ target, submitter }) => {
  const known = forms.get(target);
  if (!known) return;
  clearTimeout(known.timer);
  known.timer = undefined;
  const address = addressOf(submitter?.getAttribute("formaction") ?? target.getAttribute("action"));
  known.sends = address === known.address || "sends" in (submitter?.dataset ?? {});
  if (known.sends) sessionStorage.setItem(inWindow(known.place), JSON.stringify({ ...hold(target), sent: true }));
});
document.addEventListener("formdata", ({ target, formData }) => {
  const known = forms.get(target);
  if (known?.sends) formData.append("_draft", known.place);
});
// htmx sends without leaving the page: what was taken is no draft.
document.addEventListener("htmx:after:request", ({ detail }) => {
  const form = detail.ctx?.sourceElement?.closest?.("form");
  const known = form && forms.get(form);
  if (!known?.sends || !detail.ctx.response || detail.ctx.response.status >= 400) return;
  known.sends = false;
  known.first = readFields(form);
  sessionStorage.removeItem(inWindow(known.place));
});
document.addEventListener("htmx:after:swap", watch);
addEventListener("pagehide", () => {
  for (const [form, { timer }] of forms) if (timer) keep(form, true);
});
watch();

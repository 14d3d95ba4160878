// Keys and dragging on the calendar. Without this file everything is done by links and by the form of an edition.

const calendar = document.querySelector("[data-calendar]");
const form = document.querySelector("#drop");
const told = document.querySelector("#told");
const days = [...calendar.querySelectorAll("[data-day]")];
const byWeek = calendar.dataset.first !== undefined;
const first = Number(calendar.dataset.first ?? 0);
const last = Number(calendar.dataset.last ?? 0);
let held = null;

for (const hint of document.querySelectorAll("[data-needs-script]")) hint.hidden = false;

// ---- Places: every hour of a week, every day of a month

const places = days.map((day) => (byWeek ? hours(day) : [place(day, day, null)]));

function hours(day) {
  const made = [];
  for (let hour = first; hour < last; hour += 1) {
    const cell = document.createElement("div");
    cell.className = `cell at-${(hour - first) * 2} for-2`;
    const begun = [...day.querySelectorAll(".edition")].find((one) => Number(one.dataset.starts.slice(0, 2)) >= hour);
    day.insertBefore(cell, begun ?? null);
    made.push(place(cell, day, hour));
  }
  return made;
}

function place(element, day, hour) {
  const clock = hour === null ? "" : `${String(hour).padStart(2, "0")}:00`;
  element.tabIndex = -1;
  if (element !== day) element.setAttribute("role", "group");
  if (element !== day) element.setAttribute("aria-label", `${day.getAttribute("aria-label")} ${clock}`);
  const found = { element, date: day.dataset.day, hour, editions: [] };
  found.editions = [...day.querySelectorAll(".edition")].filter(
    (one) => hour === null || Number(one.dataset.starts.slice(0, 2)) === hour,
  );
  element.addEventListener("dragover", (event) => {
    if (!held) return;
    event.preventDefault();
    mark(element);
  });
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    drop(found);
  });
  return found;
}

function mark(element) {
  for (const one of calendar.querySelectorAll(".target")) one.classList.remove("target");
  element?.classList.add("target");
}

// ---- Moving an edition

function pickUp(edition) {
  held = edition;
  edition.classList.add("held");
  if (told) told.textContent = told.dataset.held.replace("{title}", edition.querySelector("strong").textContent);
}

function letGo() {
  held?.classList.remove("held");
  held = null;
  mark(null);
}

function drop(target) {
  if (!held || !form) return;
  const minutes = held.dataset.starts.slice(2);
  form.action = held.dataset.move;
  form.elements.date.value = target.date;
  form.elements.time.value =
    target.hour === null ? held.dataset.starts : `${String(target.hour).padStart(2, "0")}${minutes}`;
  letGo();
  form.requestSubmit();
}

calendar.addEventListener("dragstart", (event) => {
  const edition = event.target.closest?.(".edition[data-move]");
  if (!edition) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", edition.href);
  pickUp(edition);
});
calendar.addEventListener("dragend", letGo);
// Dropped on another edition, an edition goes to the hour in which that one begins.
for (const column of places) {
  for (const one of column) {
    for (const edition of one.editions) {
      edition.addEventListener("dragover", (event) => {
        if (!held) return;
        event.preventDefault();
        event.stopPropagation();
        mark(one.element);
      });
      edition.addEventListener("drop", (event) => {
        event.preventDefault();
        event.stopPropagation();
        drop(one);
      });
    }
  }
}

// ---- Keys

function where() {
  const active = document.activeElement;
  for (const [column, list] of places.entries()) {
    for (const [row, one] of list.entries()) {
      const turn = one.editions.indexOf(active);
      if (turn >= 0 || one.element === active) return { column, row, turn };
    }
  }
  return null;
}

function go(column, row) {
  const list = places[Math.max(0, Math.min(places.length - 1, column))];
  const one = list[Math.max(0, Math.min(list.length - 1, row))];
  if (held) mark(one.element);
  (held ? one.element : (one.editions[0] ?? one.element)).focus();
}

function begin() {
  const today = days.findIndex((day) => day.classList.contains("today"));
  go(Math.max(0, today), byWeek ? Math.max(0, 8 - first) : 0);
}

const STEPS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: byWeek ? [0, -1] : [-7, 0],
  ArrowDown: byWeek ? [0, 1] : [7, 0],
};

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog")) return;
  const step = STEPS[event.key];
  const at = where();
  if (step) {
    event.preventDefault();
    if (!at) {
      begin();
      return;
    }
    const list = places[at.column][at.row].editions;
    const next = at.turn + step[1];
    // Several that begin in the same hour are gone through one by one.
    if (byWeek && !held && at.turn >= 0 && step[1] && list[next]) list[next].focus();
    else if (places[at.column + step[0]]) go(at.column + step[0], at.row + step[1]);
    return;
  }
  if (event.key === "Escape" && held) {
    const back = held;
    letGo();
    if (told) told.textContent = told.dataset.left;
    back.focus();
    return;
  }
  if (!at) return;
  const one = places[at.column][at.row];
  if ((event.key === "Enter" || event.key === " ") && held) {
    event.preventDefault();
    drop(one);
  } else if (event.key === " " && at.turn >= 0 && one.editions[at.turn].dataset.move && form) {
    event.preventDefault();
    pickUp(one.editions[at.turn]);
  } else if (event.key === "Enter" && at.turn < 0 && calendar.dataset.plan) {
    const asked = new URLSearchParams({ tanggal: one.date });
    if (one.hour !== null) asked.set("jam", `${String(one.hour).padStart(2, "0")}:00`);
    window.location.assign(`${calendar.dataset.plan}?${asked}#plan`);
  }
});

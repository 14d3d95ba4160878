// Clocks of the host's screen and the studio wall: time of day, what is left, over and under, a caller's slot.

import { length } from "./desk.js";

const every = (selector, run) => document.querySelectorAll(selector).forEach(run);
const day = new Map();

function tick() {
  const now = Date.now();
  every("[data-clock]", (el) => {
    const zone = el.dataset.zone;
    if (!day.has(zone))
      day.set(
        zone,
        new Intl.DateTimeFormat("id-ID", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" }),
      );
    el.textContent = day.get(zone).format(now);
  });
  every("[data-behind]", (el) => {
    const ends = Date.parse(el.dataset.runsOut);
    const behind = Number(el.dataset.behind) + (ends < now ? (now - ends) / 1000 : 0);
    el.querySelector("small").textContent = behind >= 0 ? el.dataset.late : el.dataset.early;
    el.querySelector("time").textContent = length(Math.abs(behind));
    el.classList.toggle("over", behind > 30);
  });
  every("[data-delay]", (el) => {
    const full = Number(el.dataset.delay);
    const lacks = Math.max(0, (Date.parse(el.dataset.fullAt) - now) / 1000) * Number(el.dataset.regain);
    el.querySelector("b").textContent = Math.floor(Math.max(0, full - lacks));
    el.classList.toggle("over", full - lacks < full / 2);
  });
  every("[data-fills]", (el) => {
    el.value = Math.min(el.max, (now - Date.parse(el.dataset.fills)) / 1000);
  });
}
tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);

// ---- A mark is of the moment in which its key was pressed, however long its words take to type.
const mark = document.querySelector("form.mark");
if (mark) {
  let pressed;
  mark.elements.text.addEventListener("focus", () => {
    pressed ??= Date.now();
  });
  mark.elements.text.addEventListener("blur", () => {
    if (!mark.elements.text.value) pressed = undefined;
  });
  mark.addEventListener(
    "submit",
    () => {
      mark.elements.ago.value = pressed ? Math.round((Date.now() - pressed) / 1000) : 0;
      pressed = undefined;
    },
    true,
  );
}

// What every page of the desk does: clock, live regions, keys. Pages work without it; with it they stay current.

const zone = document.getElementById("clock");
if (zone) {
  const format = new Intl.DateTimeFormat("id-ID", {
    timeZone: zone.dataset.zone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  const tick = () => {
    zone.textContent = `${format.format(new Date())} ${zone.dataset.label}`;
  };
  tick();
  setInterval(tick, 1000);
}

// ---- On a telephone the menu is pushed aside under the finger: it begins with the entry of this page in sight.
const menu = document.querySelector(".bar nav");
const here = menu?.querySelector("[aria-current]");
if (here && menu.scrollWidth > menu.clientWidth)
  menu.scrollLeft = here.offsetLeft - menu.offsetLeft - (menu.clientWidth - here.offsetWidth) / 2;

// ---- Elapsed and remaining time: <time data-since="ISO"> counts up, <time data-until="ISO"> down, and up again in red.
const two = (n) => String(Math.floor(n)).padStart(2, "0");
export const length = (s) =>
  s >= 3600 ? `${Math.floor(s / 3600)}:${two((s % 3600) / 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
function count() {
  for (const el of document.querySelectorAll("[data-since]")) {
    const s = Math.max(0, Math.floor((Date.now() - Date.parse(el.dataset.since)) / 1000));
    el.textContent = `${Math.floor(s / 60)}:${two(s % 60)}`;
    if (el.dataset.slot) el.classList.toggle("over", s > Number(el.dataset.slot));
  }
  for (const el of document.querySelectorAll("[data-until]")) {
    const left = Math.round((Date.parse(el.dataset.until) - Date.now()) / 1000);
    el.textContent = length(Math.abs(left));
    el.classList.toggle("over", left < 0);
  }
}
count();
setInterval(count, 1000);

// ---- Live regions: an element with data-live="topic topic" and data-src is fetched again when such an event comes.
// One request at a time for each region; what comes meanwhile asks for one more afterwards. One act is often several
// changes, which come together: they are waited for, so that forty screens ask once and not twice.
const TOGETHER = 15;
const waiting = new WeakMap();
// data-whole: the address gives the whole region or page, of which the region with this id is taken.
const swapOf = (region) =>
  "whole" in region.dataset ? { select: `#${region.id}`, swap: "outerMorph" } : { swap: "innerMorph" };
async function refresh(region) {
  // What was typed into a form that was refused stands in its markup, which a fresh region would replace.
  if (region.querySelector("form[data-refused]")) return;
  if (waiting.has(region)) {
    if (waiting.get(region) === "asked") waiting.set(region, "again");
    return;
  }
  waiting.set(region, "soon");
  await new Promise((go) => setTimeout(go, TOGETHER));
  waiting.set(region, "asked");
  try {
    // Each region is a source of its own: requests of one source (the page, by default) wait for each other, and only
    // one may wait, so that of three regions the third was never fetched.
    await htmx.ajax("GET", region.dataset.src, { source: region, target: region, ...swapOf(region) });
    count();
  } finally {
    const again = waiting.get(region) === "again";
    waiting.delete(region);
    if (again) refresh(region);
  }
}

// A region with data-print comes down the stream by itself, the same for all who look alike. What is this page's own is
// put in here: the tokens of its forms, and which call is open (data-current).
async function put(region, html) {
  if (region.querySelector("form[data-refused]")) return;
  // What was asked for may be older than this, and come later.
  if (waiting.has(region)) return refresh(region);
  const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
  const current = region.dataset.current;
  let text = html.replaceAll('name="csrf_token" value=""', `name="csrf_token" value="${token}"`);
  if (current) text = text.replaceAll(`data-pick="${current}"`, `data-pick="${current}" aria-current="true"`);
  await htmx.swap({ text, sourceElement: region, target: region, ...swapOf(region) });
  count();
}

const toast = document.getElementById("toast");
let fading;
// What was lost stays until it is back; every other sentence goes after a while.
export function tell(text, stays = false) {
  toast.textContent = text;
  clearTimeout(fading);
  if (text && !stays)
    fading = setTimeout(() => {
      toast.textContent = "";
    }, 15000);
}

const stream = document.body.dataset.stream;
const regions = () => [...document.querySelectorAll("[data-live]")];
if (stream && document.querySelector("[data-live], [data-topics]")) {
  // data-topics: of regions that may come into the page later.
  const later = [...document.querySelectorAll("[data-topics]")].flatMap((r) => r.dataset.topics.split(" "));
  const topics = new Set([...regions().flatMap((r) => r.dataset.live.split(" ")), ...later]);
  // What changed between the making of this page and the opening of its stream comes first.
  const seen = document.body.dataset.seen;
  const prints = [...document.querySelectorAll("[data-print]")].map((r) => r.dataset.print);
  const asks = [
    ["topik", [...topics].join(",")],
    ...(seen ? [["sejak", seen]] : []),
    ...prints.map((p) => ["cetak", p]),
  ];
  const source = new EventSource(`${stream}?${new URLSearchParams(asks)}`);
  let lost = false;
  // Addresses of the regions that come by themselves; until the stream says so, and where it is lost, all are fetched.
  let printed = new Set();
  const comes = (region) => ("own" in region.dataset ? printed.size > 0 : printed.has(region.dataset.print));
  source.onmessage = (message) => {
    const change = JSON.parse(message.data);
    document.dispatchEvent(new CustomEvent("desk:change", { detail: change }));
    for (const region of regions()) {
      const about = region.dataset.subject;
      if (
        !comes(region) &&
        region.dataset.live.split(" ").includes(change.topic) &&
        (!about || !change.subject || about === change.subject)
      )
        refresh(region);
    }
  };
  source.addEventListener("prints", (message) => {
    printed = new Set(JSON.parse(message.data));
    document.body.dataset.follows = "";
  });
  source.addEventListener("print", (message) => {
    const { of, html } = JSON.parse(message.data);
    for (const region of regions())
      if (region.dataset.print === of) html === null ? refresh(region) : put(region, html);
  });
  // What is one person's own (data-own) is fetched when that person did something.
  source.addEventListener("own", () =>
    regions()
      .filter((r) => "own" in r.dataset)
      .forEach(refresh),
  );
  source.onopen = () => {
    if (lost) {
      lost = false;
      tell("");
      regions().forEach(refresh);
    }
  };
  source.onerror = () => {
    lost = true;
    printed = new Set();
    delete document.body.dataset.follows;
    tell(document.body.dataset.lost, true);
  };
}

// ---- Alarms of the station stand on every page; they are asked for, since the database, whose changes make the stream,
// may be the trouble.
const ALARMS_EVERY = 5000;
const alarms = document.getElementById("alarms");
if (alarms) {
  setInterval(async () => {
    const answer = await fetch(alarms.dataset.src, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const told = await answer.text();
    // Said once: what stays the same is not read out again.
    if (told.trim() !== alarms.innerHTML.trim()) alarms.innerHTML = told;
  }, ALARMS_EVERY);
}

// ---- A form that came at a moment when nothing could be written is sent again by itself.
const resend = document.querySelector("form[data-again]");
if (resend) setTimeout(() => resend.requestSubmit(), Number(resend.dataset.again) * 1000);

// ---- Keys: an element with data-key="k" is clicked (or focused, when it is a field) by that key, outside of fields.
// Whoever speaks to the computer, or rests a hand on the keys, switches single letters and signs off (WCAG 2.1.4).
const letters = document.body.dataset.letters !== "no";
export const ignored = (event) =>
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  (!letters && event.key.length === 1) ||
  document.querySelector("dialog[open]") !== null;
const typing = (el) =>
  el.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");
document.addEventListener("keydown", (event) => {
  if (ignored(event)) return;
  // F2 and its like type nothing, so they work in fields too.
  if (typing(event.target) && event.key !== "Escape" && !/^F\d+$/.test(event.key)) return;
  if (event.key === "Escape") {
    event.target.blur?.();
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "?" && keys) {
    event.preventDefault();
    showKeys();
    return;
  }
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(
    (el) => el.offsetParent !== null && !el.disabled,
  );
  if (!target) return;
  event.preventDefault();
  if (target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) target.focus();
  else target.click();
});

// ---- The keys of this page: what stands on it now, read off its buttons and fields.
const keys = document.getElementById("keys");
function showKeys() {
  const found = new Map();
  for (const el of document.querySelectorAll("main kbd, main [data-key]")) {
    const owner = el.matches("kbd") ? el.closest("[data-key], [data-do], summary, button, a, label") : el;
    if (!owner || owner.closest("dialog") || owner.offsetParent === null) continue;
    const sign = owner.querySelector("kbd") ?? owner.closest("label")?.querySelector("kbd");
    const name = sign?.textContent.trim() || owner.dataset.key?.toUpperCase();
    const words = (owner.closest("label") ?? owner).cloneNode(true);
    for (const part of words.querySelectorAll("kbd, select, textarea, small")) part.remove();
    const label = owner.getAttribute("aria-label") || words.textContent.replace(/\s+/g, " ").trim() || owner.title;
    if (name && label && !found.has(name)) found.set(name, label);
  }
  const list = keys.querySelector("dl");
  for (const old of list.querySelectorAll("[data-found]")) old.remove();
  for (const [name, label] of found) {
    const [dt, dd] = [document.createElement("dt"), document.createElement("dd")];
    dt.append(Object.assign(document.createElement("kbd"), { textContent: name }));
    dd.textContent = label;
    dt.dataset.found = dd.dataset.found = "";
    list.append(dt, dd);
  }
  keys.querySelector("[data-none]").hidden = list.children.length > 0;
  keys.showModal();
}
document.querySelector("[data-show-keys]")?.addEventListener("click", showKeys);
document.querySelector("[data-close-keys]")?.addEventListener("click", () => keys.close());

// ---- A table that is wider than the screen, or words in a box of their own, can be reached and scrolled with the keyboard.
function reachable() {
  for (const el of document.querySelectorAll(".table, [data-scrolls]")) {
    if (el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight) el.tabIndex = 0;
    else el.removeAttribute("tabindex");
  }
}
reachable();
addEventListener("resize", reachable);
document.addEventListener("htmx:after:swap", reachable);

// ---- Words that were typed and not saved (a card, a transcript) do not stay in the window of who signs out.
document.querySelector(".bar .me form")?.addEventListener("submit", () => sessionStorage.clear());

// ---- A form that must be meant: <form data-confirm="…">.
document.addEventListener("submit", (event) => {
  const sentence = event.target.dataset?.confirm;
  if (sentence && !window.confirm(sentence)) event.preventDefault();
});

// ---- The page of a refused form was made again at the form's own address: its own address is put in place.
const refusedForm = document.querySelector("form[data-refused]");
if (refusedForm) history.replaceState(history.state, "", refusedForm.dataset.refused);

// ---- A form that stays on the page is empty again once it was taken.
document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form[data-clears]");
  if (form && event.detail.ctx.response?.status < 400) {
    form.reset();
    document.activeElement.blur?.();
    tell("");
  }
});

// ---- Refusals of htmx requests come as one plain sentence, and with the name of the field that is to be mended.
function tellAt(field, text) {
  const label = field.closest("label") ?? field;
  let said = label.nextElementSibling;
  if (!said?.matches(".refusal")) {
    said = document.createElement("span");
    said.className = "refusal";
    said.id = `refusal-${crypto.randomUUID?.() ?? Date.now()}`;
    said.setAttribute("role", "alert");
    label.after(said);
  }
  const described = field.getAttribute("aria-describedby");
  said.textContent = text;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", said.id);
  field.focus();
  field.addEventListener(
    "input",
    () => {
      said.remove();
      field.removeAttribute("aria-invalid");
      if (described && described !== said.id) field.setAttribute("aria-describedby", described);
      else field.removeAttribute("aria-describedby");
    },
    { once: true },
  );
}

document.addEventListener("htmx:response:error", (event) => {
  const { text, response, sourceElement } = event.detail.ctx;
  if (text === undefined) return;
  const name = response?.headers?.get?.("X-Refused-Field");
  const form = sourceElement?.closest?.("form");
  const field = name && form ? form.querySelector(`[name="${CSS.escape(name)}"]:not([type=hidden])`) : null;
  if (field) tellAt(field, text);
  else tell(text);
});

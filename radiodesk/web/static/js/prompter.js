// The reader's screen. It needs the desk for nothing but news: without it the text stays, rolls and can be driven by hand.
import { length } from "./desk.js";
import { actOf, codeOf, defaults, learn, readMap, shown } from "./prompter/key_map.js";
import { glide, heightAt, lineAt, rollOn, secondsAt, stays, timeline, voiceAt } from "./prompter/timeline.js";

const box = document.getElementById("prompter");
const pane = box.querySelector(".window");
const text = box.querySelector(".text");
const settings = document.getElementById("settings");
const form = settings.querySelector("form");
const { dataset } = box;
const OWN_HAND = 1500; // Milliseconds in which the reader's own hand goes before the second screen's.
const CUE_STAYS = 12_000;

// ---- Settings of this screen
const FIRST = {
  size: Math.round(Math.max(26, Math.min(56, innerWidth / 16))),
  margin: 10,
  height: 1.4,
  mark: 25,
  pace: Number(dataset.pace),
  colours: "white",
  wheel: "scroll",
  mirror: false,
  flip: false,
  waits: true,
  follows: true,
  voice: false,
};
function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that keeps nothing
  }
}
function store(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // It holds for this page.
  }
}
function readChosen() {
  try {
    const found = JSON.parse(stored("prompter")) ?? {};
    const known = Object.entries(found).filter(([name, value]) => typeof value === typeof FIRST[name]);
    return { ...FIRST, ...Object.fromEntries(known) };
  } catch {
    return { ...FIRST };
  }
}
let chosen = readChosen();
let keys = readMap(stored("prompter-keys"));

// ---- The text
let lines = []; // [{ el, key, text, seconds, waits }]
let points = timeline([{ y: 0, seconds: 0 }], 0);
let rolling = false,
  percent = 100,
  at = 0, // seconds of reading at the pace of the estimates
  drawn = 0,
  last = 0,
  touched = 0;

const fromTop = () => (pane.clientHeight * chosen.mark) / 100;
// Estimates are made for the station's or the reader's pace; the settings of this screen may name another.
const speed = () => ((percent / 100) * chosen.pace) / Number(dataset.pace);

function readLines() {
  lines = [];
  for (const part of text.querySelectorAll(".part")) {
    const own = [...part.querySelectorAll("[data-line]")];
    if (!own.length)
      lines.push({ el: part, key: part.dataset.part, text: part.dataset.title, seconds: 0, waits: chosen.waits });
    for (const el of own)
      lines.push({ el, key: el.dataset.line, text: el.textContent, seconds: Number(el.dataset.seconds), waits: false });
  }
}
function measure() {
  const placed = lines.map((line) => ({ y: line.el.offsetTop, seconds: line.seconds, waits: line.waits }));
  const last = lines.at(-1)?.el;
  points = timeline(placed.length ? placed : [{ y: 0, seconds: 0 }], last ? last.offsetTop + last.offsetHeight : 0);
}
const here = () => lineAt(points, pane.scrollTop + fromTop());
function put(seconds) {
  at = seconds;
  drawn = heightAt(points, at) - fromTop();
  pane.scrollTop = drawn;
  show();
}
function goTo(index) {
  const to = Math.max(0, Math.min(lines.length - 1, index));
  if (points[to]) put(points[to].at);
  tellPlace();
}
function partOf(index) {
  return lines[index]?.el.closest(".part");
}
function goToPart(step) {
  const parts = [...text.querySelectorAll(".part")];
  const to = parts[Math.max(0, Math.min(parts.length - 1, parts.indexOf(partOf(here())) + step))];
  goTo(lines.findIndex((line) => line.el.closest(".part") === to));
}

function show() {
  const pace = Math.round((percent / 100) * chosen.pace);
  document.getElementById("speed").textContent = `${pace} ${dataset.unit} · ${percent} %`;
  const index = here();
  const part = partOf(index);
  let end = points.at(-1).at;
  const after = lines.findIndex((line, i) => i > index && line.el.closest(".part") !== part);
  if (after >= 0) end = points[after].at;
  document.getElementById("left").textContent = length(Math.max(0, (end - at) / speed()));
  document.getElementById("left-all").textContent = length(Math.max(0, (points.at(-1).at - at) / speed()));
  const next = document.getElementById("next");
  next.hidden = after < 0;
  if (after >= 0) {
    next.querySelector("strong").textContent = partOf(after).dataset.title;
    next.querySelector("span").textContent =
      lines[after].waits || lines[after].el === partOf(after) ? "" : lines[after].text;
  }
  lines.forEach((line, i) => {
    line.el.classList.toggle("here", i === index);
  });
}

function frame(now) {
  if (!rolling) return;
  if (Math.abs(pane.scrollTop - drawn) > 3) at = secondsAt(points, pane.scrollTop + fromTop()); // moved by hand
  const step = rollOn(points, at, ((now - last) / 1000) * speed());
  last = now;
  const before = here();
  put(step.at);
  if (here() !== before) tellPlace();
  if (step.waits || step.at >= points.at(-1).at) roll(false);
  else requestAnimationFrame(frame);
}
// ---- The voice: while the text follows it, it moves to what was said last and never ahead of it.
let said = null; // seconds of reading
let gliding = false;
let returning = false;
function hear(script, place) {
  if (!chosen.voice || !place || place.word < 0) return;
  const own = [];
  lines.forEach((line, i) => {
    if (line.el.closest(".part").dataset.script === script && !line.waits)
      own.push({ at: points[i].at, seconds: line.seconds, text: line.text });
  });
  const to = voiceAt(own, place);
  if (to === null) return;
  said = to;
  box.classList.toggle("unsure", !place.sure);
  roll(false);
  if (!gliding) {
    gliding = true;
    last = performance.now();
    requestAnimationFrame(follow);
  }
}
function follow(now) {
  const before = here();
  const line = lines[before]?.seconds ?? 0;
  // Once it goes back it goes all the way.
  returning = said < at && (returning || at - said >= line);
  const back = returning ? 0 : line;
  const to = glide(at, said, (now - last) / 1000, back);
  last = now;
  if (to !== at) put(to);
  if (here() !== before) tellPlace();
  gliding = chosen.voice && !rolling && Math.abs(said - at) > 0.05 && glide(at, said, 1, back) !== at;
  if (gliding) requestAnimationFrame(follow);
}
// What was said before this page was opened, or while its stream was lost.
async function askVoice() {
  if (!chosen.voice) return;
  for (const part of text.querySelectorAll("[data-position]")) {
    const answer = await fetch(part.dataset.position).catch(() => null);
    const place = answer?.ok ? await answer.json().catch(() => null) : null;
    if (place?.reading) hear(part.dataset.script, place);
  }
}
function roll(on) {
  if (on === rolling) return;
  rolling = on;
  box.classList.toggle("rolling", rolling);
  if (rolling) {
    last = performance.now();
    at = secondsAt(points, pane.scrollTop + fromTop());
    requestAnimationFrame(frame);
  }
  tellPlace();
}
function setPace(value) {
  percent = Math.max(40, Math.min(250, value));
  show();
  tellPlace();
}

// ---- What this screen looks like
function dress() {
  const { style, classList } = box;
  style.setProperty("--size", `${chosen.size}px`);
  style.setProperty("--margin", chosen.margin);
  style.setProperty("--height", chosen.height);
  style.setProperty("--mark", chosen.mark);
  classList.toggle("mirrored", chosen.mirror);
  classList.toggle("flipped", chosen.flip);
  box.dataset.colours = chosen.colours;
  box.querySelector("[data-do=voice]").setAttribute("aria-pressed", chosen.voice);
  for (const [name, value] of Object.entries(chosen)) {
    const field = form.elements[name];
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
  for (const el of form.querySelectorAll("[data-keys]")) el.textContent = shown(keys[el.dataset.keys]);
  const place = at;
  readLines();
  measure();
  put(place);
}
form.addEventListener("input", (event) => {
  const { name, type, checked, value } = event.target;
  if (!(name in FIRST)) return;
  if (type === "checkbox") chosen[name] = checked;
  else if (typeof FIRST[name] === "number") chosen[name] = Number(value) || FIRST[name];
  else chosen[name] = value;
  store("prompter", chosen);
  dress();
});

// ---- Acts: keys, pedal, shuttle, gamepad, wheel and buttons
const acts = {
  roll: () => roll(!rolling),
  slower: () => setPace(percent - 5),
  faster: () => setPace(percent + 5),
  back: () => goTo(here() - 1),
  on: () => goTo(here() + 1),
  before: () => goToPart(-1),
  after: () => goToPart(1),
  top: () => goTo(0),
  fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : box.requestFullscreen?.()),
  settings: () => settings.showModal(),
  voice() {
    chosen.voice = !chosen.voice;
    store("prompter", chosen);
    dress();
    askVoice();
  },
  reset() {
    chosen = { ...FIRST };
    keys = defaults();
    store("prompter", chosen);
    store("prompter-keys", keys);
    dress();
  },
};
function act(name) {
  touched = performance.now();
  acts[name]?.();
}
let learning = null;
function learned(code) {
  keys = learn(keys, learning.dataset.learn, code);
  store("prompter-keys", keys);
  learning.textContent = learning.dataset.word;
  learning = null;
  dress();
}
box.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.do) act(button.dataset.do);
  if (button?.dataset.learn) {
    if (learning) learning.textContent = learning.dataset.word;
    learning = button;
    button.dataset.word ??= button.textContent;
    button.textContent = button.dataset.waits;
  }
});
const letters = document.body.dataset.letters !== "no";
const PAGE_KEYS = { KeyF: "fullscreen", KeyS: "settings", KeyV: "voice" };
document.addEventListener(
  "keydown",
  (event) => {
    const code = codeOf(event);
    if (code === null) return;
    if (learning) {
      event.preventDefault();
      event.stopPropagation();
      if (code === "Escape") {
        learning.textContent = learning.dataset.word;
        learning = null;
      } else learned(code);
      return;
    }
    if (document.querySelector("dialog[open]") || (code === "Space" && event.target.closest("button, a"))) return;
    const wanted = actOf(keys, code) ?? PAGE_KEYS[code];
    // Whoever switched letter keys off still has those that were learned here.
    const letter = /^Key[A-Z]$/.test(code);
    if (!wanted || (letter && !letters && (defaults()[wanted] ?? [code]).includes(code))) return;
    event.preventDefault();
    event.stopPropagation();
    act(wanted);
  },
  true,
);
pane.addEventListener(
  "wheel",
  (event) => {
    touched = performance.now();
    if (chosen.wheel === "pace") {
      event.preventDefault();
      setPace(percent + (event.deltaY < 0 ? 5 : -5));
    } else if (chosen.flip) {
      event.preventDefault();
      pane.scrollTop -= event.deltaY;
    }
  },
  { passive: false },
);
let settled;
pane.addEventListener("scroll", () => {
  if (rolling || Math.abs(pane.scrollTop - drawn) <= 3) return;
  at = secondsAt(points, pane.scrollTop + fromTop());
  show();
  clearTimeout(settled);
  settled = setTimeout(tellPlace, 300);
});
// A gamepad or a joystick: its stick moves the text, its buttons are learned like keys.
const DEAD = 0.15;
const PIXELS = 900; // a second, at the stick's end
let pressed = new Set();
let padAt = 0;
function pads(now) {
  const found = [...(navigator.getGamepads?.() ?? [])].filter(Boolean);
  const down = new Set();
  for (const pad of found) {
    pad.buttons.forEach((button, i) => {
      if (button.pressed) down.add(`Pad${i}`);
    });
    const tilt = pad.axes[1] ?? 0;
    if (Math.abs(tilt) > DEAD && padAt) {
      touched = now;
      pane.scrollTop += (tilt * PIXELS * (now - padAt)) / 1000;
    }
  }
  for (const code of down) {
    if (pressed.has(code)) continue;
    if (learning) learned(code);
    else if (!settings.open) {
      const wanted = actOf(keys, code);
      if (wanted) act(wanted);
    }
  }
  pressed = down;
  padAt = now;
  if (found.length) requestAnimationFrame(pads);
  else padAt = 0;
}
addEventListener("gamepadconnected", () => requestAnimationFrame(pads));

// ---- The second screen
const token = box.querySelector("input[name=csrf_token]").value;
let told = "";
function tellPlace() {
  const line = lines[here()]?.key ?? "";
  const news = new URLSearchParams({ line, rolling: rolling ? "yes" : "no", pace: percent, csrf_token: token });
  if (!dataset.place || news.toString() === told) return;
  told = news.toString();
  fetch(dataset.place, { method: "POST", body: news, headers: { "HX-Request": "true" } }).catch(() => {
    told = ""; // The desk is away; the text goes on.
  });
}
let seen = null;
let hiding;
async function obey() {
  const answer = await fetch(dataset.state).catch(() => null);
  if (!answer?.ok) return;
  const state = await answer.json().catch(() => null);
  if (!state) return;
  const first = seen === null;
  const before = seen ?? state;
  seen = state;
  if (first) return;
  if (state.cues !== before.cues) cue(state.cue);
  const jumped = state.jumps !== before.jumps;
  if (jumped) goTo(lines.findIndex((line) => line.key === state.line));
  else if (chosen.follows && state.item && state.item !== before.item)
    goTo(lines.findIndex((line) => line.el.closest(".part").dataset.part === state.item));
  if (!jumped && performance.now() - touched < OWN_HAND) return;
  if (state.pace !== percent) setPace(state.pace);
  roll(state.rolling);
}
function cue(words) {
  const shownCue = document.getElementById("cue");
  shownCue.textContent = words;
  shownCue.hidden = !words;
  box.classList.remove("flash");
  void box.offsetWidth; // so that a second flash begins anew
  box.classList.add("flash");
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    shownCue.hidden = true;
    box.classList.remove("flash");
  }, CUE_STAYS);
}
// Words that were changed come in place; what is being read stays where it is on the screen.
async function renew() {
  const answer = await fetch(dataset.words).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const html = await answer.text().catch(() => null);
  if (html === null || html.trim() === fresh) return;
  fresh = html.trim();
  const index = here();
  const before = lines.map(({ key, text: words }) => ({ key, text: words }));
  const below = pane.scrollTop - (lines[index]?.el.offsetTop ?? 0);
  text.innerHTML = html;
  readLines();
  measure();
  const now = lines[stays(before, index, lines)];
  if (now) pane.scrollTop = now.el.offsetTop + below;
  drawn = pane.scrollTop;
  at = secondsAt(points, drawn + fromTop());
  show();
}
let fresh = text.innerHTML.trim();
document.addEventListener("desk:change", ({ detail }) => {
  if (detail.topic === "prompter" && detail.kind === "position") {
    hear(detail.subject, detail);
    return;
  }
  if (detail.topic === "prompter") {
    if (detail.subject === dataset.subject) obey();
    return;
  }
  if (detail.topic === "broadcasts") obey();
  renew();
});
new ResizeObserver(() => {
  measure();
  put(at);
}).observe(text);
document.addEventListener("pointermove", () => {
  box.classList.add("awake");
  clearTimeout(resting);
  resting = setTimeout(() => box.classList.remove("awake"), 3000);
});
let resting;
dress();
put(0);
obey();
askVoice();

// The screener's screen beyond plain forms: places while typing, what the words seem to be about, who has this number,
// moving through the queue with J and K, and a sound for an emergency.

import { ignored, tell } from "./desk.js";

const card = document.getElementById("card");
const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
const later = (wait, run) => {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
};

async function ask(address, values) {
  const body = new URLSearchParams({ ...values, csrf_token: token });
  // While the desk is away nothing is suggested; desk.js says that it is.
  const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(() => null);
  return answer?.status === 200 ? answer.text() : "";
}

if (card) {
  const field = (name) => card.elements[name];
  // What a button fills in is kept as typed words are.
  const keepTyped = () => card.dispatchEvent(new Event("input", { bubbles: true }));

  // ---- A new card begins in its number, unless the page would roll past the queue for it.
  if (matchMedia("(min-width: 52rem)").matches && document.activeElement === document.body)
    card.querySelector("[data-first]")?.focus();

  // ---- Places from the area pack.
  const list = document.getElementById("places");
  field("place").addEventListener(
    "input",
    later(120, async () => {
      const typed = encodeURIComponent(field("place").value);
      const answer = await fetch(`${card.dataset.places}?q=${typed}`).catch(() => null);
      if (!answer?.ok) return;
      list.replaceChildren(
        ...(await answer.json()).map(({ name, where }) => {
          const option = new Option(where, name);
          option.value = name;
          return option;
        }),
      );
    }),
  );

  // ---- What it seems to be about; nothing is set until the screener accepts.
  const box = document.getElementById("suggestion");
  const suggest = later(350, async () => {
    const heard = [...document.querySelectorAll("#words .words, #words .typed")].map((el) => el.textContent);
    const text = [field("topic").value, field("point").value, field("notes").value, ...heard].join("\n");
    const settled = field("category").value ? "yes" : "";
    // What the head proposes already, or a person decided, is not proposed again.
    const guarded = field("protected").value || document.getElementById("cue") ? "yes" : "";
    const nothing = text.trim().length < 8 || (settled && guarded);
    box.innerHTML = nothing ? "" : await ask(card.dataset.suggest, { text, settled, guarded });
  });
  for (const name of ["topic", "point", "notes"]) field(name).addEventListener("input", suggest);
  suggest();
  document.addEventListener("desk:change", (event) => {
    if (event.detail.topic === "speech") setTimeout(suggest, 800);
  });
  // While the caller speaks, the words so far are asked about now and then.
  let asked = 0;
  let asking;
  document.addEventListener("desk:change", ({ detail }) => {
    if (asking || detail.topic !== "words" || !document.getElementById(`ucapan-${detail.subject}`)) return;
    asking = setTimeout(
      () => {
        asking = undefined;
        asked = Date.now();
        suggest();
      },
      Math.max(400, asked + 3000 - Date.now()),
    );
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-accept]");
    if (!button) return;
    field("category").value = button.dataset.category;
    field("urgency").value = button.dataset.urgency;
    button.closest(".suggestion").remove();
    keepTyped();
  });

  // ---- A caller is protected with one key: at once where the call is there, with the card of a new one.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-protects]");
    if (!button) return;
    field("protected").value = button.dataset.protects;
    if (button.type !== "button") return;
    const suggestion = button.closest(".suggestion");
    if (card.dataset.protect) {
      const body = new URLSearchParams({ protected: button.dataset.protects, csrf_token: token });
      const headers = { "HX-Request": "true" };
      const answer = await fetch(card.dataset.protect, { method: "POST", body, headers }).catch(() => null);
      // Not protected yet: the button stays for another try.
      if (!answer) return tell(document.body.dataset.lost, true);
      if (!answer.ok) tell(await answer.text());
    } else keepTyped();
    suggestion.remove();
  });

  // ---- Who has this number; the name and the place that the caller had last are one key to take over.
  const known = document.getElementById("known");
  if (card.dataset.known) {
    field("phone").addEventListener(
      "input",
      later(300, async () => {
        known.innerHTML =
          field("phone").value.length >= 6 ? await ask(card.dataset.known, { phone: field("phone").value }) : "";
      }),
    );
  }
  known.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    for (const name of ["name", "place"]) if (!field(name).value) field(name).value = button.dataset[name];
    button.remove();
    keepTyped();
  });
}

// ---- A file that is too large is said before it is sent; the desk would cut the line in the middle.
document.addEventListener("change", (event) => {
  const { files, dataset } = event.target;
  if (!files || !dataset.most) return;
  const large = [...files].find((file) => file.size > Number(dataset.most) * 1024 * 1024);
  event.target.setCustomValidity(large ? `${large.name}: ${dataset.tooLarge}` : "");
  event.target.reportValidity();
});

// ---- J and K go through the queue, U opens the upload, P plays.
document.addEventListener("keydown", (event) => {
  if (ignored(event)) return;
  if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    const lines = [...document.querySelectorAll("#queue .pick")].filter((el) => el.offsetParent !== null);
    const at = lines.findIndex((el) => el.hasAttribute("aria-current"));
    const next = lines[Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), lines.length - 1)];
    if (next) {
      event.preventDefault();
      next.click();
    }
  } else if (key === "u") {
    const form = document.querySelector(".message-form");
    form.open = !form.open;
    if (form.open) form.querySelector("textarea").focus();
    event.preventDefault();
  } else if (key === "p") {
    const player = document.querySelector("[data-player]");
    if (player) {
      event.preventDefault();
      if (player.paused) player.play();
      else player.pause();
    }
  }
});

// ---- What a person opened stays open when the list around it is renewed.
const opened = new Set();
document.addEventListener("click", (event) => {
  const details = event.target.closest("summary")?.parentElement;
  if (details?.id) {
    if (details.open) opened.delete(details.id);
    else opened.add(details.id);
  }
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});

// ---- An emergency is heard, three short tones. Browsers allow sound once somebody pressed a key on the desk's pages;
// until then the page says so.
const sound = new AudioContext();
const screen = document.querySelector(".screening").dataset;
const wake = () => {
  if (sound.state === "suspended") sound.resume();
};
document.addEventListener("keydown", wake);
document.addEventListener("pointerdown", wake);
document.addEventListener("desk:change", (event) => {
  const { topic, kind, urgency } = event.detail;
  if (topic !== "calls" || kind !== "received" || urgency !== "darurat") return;
  wake();
  if (sound.state !== "running") {
    tell(`${screen.alarm}. ${screen.silent}`, true);
    return;
  }
  tell(screen.alarm, true);
  for (let i = 0; i < 3; i++) {
    const tone = sound.createOscillator();
    const level = sound.createGain();
    tone.frequency.value = 880;
    level.gain.value = 0.2;
    tone.connect(level).connect(sound.destination);
    tone.start(sound.currentTime + i * 0.35);
    tone.stop(sound.currentTime + i * 0.35 + 0.2);
  }
});

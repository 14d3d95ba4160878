// Meters and warnings of the lines: asked for a few times a second while the page is in sight.
const EVERY = 400;

function sentences(list, texts) {
  if ([...list.children].map((li) => li.textContent).join("\n") === texts.join("\n")) return;
  list.replaceChildren(...texts.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function show(line, now) {
  line.querySelector("[data-rms]").value = now.rms;
  line.querySelector("[data-peak]").textContent = Math.round(now.peak);
  const state = line.querySelector("[data-state]");
  const word = now.heard ? (now.open ? "open" : "ready") : now.open ? "deaf" : "gone";
  state.textContent = state.dataset[word];
  state.className = `tag ${{ open: "air", ready: "good" }[word] ?? "bad"}`;
  sentences(line.querySelector("[data-warnings]"), now.warnings);
  const button = line.querySelector("[data-try]"),
    audio = line.querySelector("[data-trial]");
  if (!button) return;
  button.dataset.label ??= button.textContent;
  button.textContent = now.trying ? button.dataset.trying : button.dataset.label;
  button.disabled = now.trying;
  if (now.trying) audio.dataset.waits = "yes";
  else if (now.trial && audio.dataset.waits) {
    delete audio.dataset.waits;
    audio.src = `${audio.dataset.trial}?v=${Date.now()}`;
    audio.classList.remove("hidden");
    audio.play().catch(() => {});
  }
}

const tenths = new Intl.NumberFormat(document.documentElement.lang, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

function loudness(root, measured) {
  root.hidden = !measured;
  for (const figure of root.querySelectorAll("[data-figure]")) {
    const value = measured?.[figure.dataset.figure];
    figure.textContent = value == null ? "–" : tenths.format(value);
  }
}

async function poll(root) {
  if (!document.hidden) {
    try {
      const answer = await fetch(root.dataset.levels);
      if (answer.ok) {
        const now = await answer.json();
        for (const line of root.querySelectorAll("[data-line]"))
          if (now.lines[line.dataset.line]) show(line, now.lines[line.dataset.line]);
        if ("loudness" in root.dataset) loudness(root, Object.values(now.loudness)[0]);
        const alarms = root.querySelector("[data-alarms]");
        if (alarms) sentences(alarms, now.alarms);
      }
    } catch {
      /* the desk is away; desk.js says so, and the next turn asks again */
    }
  }
  setTimeout(poll, EVERY, root);
}

for (const root of document.querySelectorAll("[data-levels]")) poll(root);

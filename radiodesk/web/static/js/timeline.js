// The timeline of a broadcast: its sound is drawn, heard from any point, and followed by a line.

const box = document.getElementById("timeline");
const svg = box.querySelector("svg");
const total = Number(box.dataset.seconds);
const sounds = [...box.querySelectorAll("audio")];
const head = svg.querySelector(".playhead");
const WIDE = 1000;
const MIDDLE = 40;

for (const path of svg.querySelectorAll("[data-outline]")) draw(path);

async function draw(path) {
  const answer = await fetch(path.dataset.outline).catch(() => null);
  if (!answer?.ok) return;
  const { peaks, duration } = await answer.json();
  path.setAttribute("d", outline(peaks, Number(path.dataset.begins), duration));
}

// One bar a unit of the drawing: the loudest of what lies there.
function outline(peaks, begins, duration) {
  const loudest = new Map();
  peaks.forEach((peak, n) => {
    const x = Math.round(((begins + (n / peaks.length) * duration) / total) * WIDE);
    if (x >= 0 && x <= WIDE && peak > (loudest.get(x) ?? -1)) loudest.set(x, peak);
  });
  return [...loudest].map(([x, peak]) => `M${x} ${MIDDLE - peak * MIDDLE}V${MIDDLE + peak * MIDDLE}`).join("");
}

function hear(at) {
  const sound = sounds.find(
    ({ dataset }) => at >= Number(dataset.begins) && at < Number(dataset.begins) + Number(dataset.seconds),
  );
  if (!sound) return;
  for (const other of sounds) if (other !== sound) other.pause();
  sound.currentTime = at - Number(sound.dataset.begins);
  sound.play().catch(() => {});
}

svg.addEventListener("click", (event) => {
  const { left, width } = svg.getBoundingClientRect();
  hear(((event.clientX - left) / width) * total);
});

for (const sound of sounds)
  sound.addEventListener("timeupdate", () => {
    const x = ((Number(sound.dataset.begins) + sound.currentTime) / total) * WIDE;
    head.removeAttribute("hidden");
    head.setAttribute("x1", x);
    head.setAttribute("x2", x);
  });

// A second before the boundary, so that one hears how it begins.
for (const button of document.querySelectorAll("button.play")) {
  button.hidden = !sounds.length;
  button.addEventListener("click", () => hear(Math.max(0, Number(button.dataset.at) - 1)));
}

// Rolls the script past the reading line in its estimated reading time; the reader's hand sets the pace.
const box = document.getElementById("prompter");
const pane = box.querySelector(".window");
const speedShown = document.getElementById("speed");
const left = document.getElementById("left");
const seconds = Number(box.dataset.seconds);
let speed = 1,
  rolling = false,
  size = 2,
  last = 0,
  position = 0;

const travel = () => pane.scrollHeight - pane.clientHeight;
function show() {
  speedShown.textContent = `${speed.toFixed(2).replace(".", ",")}×`;
  const rest = Math.max(0, ((1 - position / (travel() || 1)) * seconds) / speed);
  left.textContent = `${Math.floor(rest / 60)}:${String(Math.round(rest % 60)).padStart(2, "0")}`;
}
function frame(now) {
  if (!rolling) return;
  if (Math.abs(pane.scrollTop - position) > 3) position = pane.scrollTop; // moved by hand
  position = Math.min(travel(), position + ((now - last) / 1000) * speed * (travel() / seconds));
  last = now;
  pane.scrollTop = position;
  show();
  if (position >= travel()) rolling = false;
  else requestAnimationFrame(frame);
}
const acts = {
  play() {
    rolling = !rolling;
    if (rolling) {
      last = performance.now();
      position = pane.scrollTop;
      requestAnimationFrame(frame);
    }
  },
  slower() {
    speed = Math.max(0.4, speed - 0.05);
  },
  faster() {
    speed = Math.min(2.5, speed + 0.05);
  },
  smaller() {
    size = Math.max(1, size - 1);
  },
  larger() {
    size = Math.min(4, size + 1);
  },
  mirror() {
    box.classList.toggle("mirrored");
  },
};
box.addEventListener("click", (event) => {
  const act = event.target.closest("[data-do]")?.dataset.do;
  if (!act) return;
  acts[act]();
  for (const n of [1, 2, 3, 4]) box.classList.toggle(`size-${n}`, n === size);
  show();
});
show();

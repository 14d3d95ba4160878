// The screen that drives a prompter: what the reader does is seen here, line by line.
const bar = document.getElementById("driving");
const list = document.getElementById("lines");

async function look() {
  const answer = await fetch(bar.dataset.state).catch(() => null);
  const state = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!state) return;
  document.getElementById("pace").textContent = `${state.pace} %`;
  const rolling = document.getElementById("rolling");
  rolling.textContent = state.rolling ? rolling.dataset.rolls : rolling.dataset.stands;
  rolling.classList.toggle("good", state.rolling);
  mark(state.place);
}
function mark(place) {
  for (const line of list.querySelectorAll("[data-line]")) {
    const here = line.dataset.line === place;
    const was = line.hasAttribute("aria-current");
    line.toggleAttribute("aria-current", here);
    if (here) line.setAttribute("aria-current", "true");
    if (here && !was) line.scrollIntoView({ block: "center", behavior: "smooth" });
  }
}
// While somebody types a line in other words, the list stays as it is: the desk refuses what became old meanwhile.
async function renew() {
  if (list.querySelector("details[open]")) return;
  await htmx.ajax("GET", list.dataset.src, { source: list, target: list, select: "#lines", swap: "outerMorph" });
  look();
}
document.addEventListener("desk:change", ({ detail }) => {
  if (detail.topic === "prompter") {
    if (detail.subject === bar.dataset.subject) look();
  } else renew();
});
look();

// Who changes a script says so while typing, so that two people do not write the same sentence twice.
import { tell } from "./desk.js";

const AGAIN = 30_000;
const words = document.querySelector("textarea[data-lock]");
let told = -AGAIN;
words?.addEventListener("input", async () => {
  if (performance.now() - told < AGAIN) return;
  told = performance.now();
  const token = words.form.elements.csrf_token.value;
  const body = new URLSearchParams({ csrf_token: token });
  const answer = await fetch(words.dataset.lock, { method: "POST", body, headers: { "HX-Request": "true" } }).catch(
    () => null,
  );
  // Without the desk nothing is said: what is typed is kept as a draft, and saving tells who was first.
  if (answer?.status === 409) tell(await answer.text());
});

// A line is heard at a click: it is asked for, and played as soon as it was spoken. A second click stops it.
const ear = document.getElementById("ear");
const SPOKEN_WITHIN = 15_000;
const LOOK_EVERY = 250;
let playing = null;

const stop = () => {
  playing?.sound?.pause();
  playing?.button.removeAttribute("aria-pressed");
  playing = null;
};

ear?.addEventListener("submit", async (event) => {
  if (!event.target.matches(".speak")) return;
  event.preventDefault();
  const button = event.target.querySelector("button");
  const again = playing?.button === button;
  stop();
  if (again) return;
  const mine = { button };
  playing = mine;
  button.setAttribute("aria-pressed", "true");
  const sound = await spoken(event.target, () => playing === mine).catch(() => null);
  if (playing !== mine) return;
  if (!sound) return stop();
  mine.sound = new Audio(URL.createObjectURL(sound));
  mine.sound.addEventListener("ended", () => {
    URL.revokeObjectURL(mine.sound.src);
    if (playing === mine) stop();
  });
  await mine.sound.play().catch(stop);
});

// The sound of a line as a blob, or null once it is told why there is none.
async function spoken(form, wanted) {
  const until = performance.now() + SPOKEN_WITHIN;
  const headers = { "HX-Request": "true" };
  const body = new URLSearchParams(new FormData(form));
  let answer = await fetch(form.action, { method: "POST", body, headers });
  while (answer.status === 202 && wanted() && performance.now() < until) {
    await new Promise((later) => setTimeout(later, LOOK_EVERY));
    answer = await fetch(answer.url, { headers });
  }
  if (answer.status === 200) return answer.blob();
  if (wanted()) tell(await answer.text());
  return null;
}

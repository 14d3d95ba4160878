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

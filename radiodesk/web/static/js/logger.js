// A stretch is chosen by ear: the keys put the player's place into the fields of the form.
const player = document.querySelector(".log-player");

function seconds(text) {
  const [hours, minutes, rest] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + (rest || 0);
}

export function clock(from, passed) {
  const all = Math.round(seconds(from) + passed) % 86400;
  return [all / 3600, (all / 60) % 60, all % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

for (const button of document.querySelectorAll("[data-take]")) {
  if (!player) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.form.elements[button.dataset.take].value = clock(player.dataset.begins, player.currentTime);
  });
}

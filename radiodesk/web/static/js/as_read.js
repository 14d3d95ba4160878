// A time beside a difference plays the programme from there; without this script the link opens the sound at that time.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".differences a");
  const player = link && document.getElementById(link.closest("[data-sound]").dataset.sound);
  if (!player) return;
  event.preventDefault();
  const start = () => {
    player.currentTime = Number(link.hash.slice(3));
    player.play();
  };
  if (player.readyState) start();
  else {
    player.addEventListener("loadedmetadata", start, { once: true });
    player.load();
  }
});

// A time beside words plays their sound from there; without this script the link opens the file at that time.
document.addEventListener("click", (event) => {
  const link = event.target.closest('[data-sound] a[href*="#t="]');
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

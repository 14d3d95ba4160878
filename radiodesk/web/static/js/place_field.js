// Fields for places: what the place finder knows is offered while one types.
let waiting;
document.addEventListener("input", (event) => {
  const box = event.target.closest?.("input[data-places]");
  if (!box) return;
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    // Of several places parted by commas the last one is being typed.
    const before = box.name.startsWith("toward") ? box.value.slice(0, box.value.lastIndexOf(",") + 1) : "";
    const typed = box.value.slice(before.length).trim();
    if (typed.length < 2) return;
    const answer = await fetch(`${box.dataset.places}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok) return;
    const offered = (await answer.json()).map(({ name, where }) => {
      const option = document.createElement("option");
      option.value = before ? `${before} ${name}` : name;
      option.label = where ? `${name}, ${where}` : name;
      return option;
    });
    box.list?.replaceChildren(...offered);
  }, 150);
});

// A paste that was begun stays while another form of the page is sent; signing out forgets it.
for (const box of document.querySelectorAll("textarea[data-kept]")) {
  const key = `kept ${box.dataset.kept}`;
  if (!box.value) box.value = sessionStorage.getItem(key) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
  box.form?.addEventListener("submit", () => sessionStorage.removeItem(key));
}

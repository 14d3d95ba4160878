// The ticket pages: the arrow keys walk through a list, an answer text fills the field, an opened form gets the focus,
// and a new suggestion fills the choices that nobody has touched.

const rows = () => [...document.querySelectorAll("[data-row]")];
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  const next = event.key === "ArrowDown" ? Math.min(all.length - 1, at + 1) : Math.max(0, at - 1);
  event.preventDefault();
  all[next].focus();
});

document.addEventListener("change", (event) => {
  const field = event.target.dataset?.fills && document.getElementById(event.target.dataset.fills);
  if (!field || !event.target.value) return;
  // What was typed is never thrown away: the text goes after it.
  field.value = field.value.trim() ? `${field.value.trim()}\n\n${event.target.value}` : event.target.value;
  field.focus();
});

// The field has the focus before the next key is pressed; waiting for the toggle event would lose the first letters.
document.addEventListener("click", (event) => {
  const act = event.target.closest(".act > summary")?.parentElement;
  if (!act || act.open) return;
  event.preventDefault();
  act.open = true;
  const form = act.querySelector(":scope > form");
  (form?.querySelector("textarea") ?? form?.querySelector("select, input:not([type=hidden])"))?.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

const suggestion = document.getElementById("suggestion");
if (suggestion) {
  const touched = new Set();
  document.addEventListener("change", (event) => event.target.matches("select") && touched.add(event.target.name));
  new MutationObserver(() => {
    const made = suggestion.querySelector("[data-category]");
    for (const name of made ? ["category", "unit", "urgency"] : []) {
      const choice = document.querySelector(`select[name=${name}]`);
      if (!touched.has(name) && made.dataset[name]) choice.value = made.dataset[name];
    }
  }).observe(suggestion, { childList: true, subtree: true });
}

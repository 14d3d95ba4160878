// Puts the items of a rundown into another order, by dragging and by Alt with the arrow keys. Without this file the
// buttons "up" and "down" do it. The list is renewed while it is open, so nothing is bound to it for good.

let sorted = null;
let focused = sessionStorage.getItem("rundown-item");

function move(item, to) {
  const form = document.getElementById("reorder");
  if (!form) return;
  sessionStorage.setItem("rundown-item", item.id);
  form.action = item.dataset.move;
  form.elements.to.value = to;
  form.requestSubmit();
}

function take() {
  const list = document.querySelector("ol[data-sort]");
  if (!list || list === sorted) return;
  sorted = list;
  window.Sortable.create(list, {
    handle: ".sign",
    animation: 120,
    onEnd: ({ item, oldIndex, newIndex }) => {
      if (oldIndex !== newIndex) move(item, newIndex + 1);
    },
  });
  if (focused) document.getElementById(focused)?.focus();
  focused = null;
  sessionStorage.removeItem("rundown-item");
}

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("ol[data-sort] > li");
  if (!item || event.target !== item || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  const items = [...item.parentElement.children];
  const to = items.indexOf(item) + (event.key === "ArrowUp" ? -1 : 1);
  if (items[to]) move(item, to + 1);
});

new MutationObserver(take).observe(document.getElementById("main"), { childList: true, subtree: true });
take();

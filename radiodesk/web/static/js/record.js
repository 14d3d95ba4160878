// Words that are marked with the mouse or a finger go into the field "also take out".
document.addEventListener("selectionchange", () => {
  const chosen = document.getSelection();
  const words = chosen.toString().trim().replace(/\s+/g, " ");
  const from = chosen.anchorNode;
  const piece = (from?.nodeType === Node.ELEMENT_NODE ? from : from?.parentElement)?.closest("[data-piece]");
  if (!words || words.length > 300 || !piece || !piece.contains(chosen.focusNode)) return;
  const field = document.querySelector(`[data-words="${CSS.escape(piece.dataset.piece)}"]`);
  if (field) field.value = words;
});

// The keys decide about the marked place; when it moves on, it stays in sight.
const review = document.getElementById("review");
let last = review?.querySelector("#current")?.dataset.span;
if (review) {
  new MutationObserver(() => {
    const current = review.querySelector("#current");
    if (!current || current.dataset.span === last) return;
    last = current.dataset.span;
    current.scrollIntoView({ block: "nearest" });
  }).observe(review, { childList: true, subtree: true, attributes: true, attributeFilter: ["id", "data-span"] });
}

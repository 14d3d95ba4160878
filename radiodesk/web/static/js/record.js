// Words that are marked with the mouse or a finger go into the field "also take out".
document.addEventListener("selectionchange", () => {
  const chosen = document.getSelection();
  const words = chosen.toString().trim().replace(/\s+/g, " ");
  const piece = chosen.anchorNode?.parentElement?.closest("[data-piece]");
  if (!words || words.length > 300 || !piece || !piece.contains(chosen.focusNode)) return;
  const field = document.querySelector(`[data-words="${CSS.escape(piece.dataset.piece)}"]`);
  if (field) field.value = words;
});

// Where the caret stands in the text, so that it stands there again after the text was drawn anew.

export function caretIn(text) {
  const { anchorNode, anchorOffset } = getSelection();
  const words =
    anchorNode?.parentElement?.closest?.(".segment p") ?? (anchorNode?.matches?.(".segment p") ? anchorNode : null);
  if (!words) return null;
  const range = document.createRange();
  range.selectNodeContents(words);
  range.setEnd(anchorNode, anchorOffset);
  return { segment: [...text.children].indexOf(words.parentElement), offset: range.toString().length };
}

export function placeCaret(text, caret) {
  const words = caret && text.children[caret.segment]?.children[2];
  if (!words) return;
  let left = caret.offset;
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left <= node.length) {
      getSelection().collapse(node, left);
      return;
    }
    left -= node.length;
  }
  getSelection().selectAllChildren(words);
  getSelection().collapseToEnd();
}

// Keys of the soundboard: Shift with a number, wherever the board stands; on a page of its own (data-plain) the number
// alone. By the place of the key, for what Shift makes of it depends on the keyboard.

import { ignored } from "./desk.js";

document.addEventListener("keydown", (event) => {
  if (event.repeat || ignored(event)) return;
  if (event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, audio")) return;
  if (!event.shiftKey && !document.querySelector("[data-plain]")) return;
  const pad = document.querySelector(`[data-code="${CSS.escape(event.code)}"]`);
  if (!pad || pad.disabled || pad.offsetParent === null) return;
  event.preventDefault();
  pad.click();
});

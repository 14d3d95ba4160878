// The transcript editor: hear a word by clicking it, follow the voice, correct, split, join, name who speaks.
// What can be told without a page is in transcript/*.js.

import { tell } from "./desk.js";
import { DeskStorage } from "./drafts/desk_drafts.js";
import { caretIn, placeCaret } from "./transcript/caret.js";
import { EditedSegments } from "./transcript/edited_segments.js";
import { replacement } from "./transcript/replacement.js";
import { spokenWord } from "./transcript/spoken_word.js";
import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";

const waiting = document.querySelector("[data-waiting]");
if (waiting)
  document.addEventListener("desk:change", ({ detail }) => {
    if (detail.subject === waiting.dataset.waiting && detail.kind === "done") location.reload();
  });

const editor = document.getElementById("editor");
if (editor) start();

function start() {
  const { id, align, save: saveTo, open, editable } = editor.dataset;
  const draft = `transcript-${id}`;
  const storage = new DeskStorage(saveTo);
  const limit = Number(editor.dataset.doubtful);
  const player = document.getElementById("player");
  const text = document.getElementById("text");
  const token = editor.querySelector("input[name=csrf_token]").value;
  const segments = JSON.parse(document.getElementById("segments").textContent);
  const edited = new EditedSegments(segments, storage, draft);
  let spans = []; // [start, end, span, word, segment] in order of time
  let current = null;

  // ---- Drawing.
  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

  function drawn(segment) {
    const section = Object.assign(document.createElement("section"), { className: "segment" });
    const time = Object.assign(document.createElement("button"), {
      type: "button",
      className: "time number",
      textContent: clock(segment.start),
    });
    const speaker = Object.assign(document.createElement("input"), {
      value: segment.speaker ?? "",
      placeholder: editor.dataset.speaker,
      maxLength: 80,
      disabled: !editable,
    });
    speaker.setAttribute("list", "known-speakers");
    speaker.setAttribute("aria-label", editor.dataset.speaker);
    const words = document.createElement("p");
    if (editable) {
      words.contentEditable = "true";
      words.spellcheck = false;
      words.setAttribute("role", "textbox");
      words.setAttribute("aria-label", clock(segment.start));
    }
    for (const word of segment.words) {
      const span = Object.assign(document.createElement("span"), { textContent: word.word });
      if (word.confidence < limit) span.className = "doubt";
      words.append(span, " ");
      spans.push([word.start, word.end, span, word, segment]);
    }
    section.append(time, speaker, words);
    section.segment = segment;
    return section;
  }

  function draw() {
    spans = [];
    current = null;
    text.replaceChildren(...segments.map(drawn));
    document.getElementById("doubts").textContent =
      spans.filter(([, , , word]) => word.confidence < limit).length || "";
    const names = [...new Set(segments.map((segment) => segment.speaker).filter(Boolean))];
    document.getElementById("known-speakers").replaceChildren(...names.map((name) => new Option(name, name)));
    drawSpeakers(names);
  }

  function drawSpeakers(names) {
    const box = document.getElementById("speaker-names");
    if (!box) return;
    box.replaceChildren(
      ...names.map((name) => {
        const label = document.createElement("label");
        const input = Object.assign(document.createElement("input"), { value: name, maxLength: 80 });
        input.setAttribute("aria-label", name);
        input.addEventListener("change", () => {
          const renamed = segments.map((segment) =>
            segment.speaker === name ? { ...segment, speaker: input.value.trim() || null } : segment,
          );
          edited.change(0, segments.length, renamed);
          draw();
        });
        label.append(input);
        return label;
      }),
    );
  }

  // ---- Changing, undoing, keeping.
  async function undo() {
    await settle();
    if (edited.undo()) draw();
  }

  async function redo() {
    await settle();
    if (edited.redo()) draw();
  }

  // Keys and words are there at once; what was typed before comes as soon as the desk has answered.
  if (editable)
    storage.load(draft).then(() => {
      if (edited.changed || touched.size || !edited.restore()) return;
      tell(editor.dataset.restored);
      draw();
    });
  addEventListener("beforeunload", (event) => {
    if (edited.changed && !leaving) event.preventDefault();
  });
  let leaving = false;

  // ---- Typing: the words get their times back from the desk once the hand rests.
  const touched = new Set();
  let settling = Promise.resolve();
  let resting;

  async function post(address, body) {
    const answer = await fetch(address, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" },
    }).catch(() => null);
    if (answer?.ok) return answer.json();
    tell(answer ? await answer.text() : editor.dataset.lost);
    return null;
  }

  function settle() {
    clearTimeout(resting);
    settling = settling.then(settleAll);
    return settling;
  }

  async function settleAll() {
    let changed = false;
    for (const section of [...touched]) {
      touched.delete(section);
      const at = segments.indexOf(section.segment);
      if (at < 0) continue;
      const [, speaker, words] = section.children;
      const typed = { text: words.textContent.trim(), speaker: speaker.value.trim() || null };
      if (typed.text === section.segment.text && typed.speaker === section.segment.speaker) continue;
      const answer = await post(align, { words: section.segment.words, segments: [typed] });
      if (!answer) touched.add(section);
      // What was typed while the desk answered is settled when the hand rests again.
      if (!answer || touched.has(section)) continue;
      const now = segments.indexOf(section.segment);
      if (now >= 0) edited.change(now, 1, answer.segments);
      changed = true;
    }
    if (!changed || touched.size) return;
    const caret = caretIn(text);
    draw();
    placeCaret(text, caret);
  }

  async function replace(at, count, typed) {
    const words = segments.slice(at, at + count).flatMap((segment) => segment.words);
    const answer = await post(align, { words, segments: typed });
    if (!answer) return false;
    edited.change(at, count, answer.segments);
    const caret = caretIn(text);
    draw();
    placeCaret(text, caret);
    return true;
  }

  let wasPlaying = false;
  text.addEventListener("input", (event) => {
    const section = event.target.closest(".segment");
    touched.add(section);
    if (!player.paused) {
      player.pause();
      wasPlaying = true;
    }
    clearTimeout(resting);
    resting = setTimeout(async () => {
      await settle();
      if (wasPlaying) {
        wasPlaying = false;
        player.currentTime = Math.max(0, player.currentTime - 1);
        go();
      }
    }, 1200);
  });
  text.addEventListener("focusout", (event) => {
    if (touched.size && !text.contains(event.relatedTarget)) settle();
  });

  text.addEventListener("keydown", async (event) => {
    const words = event.target.closest(".segment p");
    if (!words || event.ctrlKey || event.altKey || event.metaKey) return;
    const caret = caretIn(text);
    if (!caret) return;
    const before = words.textContent.slice(0, caret.offset).trim(),
      after = words.textContent.slice(caret.offset).trim();
    const collapsed = getSelection().isCollapsed;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!before || !after) return;
      await split(caret.segment, before, after);
    } else if (event.key === "Backspace" && collapsed && !before && caret.segment > 0) {
      event.preventDefault();
      await join(caret.segment - 1);
    } else if (event.key === "Delete" && collapsed && !after && caret.segment < segments.length - 1) {
      event.preventDefault();
      await join(caret.segment);
    }
  });

  async function split(at, before, after) {
    touched.delete(text.children[at]);
    const { speaker } = segments[at];
    if (
      await replace(at, 1, [
        { text: before, speaker },
        { text: after, speaker },
      ])
    )
      placeCaret(text, { segment: at + 1, offset: 0 });
  }

  async function join(at) {
    await settle();
    const [first, second] = [segments[at], segments[at + 1]];
    const offset = first.text.length + 1;
    if (await replace(at, 2, [{ text: `${first.text} ${second.text}`, speaker: first.speaker ?? second.speaker }]))
      placeCaret(text, { segment: at, offset });
  }

  text.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s+/g, " "));
  });

  // ---- Hearing.
  // Pausing while the sound is still being fetched is no failure.
  function go() {
    player.play().catch((error) => {
      if (error.name !== "AbortError") tell(error.message);
    });
  }
  function hear(time) {
    player.currentTime = time;
    go();
  }
  text.addEventListener("click", (event) => {
    const section = event.target.closest(".segment");
    if (event.target.matches(".time")) hear(section.segment.start);
    const found = spans.find(([, , span]) => span === event.target);
    if (found && getSelection().isCollapsed) hear(found[0]);
  });

  function follow() {
    const span = spokenWord(spans, player.currentTime)?.[2] ?? null;
    if (span === current) return;
    current?.classList.remove("now");
    current = span;
    if (!span) return;
    span.classList.add("now");
    if (!text.contains(document.activeElement)) span.scrollIntoView({ block: "center", behavior: "instant" });
  }
  player.addEventListener("timeupdate", follow);
  (function each() {
    if (!player.paused) follow();
    requestAnimationFrame(each);
  })();

  if (editor.dataset.outline)
    fetch(editor.dataset.outline)
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((outline) => {
        if (outline)
          WaveSurfer.create({
            container: "#wave",
            media: player,
            peaks: [outline.peaks],
            duration: outline.duration,
            height: 64,
            waveColor: "#5a6f88",
            progressColor: "#ffd166",
            cursorColor: "#eef3f8",
            normalize: true,
            cspNonce: editor.dataset.nonce,
          });
      });

  // ---- Doubtful words.
  let doubted = null;
  function nextDoubt() {
    const from = doubted ? doubted[0] : -1;
    const open = spans.filter(([, , , word]) => word.confidence < limit);
    if (!open.length) {
      tell(editor.dataset.none);
      return;
    }
    doubted = open.find(([begin]) => begin > from) ?? open[0];
    const [begin, , span] = doubted;
    span.scrollIntoView({ block: "center", behavior: "instant" });
    if (editable) {
      span.closest("p").focus({ preventScroll: true });
      getSelection().selectAllChildren(span);
    }
    hear(Math.max(0, begin - 0.6));
  }

  function right() {
    if (doubted && segments.includes(doubted[4])) {
      const [begin, , , word, segment] = doubted;
      const words = segment.words.map((one) => (one === word ? { ...one, confidence: 1 } : one));
      edited.change(segments.indexOf(segment), 1, [{ ...segment, words }]);
      draw();
      doubted = [begin];
    }
    nextDoubt();
  }

  // ---- Find and replace.
  const find = document.getElementById("find");
  find?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await settle();
    const { find: wanted, replace: by, whole } = find.elements;
    const found = replacement(segments, wanted.value, by.value, whole.checked);
    if (!found) return;
    if (found.typed.length) await replace(found.first, found.typed.length, found.typed);
    document.getElementById("found").textContent = found.count;
  });

  // ---- Saving.
  async function save() {
    await settle();
    const words = segments.flatMap((segment) => segment.words);
    const answer = await post(saveTo, {
      words,
      segments: segments.map(({ text: said, speaker }) => ({ text: said, speaker })),
    });
    if (!answer) return;
    leaving = true;
    edited.forget();
    tell(editor.dataset.saved);
    // The page of the new version says that it was saved, and still knows where one came from.
    location.href = `${open.replace(/-$/, answer.public_id)}?${editor.dataset.afterwards}`;
  }

  // ---- Buttons and keys.
  const speed = document.getElementById("speed");
  function step(by) {
    speed.selectedIndex = Math.min(speed.options.length - 1, Math.max(0, speed.selectedIndex + by));
    player.playbackRate = Number(speed.value);
  }
  const acts = {
    slower: () => step(-1),
    faster: () => step(1),
    play: () => {
      if (player.paused) go();
      else player.pause();
    },
    back: () => {
      player.currentTime = Math.max(0, player.currentTime - 3);
    },
    doubt: nextDoubt,
    right,
    undo,
    redo,
    save,
    find: () => {
      find.hidden = !find.hidden;
      if (!find.hidden) find.elements.find.focus();
    },
  };
  editor.addEventListener("click", (event) => {
    acts[event.target.closest("[data-do]")?.dataset.do]?.();
  });
  speed.addEventListener("change", () => step(0));
  addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const wanted =
      event.ctrlKey || event.metaKey
        ? { s: "save", z: event.shiftKey ? "redo" : "undo", y: "redo", h: "find" }[key]
        : { f2: event.shiftKey ? "right" : "doubt", f3: "back", f4: "play", f8: "slower", f9: "faster" }[key];
    if (!wanted || (!editable && !["doubt", "back", "play", "slower", "faster"].includes(wanted))) return;
    if (["undo", "redo"].includes(wanted) && event.target.matches?.("#find input")) return;
    event.preventDefault();
    acts[wanted]();
  });
  draw();
}

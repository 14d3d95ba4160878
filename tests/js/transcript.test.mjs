// The parts of the transcript editor that need no page. Run by scripts/test: node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";
import { EditedSegments } from "../../radiodesk/web/static/js/transcript/edited_segments.js";
import { replacement } from "../../radiodesk/web/static/js/transcript/replacement.js";
import { spokenWord } from "../../radiodesk/web/static/js/transcript/spoken_word.js";

class Storage {
  #held = new Map();
  getItem(key) {
    return this.#held.get(key) ?? null;
  }
  setItem(key, value) {
    if (value.length > 500) throw new Error("QuotaExceededError");
    this.#held.set(key, value);
  }
  removeItem(key) {
    this.#held.delete(key);
  }
}

const said = (...texts) => texts.map((text) => ({ text, speaker: null }));
const texts = (edited) => edited.list.map(({ text }) => text);

test("a change is undone and done again", () => {
  const edited = new EditedSegments(said("satu", "dua"), new Storage(), "k");
  edited.change(1, 1, said("tiga", "empat"));
  assert.deepEqual(texts(edited), ["satu", "tiga", "empat"]);
  assert.equal(edited.undo(), true);
  assert.deepEqual(texts(edited), ["satu", "dua"]);
  assert.equal(edited.undo(), false);
  assert.equal(edited.redo(), true);
  assert.deepEqual(texts(edited), ["satu", "tiga", "empat"]);
  assert.equal(edited.redo(), false);
});

test("a new change after an undo forgets what was undone", () => {
  const edited = new EditedSegments(said("satu"), new Storage(), "k");
  edited.change(0, 1, said("dua"));
  edited.undo();
  edited.change(0, 1, said("tiga"));
  assert.equal(edited.redo(), false);
  assert.deepEqual(texts(edited), ["tiga"]);
});

test("a page that is loaded anew has the changes, and undo with them", () => {
  const storage = new Storage();
  const before = new EditedSegments(said("satu", "dua"), storage, "k");
  before.change(0, 1, said("nol"));
  before.change(1, 1, said("tiga"));
  before.undo();
  const after = new EditedSegments(said("satu", "dua"), storage, "k");
  assert.equal(after.restore(), true);
  assert.deepEqual(texts(after), ["nol", "dua"]);
  assert.equal(after.redo(), true);
  assert.deepEqual(texts(after), ["nol", "tiga"]);
  assert.equal(new EditedSegments(said("x"), storage, "other").restore(), false);
});

test("more changes than the browser keeps go on in the page alone", () => {
  const storage = new Storage();
  const edited = new EditedSegments(said("satu"), storage, "k");
  edited.change(0, 1, said("panjang ".repeat(100)));
  assert.equal(storage.getItem("k"), null);
  assert.equal(edited.undo(), true);
  assert.deepEqual(texts(edited), ["satu"]);
});

test("the word that is spoken is the last that began, through the pause behind it", () => {
  const spans = [
    [0, 0.4, "lampu"],
    [0.5, 0.9, "padam"],
    [3, 3.4, "pak"],
  ];
  assert.equal(spokenWord([], 1), null);
  assert.equal(spokenWord(spans, 0.1)[2], "lampu");
  assert.equal(spokenWord(spans, 0.49)[2], "padam");
  assert.equal(spokenWord(spans, 1.2)[2], "padam");
  assert.equal(spokenWord(spans, 2), null);
  assert.equal(spokenWord(spans, 9), null);
});

test("find and replace knows whole words and takes signs as they are", () => {
  const list = said("macet di Kapas", "Kapasan lancar", "kapas (barat)");
  assert.equal(replacement(list, "  ", "x", true), null);
  const whole = replacement(list, "kapas", "Kalitidu", true);
  assert.equal(whole.count, 2);
  assert.deepEqual(
    whole.typed.map(({ text }) => text),
    ["macet di Kalitidu", "Kapasan lancar", "Kalitidu (barat)"],
  );
  assert.equal(whole.first, 0);
  assert.equal(replacement(list, "kapas", "X", false).count, 3);
  assert.equal(replacement(list, "(barat)", "$&", false).typed[0].text, "kapas $&");
  assert.deepEqual(replacement(list, "tidak ada", "x", false), { count: 0, first: -1, typed: [] });
});

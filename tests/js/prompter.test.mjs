// Where the prompter's text is, and which key does what. Run by scripts/test: node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";
import { actOf, codeOf, defaults, learn, readMap } from "../../radiodesk/web/static/js/prompter/key_map.js";
import {
  glide,
  heightAt,
  lineAt,
  rollOn,
  secondsAt,
  stays,
  timeline,
  voiceAt,
} from "../../radiodesk/web/static/js/prompter/timeline.js";

const points = timeline(
  [
    { y: 0, seconds: 4 },
    { y: 100, seconds: 2 },
    { y: 300, seconds: 0, waits: true },
    { y: 400, seconds: 10 },
  ],
  600,
);

test("a place in pixels is a time of reading, and back", () => {
  for (const [y, at] of [
    [0, 0],
    [50, 2],
    [100, 4],
    [200, 5],
    [500, 11],
    [600, 16],
  ]) {
    assert.equal(secondsAt(points, y), at);
    if (y < 300 || y > 400) assert.equal(heightAt(points, at), y);
  }
});

test("above the first line and below the last the text stands", () => {
  assert.equal(secondsAt(points, -50), 0);
  assert.equal(heightAt(points, 99), 600);
});

test("it rolls at the pace that it is given, and waits where nothing is read", () => {
  assert.deepEqual(rollOn(points, 1, 2), { at: 3, waits: false });
  assert.deepEqual(rollOn(points, 5, 3), { at: 6, waits: true });
  assert.deepEqual(rollOn(points, 6, 1), { at: 7, waits: false });
  assert.deepEqual(rollOn(points, 15, 9), { at: 16, waits: false });
});

test("the line that is read is the last that began", () => {
  assert.deepEqual(
    [0, 99, 100, 310, 599].map((y) => lineAt(points, y)),
    [0, 1, 1, 2, 3],
  );
});

const lines = (...texts) => texts.map((text, i) => ({ key: `a-${i}`, text }));

test("when words change, the reader stays at the same words", () => {
  const before = lines("Selamat pagi.", "Lalu lintas lancar.", "Sampai jumpa.");
  assert.equal(stays(before, 1, before), 1);
  assert.equal(stays(before, 1, lines("Selamat pagi.", "Lalu lintas padat.", "Sampai jumpa.")), 1);
  assert.equal(stays(before, 1, lines("Baru.", "Selamat pagi.", "Lalu lintas lancar.", "Sampai jumpa.")), 2);
  assert.equal(stays(before, 2, lines("Selamat pagi.")), 0);
  assert.equal(stays(before, 1, []), 0);
});

test("a pedal is learned by pressing it, and does one thing", () => {
  const chord = codeOf({ code: "KeyK", ctrlKey: true, shiftKey: true });
  assert.equal(chord, "Ctrl+Shift+KeyK");
  const map = learn(defaults(), "roll", chord);
  assert.equal(actOf(map, chord), "roll");
  assert.equal(actOf(map, "Space"), null);
  assert.equal(actOf(map, "Pad0"), "roll");
  assert.equal(actOf(learn(map, "faster", "Space"), "KeyK"), null);
  assert.equal(actOf(learn(map, "faster", chord), chord), "faster");
  assert.equal(codeOf({ code: "ShiftLeft", shiftKey: true }), null);
});

test("what was stored by another release does not stop the prompter", () => {
  for (const bad of ["", "{", "null", "[]", '{"roll": 3}', '{"roll": [1]}'])
    assert.deepEqual(readMap(bad), defaults(), bad);
  assert.deepEqual(readMap('{"roll": ["KeyB"], "other": ["KeyC"]}').roll, ["KeyB"]);
});

const spoken = [
  { at: 10, seconds: 4, text: "satu dua tiga empat" },
  { at: 14, seconds: 2, text: "lima enam" },
];

test("a voice is as far in its line as words of it were said", () => {
  assert.equal(voiceAt(spoken, { line: 0, word: 1 }), 12);
  assert.equal(voiceAt(spoken, { line: 1, word: 4 }), 15);
  assert.equal(voiceAt(spoken, { line: 1, word: 5 }), 16);
});

test("after an edit the line alone holds, and a line that is gone is the last", () => {
  assert.equal(voiceAt(spoken, { line: 1, word: 40 }), 14);
  assert.equal(voiceAt(spoken, { line: 7, word: 9 }), 14);
  assert.equal(voiceAt([], { line: 0, word: 0 }), null);
});

test("the text glides to the voice, never beyond it, and not back for a word", () => {
  let at = 0;
  for (let i = 0; i < 200; i++) {
    const next = glide(at, 5, 0.05, 3);
    assert.ok(next >= at && next <= 5);
    at = next;
  }
  assert.ok(at > 4.9);
  assert.equal(glide(5, 4, 0.1, 3), 5);
  assert.ok(glide(9, 4, 0.1, 3) < 9);
});

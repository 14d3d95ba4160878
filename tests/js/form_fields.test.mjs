// What is kept of a form as a draft. Run by scripts/test: node --test tests/js

import assert from "node:assert/strict";
import { test } from "node:test";
import { isSame, putFields, readFields } from "../../radiodesk/web/static/js/drafts/form_fields.js";

const field = (name, value, type = "text") => ({ name, value, type, tagName: "INPUT", checked: value === true });
const form = (...elements) => ({ elements });

test("words, choices and ticks are read in order; secrets, files and buttons are not", () => {
  const all = form(
    field("csrf_token", "x"),
    field("text", "Jalan rusak"),
    field("present", "rahasia"),
    field("code", "123456"),
    field("any", "rahasia", "password"),
    field("file", "a.wav", "file"),
    field("id", "7", "hidden"),
    field("confidential", true, "checkbox"),
    { name: "act", value: "go", type: "submit", tagName: "BUTTON" },
  );
  assert.deepEqual(readFields(all), [
    ["text", "Jalan rusak"],
    ["confidential", true],
  ]);
});

test("values go back to the fields that they came from, and what differed is counted", () => {
  const now = form(field("text", ""), field("urgency", "biasa"), field("confidential", false, "checkbox"));
  assert.equal(
    putFields(now, [
      ["text", "Lubang"],
      ["urgency", "biasa"],
      ["confidential", true],
    ]),
    2,
  );
  assert.equal(now.elements[0].value, "Lubang");
  assert.equal(now.elements[2].checked, true);
});

test("a form whose fields have changed takes nothing into the wrong field", () => {
  const now = form(field("summary", "baru"), field("text", ""));
  assert.equal(putFields(now, [["text", "Lubang"]]), 0);
  assert.equal(now.elements[0].value, "baru");
});

test("readings are compared by what they hold", () => {
  assert.equal(isSame([["a", "b"]], [["a", "b"]]), true);
  assert.equal(isSame([["a", "b"]], [["a", "c"]]), false);
});

test("only what was typed goes back: what others changed meanwhile stays", () => {
  const now = form(field("topic", "Dari rekan"), field("notes", ""));
  const first = [
    ["topic", "Lama"],
    ["notes", ""],
  ];
  const typed = [
    ["topic", "Lama"],
    ["notes", "Ketikan saya"],
  ];
  assert.equal(putFields(now, typed, first), 1);
  assert.equal(now.elements[0].value, "Dari rekan");
  assert.equal(now.elements[1].value, "Ketikan saya");
});

test("a field in which somebody types while a draft comes back keeps the new words", () => {
  const now = form(field("topic", "Sedang diketik"), field("notes", ""));
  const page = [
    ["topic", ""],
    ["notes", ""],
  ];
  const kept = [
    ["topic", "Lama"],
    ["notes", "Catatan lama"],
  ];
  assert.equal(putFields(now, kept, page, page), 1);
  assert.deepEqual(readFields(now), [
    ["topic", "Sedang diketik"],
    ["notes", "Catatan lama"],
  ]);
});

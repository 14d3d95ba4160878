// Which key, pedal or gamepad button does what. A pedal and a shuttle send keys; they are learned by pressing them.

export const DEFAULTS = {
  roll: ["Space"],
  slower: ["KeyJ"],
  faster: ["KeyK"],
  back: ["ArrowUp"],
  on: ["ArrowDown"],
  before: ["PageUp"],
  after: ["PageDown"],
  top: ["Home"],
};
export const PAD = { roll: ["Pad0"], before: ["Pad4"], after: ["Pad5"], slower: ["Pad14"], faster: ["Pad15"] };

export function defaults() {
  const map = {};
  for (const act of Object.keys(DEFAULTS)) map[act] = [...DEFAULTS[act], ...(PAD[act] ?? [])];
  return map;
}

const MODIFIERS = new Set([
  "ShiftLeft",
  "ShiftRight",
  "ControlLeft",
  "ControlRight",
  "AltLeft",
  "AltRight",
  "MetaLeft",
]);

// "Ctrl+Shift+KeyK"; pedals send such chords so that nobody presses them by chance. None for a modifier alone.
export function codeOf(event) {
  const code = event.code || event.key;
  if (!code || MODIFIERS.has(code)) return null;
  const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift", event.metaKey && "Meta"];
  return [...held.filter(Boolean), code].join("+");
}

export const actOf = (map, code) => Object.keys(map).find((act) => map[act].includes(code)) ?? null;

// What was learned takes the place of the act's keys of the same kind, and does nothing else any more.
export function learn(map, act, code) {
  const pad = code.startsWith("Pad");
  const learned = {};
  for (const [name, codes] of Object.entries(map)) learned[name] = codes.filter((one) => one !== code);
  learned[act] = [...learned[act].filter((one) => one.startsWith("Pad") !== pad), code];
  return learned;
}

// Stored maps may be of another release, or damaged: what is not understood is as it came.
export function readMap(text) {
  const map = defaults();
  try {
    const stored = JSON.parse(text ?? "{}");
    for (const act of Object.keys(map)) {
      const codes = stored?.[act];
      if (Array.isArray(codes) && codes.every((code) => typeof code === "string")) map[act] = codes;
    }
  } catch {
    return defaults();
  }
  return map;
}

export const shown = (codes) => codes.map((code) => code.replace(/\b(Key|Digit)(?=[A-Z0-9])/g, "")).join(" · ");

// Drafts at the desk: asked for, kept and dropped by the address that the words will be sent to.

/** How long the hand must rest before words are sent to the desk, in milliseconds. */
export const RESTS = 700;
const MOST = 190000; // the desk takes a little more

const addresses = () => document.body.dataset;
const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

async function post(address, values, keepalive) {
  const body = new URLSearchParams(values);
  const headers = { "X-CSRFToken": token(), "HX-Request": "true" };
  const answer = await fetch(address, { method: "POST", body, headers, keepalive }).catch(() => null);
  return answer?.status === 204;
}

/** A key of the window's storage that belongs to who is signed in: another person may sign in at the same window. */
export const keyOfMine = (key) => `${addresses().me} ${key}`;

/** What is kept for these places, by place; `null` when the desk does not answer. */
export async function findDrafts(places) {
  const asked = new URLSearchParams(places.map((place) => ["untuk", place]));
  const headers = { "HX-Request": "true" };
  const answer = await fetch(`${addresses().drafts}?${asked}`, { headers }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** Keep a list for a place. With `keepalive` the browser sends it although the page goes (a small one only). */
export const keepDraft = (place, list, keepalive = false) =>
  post(addresses().drafts, { untuk: place, isian: JSON.stringify(list) }, keepalive);

export const dropDraft = (place) => post(addresses().discardDraft, { untuk: place }, true);

/** A storage of one text for one place, as `sessionStorage` is one: in the window at once, at the desk soon after. */
export class DeskStorage {
  #timer;
  #place;

  constructor(place) {
    this.#place = place;
  }

  /** Bring what the desk has into the window, unless the window has something newer. */
  async load(key) {
    if (this.getItem(key) !== null) return;
    const kept = (await findDrafts([this.#place]))?.[this.#place]?.[0];
    if (typeof kept === "string") sessionStorage.setItem(keyOfMine(key), kept);
  }

  getItem(key) {
    return sessionStorage.getItem(keyOfMine(key));
  }

  setItem(key, text) {
    clearTimeout(this.#timer);
    if (text.length < MOST) this.#timer = setTimeout(() => keepDraft(this.#place, [text]), RESTS);
    sessionStorage.setItem(keyOfMine(key), text);
  }

  removeItem(key) {
    clearTimeout(this.#timer);
    sessionStorage.removeItem(keyOfMine(key));
    dropDraft(this.#place);
  }
}

// The segments of a transcript while somebody corrects them. Every change is a splice, so that it can be undone, also
// after the page was loaded anew: the splices lie in a storage until the transcript is saved.

export class EditedSegments {
  constructor(list, storage, key) {
    this.list = list;
    this.storage = storage;
    this.key = key;
    this.history = [];
    this.done = 0; // how many of the history's splices are applied
  }

  get changed() {
    return this.done > 0;
  }

  // Applies what was changed before the page was loaded anew; says whether there was anything.
  restore() {
    const kept = JSON.parse(this.storage.getItem(this.key) ?? "null");
    if (!kept) return false;
    this.history = kept.history;
    for (const splice of this.history.slice(0, kept.done)) this.#apply(splice);
    this.done = kept.done;
    return this.changed;
  }

  change(at, count, added) {
    this.history.length = this.done;
    this.history.push({ at, removed: this.list.slice(at, at + count), added });
    this.done += 1;
    this.list.splice(at, count, ...added);
    this.#keep();
  }

  undo() {
    if (!this.done) return false;
    this.done -= 1;
    const { at, removed, added } = this.history[this.done];
    this.list.splice(at, added.length, ...removed);
    this.#keep();
    return true;
  }

  redo() {
    if (this.done === this.history.length) return false;
    this.#apply(this.history[this.done]);
    this.done += 1;
    this.#keep();
    return true;
  }

  forget() {
    this.storage.removeItem(this.key);
  }

  #apply({ at, removed, added }) {
    this.list.splice(at, removed.length, ...added);
  }

  #keep() {
    try {
      if (this.history.length)
        this.storage.setItem(this.key, JSON.stringify({ history: this.history, done: this.done }));
      else this.forget();
    } catch {
      // More changes than the browser keeps: undo goes on in this page, and leaving it asks first.
      this.forget();
    }
  }
}

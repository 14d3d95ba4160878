// What stands in the fields of a form, as a list that can be kept and put back. Needs no page: any object with
// `elements` will do.

const SECRET = /^(csrf_token|_draft|code|pin|password|again|present)$/;
const UNKEPT = new Set(["hidden", "password", "file", "submit", "button", "image", "reset"]);

const isTicked = (field) => field.type === "checkbox" || field.type === "radio";

/** The fields whose words may be kept: no passwords, codes, files and hidden values. */
export function keptFields(form) {
  return [...form.elements].filter(
    (field) => field.name && !SECRET.test(field.name) && !UNKEPT.has(field.type) && field.tagName !== "BUTTON",
  );
}

/** Per field its name and its value (a boolean where it is ticked or not), in the order of the form. */
export function readFields(form) {
  return keptFields(form).map((field) => [field.name, isTicked(field) ? field.checked : field.value]);
}

/**
 * Put values back where the field at the same place still has the same name; returns how many differed. What stands in
 * `first` unchanged was not typed by anybody, and what differs from `untouched` is being typed now: both are left.
 */
export function putFields(form, values, first = [], untouched = []) {
  let differed = 0;
  keptFields(form).forEach((field, at) => {
    const [name, value] = values[at] ?? [];
    if (name !== field.name || (isTicked(field) ? field.checked : field.value) === value) return;
    if (first[at] && isSame(first[at], values[at])) return;
    if (untouched[at] && untouched[at][1] !== (isTicked(field) ? field.checked : field.value)) return;
    if (isTicked(field)) field.checked = value;
    else field.value = value;
    differed += 1;
  });
  return differed;
}

/** Whether two readings hold the same. */
export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

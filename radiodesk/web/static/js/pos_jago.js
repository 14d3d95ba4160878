// The Pos Jago form without a network: reports lie on the phone until the desk has taken them, each under an id of its
// own, so that one that was sent twice is taken once.

const form = document.getElementById("pos-jago");
const box = document.getElementById("outbox");
const KEY = "pos-jago";
const read = () => JSON.parse(localStorage.getItem(KEY) || "[]");
const write = (reports) => localStorage.setItem(KEY, JSON.stringify(reports));
const tell = (text, css = "") => {
  box.textContent = text;
  box.className = `note ${css}`;
  box.hidden = !text;
};

for (const name of ["kode", "officer"]) {
  const field = form.elements[name];
  field.value = localStorage.getItem(`${KEY}-${name}`) || field.value;
  field.addEventListener("change", () => localStorage.setItem(`${KEY}-${name}`, field.value));
}

let busy = false;
async function sync() {
  if (busy) return;
  busy = true;
  try {
    for (let waiting = read(); waiting.length; waiting = read()) {
      const [report] = waiting;
      const answer = await fetch(form.dataset.sync, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${form.elements.kode.value}` },
        body: JSON.stringify(report),
      });
      if (!answer.ok) {
        // Refused, not lost: the report stays until the code or the words are mended.
        const { error } = await answer.json().catch(() => ({ error: answer.status }));
        tell(`${form.dataset.refused} ${error} (${waiting.length})`, "bad");
        return;
      }
      write(read().filter((one) => one.id !== report.id));
      tell(form.dataset.done, "good");
    }
  } catch {
    tell(`${form.dataset.kept} ${read().length}`, "warn");
  } finally {
    busy = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const report = Object.fromEntries([...new FormData(form)].filter(([name, value]) => value && name !== "kode"));
  report.id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  report.written = new Date().toISOString();
  report.text += `\n(${new Date().toLocaleString("id-ID")})`;
  for (const name of ["kode", "officer"]) localStorage.setItem(`${KEY}-${name}`, form.elements[name].value);
  write([...read(), report]);
  for (const name of ["text", "place", "name", "phone"]) form.elements[name].value = "";
  sync();
});

form.elements.place.addEventListener("input", async () => {
  try {
    const answer = await fetch(`${form.dataset.places}?q=${encodeURIComponent(form.elements.place.value)}`);
    const options = (await answer.json()).map(({ name, where }) =>
      Object.assign(new Option(where, name), { value: name }),
    );
    document.getElementById("places").replaceChildren(...options);
  } catch {
    /* without a network the place is typed in full */
  }
});

addEventListener("online", sync);
setInterval(() => {
  if (read().length) sync();
}, 30000);
if (read().length) {
  tell(`${form.dataset.kept} ${read().length}`, "warn");
  sync();
}
if (navigator.serviceWorker) {
  await navigator.serviceWorker.register(form.dataset.worker, { scope: "/pos-jago" });
  const { active } = await navigator.serviceWorker.ready;
  const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img")];
  active.postMessage({ keep: [location.pathname, ...parts.map((el) => el.href || el.src)] });
}

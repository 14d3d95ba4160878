// Search in an exported record, without a server. Pages that were opened from a disk may not fetch files: they load each
// file of the index as a script that hands it over.
(() => {
  const root = new URL("../../", document.currentScript.src);
  const index = new URL("cari/", root);
  const onDisk = location.protocol === "file:";
  const files = new Map();
  const AT_ONCE = 20;

  window.recordFile = (name, held) => {
    files.set(
      name,
      Uint8Array.from(atob(held), (letter) => letter.charCodeAt(0)),
    );
  };

  const load = (name) =>
    new Promise((done, failed) => {
      if (files.has(name)) {
        done(files.get(name));
        return;
      }
      const script = document.createElement("script");
      script.src = new URL(`${name}.js`, index);
      script.onload = () => done(files.get(name));
      script.onerror = () => failed(new Error(name));
      document.head.append(script);
    });

  window.recordFetch = async (address) => {
    const name = new URL(address, index).pathname.slice(index.pathname.length);
    return new Response(await load(name));
  };

  const engine = async () => {
    if (!onDisk) return import(new URL("pagefind.js", index));
    const text = new TextDecoder().decode(await load("pagefind.js"));
    // There is no worker for a page of a disk.
    const own = `const fetch = window.recordFetch, Worker = undefined;\n${text}`;
    return import(URL.createObjectURL(new Blob([own], { type: "text/javascript" })));
  };

  let opened;
  const open = async () => {
    const found = await engine();
    // From here on every address of a result is one below the folder of the export.
    await found.options({ basePath: onDisk ? index.href : index.pathname, baseUrl: "/", excerptLength: 24 });
    await found.init();
    return found;
  };

  const place = (address, form) => {
    const below = address.replace(/^\/+/, "");
    const language = document.documentElement.lang;
    return new URL(language === form.dataset.first ? below : `${language}/${below}`, root).href;
  };

  // What was found comes as text with <mark> around the words; nothing else of it is taken as a tag.
  const excerpt = (text) => {
    const line = document.createElement("p");
    for (const part of text.split(/(<mark>.*?<\/mark>)/)) {
      const marked = part.match(/^<mark>(.*)<\/mark>$/);
      const plain = new DOMParser().parseFromString(marked ? marked[1] : part, "text/html").body.textContent;
      const shown = marked ? document.createElement("mark") : document.createTextNode(plain);
      if (marked) shown.textContent = plain;
      line.append(shown);
    }
    return line;
  };

  const entry = (data, form) => {
    const best = data.sub_results.find((one) => one.anchor) ?? data;
    const item = document.createElement("li");
    item.className = "sheet";
    const head = document.createElement("h2");
    const link = document.createElement("a");
    link.href = place(best.url, form);
    link.textContent = data.meta.title;
    head.append(link);
    const when = document.createElement("p");
    when.className = "faint";
    when.textContent = data.meta.date ?? "";
    item.append(head, when, excerpt(best.excerpt));
    return item;
  };

  const form = document.getElementById("static-search");
  const shown = document.getElementById("found");
  if (!form || !shown) return;
  const note = (words) => {
    const line = document.createElement("p");
    line.className = "note";
    line.textContent = words;
    shown.replaceChildren(line);
  };

  const more = async (results, list) => {
    const some = await Promise.all(results.slice(0, AT_ONCE).map((one) => one.data()));
    list.append(...some.map((data) => entry(data, form)));
    const rest = results.slice(AT_ONCE);
    if (!rest.length) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = shown.dataset.more;
    button.addEventListener("click", () => {
      button.remove();
      more(rest, list);
    });
    shown.append(button);
  };

  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = new FormData(form).get("cari").trim();
    if (!words) return;
    try {
      opened ??= open();
      const { results } = await (await opened).search(words);
      if (!results.length) {
        note(shown.dataset.none);
        return;
      }
      const list = document.createElement("ul");
      list.className = "plain";
      shown.replaceChildren(list);
      await more(results, list);
    } catch (error) {
      opened = undefined;
      console.error(error);
      note(shown.dataset.failed);
    }
  });
})();

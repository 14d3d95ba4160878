// Keeps the Pos Jago page and what it is made of, so that it opens without a network. The network comes first: a new
// page replaces the kept one.

const CACHE = "pos-jago-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(event.data.keep)));
});
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      try {
        const answer = await fetch(event.request);
        if (answer.ok) cache.put(event.request, answer.clone());
        return answer;
      } catch (error) {
        const kept = await cache.match(event.request, { ignoreSearch: event.request.mode === "navigate" });
        if (kept) return kept;
        throw error;
      }
    })(),
  );
});

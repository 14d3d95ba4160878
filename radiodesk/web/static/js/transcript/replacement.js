// Find and replace over all segments: what the changed ones are, and how often it was found.

export function replacement(segments, wanted, by, whole) {
  const quoted = wanted.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  if (!quoted) return null;
  const pattern = new RegExp(whole ? `(?<![\\p{L}\\p{N}])${quoted}(?![\\p{L}\\p{N}])` : quoted, "giu");
  let count = 0;
  const typed = segments.map(({ text, speaker }) => ({
    speaker,
    text: text.replace(pattern, () => {
      count += 1;
      return by;
    }),
  }));
  const first = typed.findIndex((one, at) => one.text !== segments[at].text);
  const last = typed.findLastIndex((one, at) => one.text !== segments[at].text);
  return { count, first, typed: first < 0 ? [] : typed.slice(first, last + 1) };
}

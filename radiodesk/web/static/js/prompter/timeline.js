// Where the reader is in the text, in seconds of reading and in pixels. Points are [y, seconds, waits], from the first
// line to the end; between two of them the text rolls evenly, so that a long word takes longer than a short one.

export function timeline(lines, end) {
  const points = [];
  let seconds = 0;
  for (const line of lines) {
    points.push({ y: line.y, at: seconds, waits: line.waits === true });
    seconds += line.seconds;
  }
  points.push({ y: end, at: seconds, waits: false });
  return points;
}

const between = (value, from, to) => (to > from ? Math.min(1, Math.max(0, (value - from) / (to - from))) : 1);

function along(points, value, of, give) {
  if (value <= points[0][of]) return points[0][give];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (value <= b[of]) return a[give] + between(value, a[of], b[of]) * (b[give] - a[give]);
  }
  return points.at(-1)[give];
}

export const secondsAt = (points, y) => along(points, y, "y", "at");
export const heightAt = (points, seconds) => along(points, seconds, "at", "y");

// Rolls on by so many seconds of reading, but not past a point that waits: there somebody else speaks.
export function rollOn(points, from, seconds) {
  const to = Math.min(points.at(-1).at, from + seconds);
  const stop = points.find((point) => point.waits && point.at > from + 0.001 && point.at <= to);
  return stop ? { at: stop.at, waits: true } : { at: to, waits: false };
}

// The line that is being read: the last that begins at or above the reading line.
export function lineAt(points, y) {
  let found = 0;
  for (let i = 0; i < points.length - 1; i++) if (points[i].y <= y + 1) found = i;
  return found;
}

// Where a line is after the words were changed: the line of the same key and words, else the nearest of the same words,
// else that of the same key, else as far down as before.
export function stays(before, index, after) {
  const line = before[index];
  if (!line || !after.length) return 0;
  const same = after.findIndex((one) => one.key === line.key && one.text === line.text);
  if (same >= 0) return same;
  const alike = after.map((one, i) => [one, i]).filter(([one]) => one.text === line.text);
  if (alike.length) return alike.sort((a, b) => Math.abs(a[1] - index) - Math.abs(b[1] - index))[0][1];
  const key = after.findIndex((one) => one.key === line.key);
  return key >= 0 ? key : Math.min(index, after.length - 1);
}

// Where a reader's voice is, in seconds of reading: `line` counts the lines of one script from 0, `word` its words. The
// lines are [{ at, seconds, text }] of that script. What was edited since may count otherwise; then the line alone holds.
export function voiceAt(lines, { line, word }) {
  if (!lines.length) return null;
  const index = Math.max(0, Math.min(lines.length - 1, line));
  const counts = lines.map((one) => one.text.trim().split(/\s+/).length);
  const before = counts.slice(0, index).reduce((sum, count) => sum + count, 0);
  const within = word + 1 - before;
  const share = within >= 0 && within <= counts[index] ? within / counts[index] : 0;
  return lines[index].at + share * lines[index].seconds;
}

// Glides to where the voice is, quicker the farther it is; back only when the voice went back by more than a line.
const GLIDE = 4; // of what is left, in a second
export function glide(from, to, seconds, back) {
  if (to < from && from - to < back) return from;
  return from + (to - from) * Math.min(1, GLIDE * seconds);
}

// Which word is being spoken. Spans are [start, end, …] in seconds, in order of time.

const AHEAD = 0.02; // a player tells the time a little late
const LINGER = 0.4; // a word stays marked through the pause behind it

export function spokenWord(spans, seconds) {
  let low = 0;
  let high = spans.length - 1;
  let found = null;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (spans[middle][0] <= seconds + AHEAD) {
      found = spans[middle];
      low = middle + 1;
    } else high = middle - 1;
  }
  return found && seconds < found[1] + LINGER ? found : null;
}

/** Matches as the server's patterns do: `*`, `?`, `[a-z]`, `[^a-z]`, and a backslash before a plain character. */
export function globMatches(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1; // where the last star was
  let resume = 0; // text position to try after it
  while (from < text.length) {
    const step = at < pattern.length && pattern[at] !== '*' ? matchOne(pattern, at, text.charCodeAt(from)) : 0;
    if (step > 0) {
      at += step;
      from += 1;
    } else if (pattern[at] === '*') {
      star = at;
      resume = from;
      at += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      from = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at >= pattern.length;
}

/** Length of the pattern part that matches the character; 0: it does not. */
function matchOne(pattern: string, at: number, code: number): number {
  const char = pattern[at];
  if (char === '?') return 1;
  if (char === '[') return matchClass(pattern, at, code);
  if (char === '\\' && at + 1 < pattern.length) return pattern.charCodeAt(at + 1) === code ? 2 : 0;
  return pattern.charCodeAt(at) === code ? 1 : 0;
}

/** A class that is not closed reaches to the end of the pattern. */
function matchClass(pattern: string, start: number, code: number): number {
  let at = start + 1;
  const negated = pattern[at] === '^';
  if (negated) at += 1;
  let found = false;
  for (; at < pattern.length && pattern[at] !== ']'; at += 1) {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      at += 1;
      found ||= pattern.charCodeAt(at) === code;
    } else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      const ends = [pattern.charCodeAt(at), pattern.charCodeAt(at + 2)];
      found ||= code >= Math.min(...ends) && code <= Math.max(...ends);
      at += 2;
    } else found ||= pattern.charCodeAt(at) === code;
  }
  return found === negated ? 0 : Math.min(at + 1, pattern.length) - start;
}

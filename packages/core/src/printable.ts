/** Control characters of ASCII and Latin-1, separators of lines, and marks that change the direction of text. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Escape sequences of terminals: colors, and what moves the cursor or sets a title. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

/**
 * Text of a server, fit for messages: without escape sequences, and with a space for each run of control characters, so
 * that it can neither forge a line of a log nor change what a terminal shows.
 */
export function printable(text: string): string {
  return text.replace(ANSI, '').replace(CONTROLS, ' ').trim();
}

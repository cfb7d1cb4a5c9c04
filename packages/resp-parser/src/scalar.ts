import { ErrorReply, ProtocolError } from './errors.ts';
import { parseBigNumber, parseDouble, parseInteger } from './numbers.ts';
import type { Reply } from './types.ts';
import { BIG_NUMBER, BOOLEAN, DOUBLE, ERROR, INTEGER, SIMPLE } from './wire.ts';

/** Longest line that holds a length, an integer, a boolean or a null; leading zeros included. */
const MAX_SHORT_LINE = 64;
/** Longest line of a double: 2^-1074 written in full has 1,077 characters. */
const MAX_DOUBLE_LINE = 2048;
/** Longest line of a big number: turning digits into a bigint takes more than linear time. */
const MAX_BIG_NUMBER_LINE = 64 * 1024;
/** The type byte and the line end. */
const AROUND_TEXT = 3;

/** How long a line may be, by its type byte. */
export function longestLine(type: number, maxText: number): number {
  switch (type) {
    case SIMPLE:
    case ERROR:
      return maxText + AROUND_TEXT;
    case DOUBLE:
      return MAX_DOUBLE_LINE;
    case BIG_NUMBER:
      return MAX_BIG_NUMBER_LINE;
    default:
      return MAX_SHORT_LINE;
  }
}

/**
 * Reads a value that is one line.
 * @throws ProtocolError when the text is no value of that type
 */
export function parseScalar(type: number, text: string): Reply {
  switch (type) {
    case SIMPLE:
      return text;
    case ERROR:
      return new ErrorReply(text);
    case INTEGER:
      return parseInteger(text);
    case DOUBLE:
      return parseDouble(text);
    case BIG_NUMBER:
      return parseBigNumber(text);
    case BOOLEAN:
      return parseBoolean(text);
    default:
      if (text !== '') throw new ProtocolError('A null holds something');
      return null;
  }
}

function parseBoolean(text: string): boolean {
  if (text !== 't' && text !== 'f') throw new ProtocolError('A boolean is neither t nor f');
  return text === 't';
}

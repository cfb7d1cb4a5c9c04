/** A reply as types and texts: enough to compare replies whose order or bytes may differ. */
export type Frame =
  | { readonly type: string; readonly text: string }
  | { readonly type: string; readonly items: Frame[] };

/** One frame and where it ends; undefined: incomplete. */
export function readFrame(text: string, start = 0): { frame: Frame; end: number } | undefined {
  const lf = text.indexOf('\r\n', start);
  if (lf < 0) return undefined;
  const type = text.charAt(start);
  const head = text.slice(start + 1, lf);
  const end = lf + 2;
  if (type === '$' || type === '=') return readBulk(text, type, Number(head), end);
  if (!['*', '~', '>', '%'].includes(type) || head === '-1') return { frame: { type, text: head }, end };
  const items: Frame[] = [];
  let at = end;
  for (let left = Number(head) * (type === '%' ? 2 : 1); left > 0; left -= 1) {
    const item = readFrame(text, at);
    if (item === undefined) return undefined;
    items.push(item.frame);
    at = item.end;
  }
  return { frame: { type, items }, end: at };
}

function readBulk(text: string, type: string, size: number, start: number): { frame: Frame; end: number } | undefined {
  if (size < 0) return { frame: { type, text: 'null' }, end: start };
  const end = start + size + 2;
  return end > text.length ? undefined : { frame: { type, text: text.slice(start, end - 2) }, end };
}

/** Where so many frames end; undefined: incomplete. */
export function endOfFrames(text: string, count: number): number | undefined {
  let at = 0;
  for (let left = count; left > 0; left -= 1) {
    const next = readFrame(text, at);
    if (next === undefined) return undefined;
    at = next.end;
  }
  return at;
}

/** All frames of a text. */
export function framesOf(text: string): Frame[] {
  const frames: Frame[] = [];
  for (let next = readFrame(text, 0); next !== undefined; next = readFrame(text, next.end)) frames.push(next.frame);
  return frames;
}

/** The frames with every list in one order, for replies that come in any. */
export function unordered(frames: readonly Frame[]): string[] {
  const canonical = (frame: Frame): string =>
    'items' in frame
      ? `${frame.type}(${frame.items.map(canonical).sort().join()})`
      : `${frame.type}${JSON.stringify(frame.text)}`;
  return frames.map(canonical).sort();
}

/** A request as clients write it. */
export function request(args: readonly (string | Buffer)[]): Buffer {
  const parts = args.map((arg) => Buffer.from(arg as string));
  const chunks = parts.flatMap((part) => [Buffer.from(`$${part.length}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([Buffer.from(`*${args.length}\r\n`), ...chunks]);
}

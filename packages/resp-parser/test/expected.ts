import { ErrorReply, type Reply } from '../src/index.ts';

/** A value as the recorded vectors describe it; the notation is explained in the vectors file. */
export interface Node {
  t: string;
  v?: unknown;
  hex?: string;
  format?: string;
  attrs?: [Node, Node][];
}

/** What a decoder has reported, in order. */
export type Event =
  | { kind: 'reply'; value: Reply }
  | { kind: 'push'; value: Reply[] }
  | { kind: 'attribute'; value: Map<Reply, Reply> };

/** The events that frames of the vectors must give. Attributes come before the value they belong to. */
export function expectedEvents(frames: readonly Node[], bytes: boolean): Event[] {
  return frames.flatMap((frame): Event[] => {
    const attributes = attributesOf(frame, bytes);
    const value = toReply(frame, bytes);
    return frame.t === 'push'
      ? [...attributes, { kind: 'push', value: value as Reply[] }]
      : [...attributes, { kind: 'reply', value }];
  });
}

/** All attributes of a value and of what is inside it; two in a row are joined, as the vectors do. */
function attributesOf(node: Node, bytes: boolean): Event[] {
  const own: Event[] =
    node.attrs === undefined
      ? []
      : [{ kind: 'attribute', value: new Map(node.attrs.map(([k, v]) => [toReply(k, bytes), toReply(v, bytes)])) }];
  const inAttributes = (node.attrs ?? []).flat().flatMap((child) => attributesOf(child, bytes));
  return [...inAttributes, ...own, ...childrenOf(node).flatMap((child) => attributesOf(child, bytes))];
}

function childrenOf(node: Node): Node[] {
  return Array.isArray(node.v) ? (node.v.flat() as Node[]) : [];
}

function toReply(node: Node, bytes: boolean): Reply {
  switch (node.t) {
    case 'simple':
      return stringOf(node);
    case 'bulk':
    case 'verbatim':
      return bytes ? bytesOf(node) : stringOf(node);
    case 'error':
    case 'blobError':
      return new ErrorReply(stringOf(node));
    case 'int': {
      const exact = BigInt(node.v as string);
      return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
    }
    case 'double':
      return doubleOf(node.v as string);
    case 'bignum':
      return BigInt(node.v as string);
    case 'bool':
      return node.v as boolean;
    case 'null':
      return null;
    case 'array':
    case 'push':
      return (node.v as Node[]).map((child) => toReply(child, bytes));
    case 'set':
      return new Set((node.v as Node[]).map((child) => toReply(child, bytes)));
    case 'map':
      return new Map((node.v as [Node, Node][]).map(([k, v]) => [toReply(k, bytes), toReply(v, bytes)]));
    default:
      throw new Error(`the vectors have a node of an unknown type: ${node.t}`);
  }
}

function doubleOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  if (text === '-inf') return Number.NEGATIVE_INFINITY;
  return text === 'nan' ? Number.NaN : Number(text);
}

function bytesOf(node: Node): Uint8Array {
  return new Uint8Array(node.hex === undefined ? Buffer.from(node.v as string) : Buffer.from(node.hex, 'hex'));
}

function stringOf(node: Node): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(node));
}

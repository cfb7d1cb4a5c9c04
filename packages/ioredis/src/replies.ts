/** Replies as ioredis gives them: `Buffer` for the Buffer twins, numbers for all integers, an object for HGETALL. */
import { isBytes } from '@kv/core';

/** Changes the reply of one command before its caller gets it. */
export type ReplyTransformer = (reply: unknown) => unknown;

/** How a reply is wanted. */
export interface ReplyShape {
  /** Strings as `Buffer`. */
  readonly buffers: boolean;
  /** Integers as text. */
  readonly stringNumbers: boolean;
}

function objectOf(reply: unknown): unknown {
  if (!Array.isArray(reply)) return reply;
  const object: Record<string, unknown> = {};
  for (let at = 0; at < reply.length; at += 2) setField(object, String(reply[at]), reply[at + 1]);
  return object;
}

/** A field named `__proto__` is a field like any other. */
function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

/** By name in lower case; users may add to them. */
export const replyTransformers: Map<string, ReplyTransformer> = new Map([['hgetall', objectOf]]);

/** A reply in the shape that is wanted. */
export function shaped(name: string, raw: unknown, shape: ReplyShape): unknown {
  const reply = converted(raw, shape);
  return replyTransformers.get(name)?.(reply) ?? reply;
}

function converted(raw: unknown, shape: ReplyShape): unknown {
  if (Array.isArray(raw)) return raw.map((item) => converted(item, shape));
  if (raw instanceof Map) return objectOf([...raw].flatMap(([name, value]) => [textOf(name), converted(value, shape)]));
  if (raw instanceof Set) return [...raw].map((item) => converted(item, shape));
  if (typeof raw === 'number' || typeof raw === 'bigint') return shape.stringNumbers ? String(raw) : Number(raw);
  if (!shape.buffers) return isBytes(raw) ? bufferOf(raw).toString() : raw;
  if (isBytes(raw)) return bufferOf(raw);
  return typeof raw === 'string' ? Buffer.from(raw) : raw;
}

function textOf(name: unknown): unknown {
  return isBytes(name) ? bufferOf(name).toString() : name;
}

/** The same memory as a `Buffer`. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

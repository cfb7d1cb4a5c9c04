import type { Request } from '@kv/core';
import { withSource } from '../batch/scripts.ts';

/** A script that goes to another server than it was called for brings its source along: it may not be known there. */
export function bringSource(request: Request): void {
  request.command = withSource(request.command) ?? request.command;
}

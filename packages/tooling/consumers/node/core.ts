import { ok } from 'node:assert';
import { ArgumentError, type ErrorCode, isKvError } from '@kv/core';

const code: ErrorCode = 'ARGUMENT';
const error: unknown = new ArgumentError('key');
ok(isKvError(error) && error.code === code);
ok(!isKvError(new Error('other')));

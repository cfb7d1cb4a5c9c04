'use strict';
// What `require('@kv/ioredis')` gives: the class itself, with all other names on it, as ioredis has it.
const all = require('../dist/index.cjs');

module.exports = Object.assign(all.Redis, all);
Object.defineProperty(module.exports, '__esModule', { value: true });

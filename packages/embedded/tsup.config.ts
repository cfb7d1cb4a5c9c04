import { defineConfig } from 'tsup';
import { base, declarations } from '../../tsup.base.ts';

const index = 'src/index.ts';

// The program is an ES module only: it uses top-level await.
export default defineConfig([
  { ...base, entry: [index], format: ['cjs'] },
  { ...base, entry: [index, 'src/cli.ts'], format: ['esm'], dts: { ...declarations, entry: index }, clean: false },
]);

import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';

export default defineConfig([base, { ...base, entry: ['src/cli.ts'], format: ['esm'], dts: false, clean: false }]);

import { defineConfig } from 'tsup';
import { base } from '../../tsup.base.ts';
import manifest from './package.json' with { type: 'json' };

export default defineConfig({
  ...base,
  define: { KV_VERSION: JSON.stringify(manifest.version) },
});

import type { BuildOptions } from 'esbuild';

/** What every published build sets; also for tests that build a package as it is published. */
export function setPublishedForm(options: BuildOptions, format: 'esm' | 'cjs' | 'iife'): void {
  options.sourcesContent = false; // the maps lead to src, which the package holds
  // In CommonJS import() becomes require(): Jest runs it without --experimental-vm-modules.
  if (format === 'cjs') options.supported = { ...options.supported, 'dynamic-import': false };
}

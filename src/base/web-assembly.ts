import { UsageError } from './errors.js';

/** undici and jq need it. `node --jitless` has none. Throws a usage error. */
export function checkWebAssembly(): void {
  if ('WebAssembly' in globalThis) return;
  throw new UsageError(
    'atlas-pe needs WebAssembly, which this Node.js does not have.',
    'Run Node.js without --jitless. The option may be in NODE_OPTIONS.',
  );
}

import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: ['src/main.ts'],
  outdir: 'dist',
  bundle: true,
  // Each command is a chunk of its own, loaded when it is dispatched.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Native, and optional: whoever installs without it keeps secrets in the file.
  external: ['@napi-rs/keyring'],
  target: 'node20.19',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Some bundled libraries are CommonJS and require Node's own modules.
  banner: { js: "import { createRequire as $r } from 'node:module'; const require = $r(import.meta.url);" },
});

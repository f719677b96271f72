#!/usr/bin/env node
import module from 'node:module';
import v8 from 'node:v8';

// Node 22 and later keep the compiled code, so that the next start is faster.
module.enableCompileCache?.();
// Before Node 24, V8 optimizes undici's parser, which is WebAssembly, in the background, and lets no process end before
// that: some 60 ms.
if (Number.parseInt(process.versions.node, 10) < 24) v8.setFlagsFromString('--liftoff-only');
const { main } = await import('../dist/main.js');
process.exitCode = await main(process.argv.slice(2), process);

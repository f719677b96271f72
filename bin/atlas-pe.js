#!/usr/bin/env node
/* CommonJS, unlike all the rest: an ES module takes some milliseconds before its first line runs. */

/** Scripts ask for the version before anything else, so it takes nothing but this file, and not even a stream. */
function printVersion() {
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
  } catch (error) {
    // A reader that went away is no error. Whatever else it is, a full disk for example, main says.
    if (error.code !== 'EPIPE') run(argv);
  }
}

/** Node 22 and later keep the compiled code, so that the next start is faster. */
function keepCompiledCode() {
  if (Number.parseInt(process.versions.node, 10) < 22) return;
  const { enableCompileCache } = require('node:module');
  const folder = enableCompileCache && require('../dist/compile-cache.cjs').compileCacheDir(process.env);
  // Without a folder Node would take a shared one, where another user may have put code of theirs.
  if (folder) enableCompileCache(folder);
}

function loadMain() {
  try {
    keepCompiledCode();
    return require('../dist/main.cjs').main;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    const folder = require('node:path').dirname(__dirname);
    process.stderr.write(`Error: atlas-pe is not built.\nHint: Run npm ci --include=dev in ${folder}.\n`);
    return () => 1;
  }
}

async function run(argv) {
  process.exitCode = await loadMain()(argv, process);
  const signal = { 130: 'SIGINT', 143: 'SIGTERM' }[process.exitCode];
  // Node ends no process before the system's look-up of a host name is through, and none can be called off. Who is
  // interrupted meanwhile dies of the signal, which is the same exit code to a shell.
  if (signal) setTimeout(() => process.stderr.write('', () => process.kill(process.pid, signal)), 50).unref();
}

const argv = process.argv.slice(2);
if (argv.length === 1 && /^(--)?version$/.test(argv[0])) printVersion();
else run(argv);

#!/usr/bin/env node
/* CommonJS, unlike the other sources: an ES module takes some milliseconds before its first line runs. */

/** Scripts often check the version first. So this loads only this file and opens no stream. */
function printVersion() {
  try {
    require('node:fs').writeSync(1, `${require('../package.json').version}\n`);
  } catch (error) {
    // A closed pipe is not an error. For anything else, such as a full disk, main reports the error.
    if (error.code !== 'EPIPE') run(argv);
  }
}

/** Loads the program with compiled code of an earlier run, if there is any. */
function load(argv) {
  // Help is text that is printed. It has so little code that compiling it takes less time. Only speed depends on this.
  if (argv.length === 0 || argv.some((word) => /^(-h|--help|help)$/.test(word))) return require('../dist/main.cjs');
  const { loaderFor } = require('../dist/load.cjs');
  const dist = require('node:path').join(__dirname, '../dist');
  const own = loaderFor(dist, process.env, require, (act) => process.on('exit', act));
  return own ? own('./main.cjs') : require('../dist/main.cjs');
}

function loadMain(argv) {
  try {
    return load(argv).main;
  } catch (error) {
    if (!['MODULE_NOT_FOUND', 'ENOENT'].includes(error.code)) throw error;
    const folder = require('node:path').dirname(__dirname);
    process.stderr.write(
      `Error: atlas-pe is not built.\nHint: Run npm ci --include=dev && npm run build in ${folder}.\n`,
    );
    return () => 1;
  }
}

async function run(argv) {
  process.exitCode = await loadMain(argv)(argv, process);
  const signal = { 130: 'SIGINT', 143: 'SIGTERM' }[process.exitCode];
  // Node can't exit while the system looks up a host name, and the lookup can't be cancelled. So an interrupted command
  // kills itself with the signal. To a shell, this is the same exit code. On Windows, it would be another one.
  if (signal && process.platform !== 'win32')
    setTimeout(() => process.stderr.write('', () => process.kill(process.pid, signal)), 50).unref();
}

const argv = process.argv.slice(2);
// Hides a connection string with a password from ps. On Windows, this would be the title of the window.
if (process.platform !== 'win32' && argv.some((word) => /:\/\/.*@/.test(word))) process.title = 'atlas-pe';
// The Atlas CLI passes the name of its own command first.
if (argv[0] === 'pe') argv.shift();
if (argv.length === 1 && /^(--)?version$/.test(argv[0])) printVersion();
else run(argv);

/*
 * Draws the README's pictures: types commands into a real shell in a pseudo-terminal, records the screen, and writes an
 * animated SVG for light and for dark pages. `npm run picture`; it takes as long as the animation.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { type Frame, type Run, type Theme, themes, toSvg } from './svg.js';

const columns = 88;
/** Enough that nothing scrolls away. A picture ends below the last row that it uses. */
const rows = 48;
/** Milliseconds between two looks at the screen, and between two typed keys. */
const tick = 80;
const typing = 45;

const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-picture-'));
const script = `#!/bin/sh\nexec "${process.execPath}" "${resolve('bin/atlas-pe.js')}" "$@"\n`;
writeFileSync(join(folder, 'atlas-pe'), script, { mode: 0o755 });
const shell = spawn('bash', ['--norc', '--noprofile'], {
  cols: columns,
  rows,
  name: 'xterm-256color',
  env: {
    PATH: `${folder}:${process.env.PATH}`,
    HOME: folder,
    PS1: '$ ',
    LANG: 'C.UTF-8',
    BASH_SILENCE_DEPRECATION_WARNING: '1',
    ATLAS_PE_CONFIG_DIR: folder,
    ATLAS_PE_DATA_DIR: folder,
    ATLAS_PE_CACHE_DIR: folder,
  },
});
const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
shell.onData((text) => screen.write(text));

/** The content of the screen: each row as runs of text in the same style. */
function look(): Frame {
  const buffer = screen.buffer.active;
  return Array.from({ length: rows }, (_, y) => {
    const runs: Run[] = [];
    const line = buffer.getLine(buffer.viewportY + y);
    for (let x = 0; line && x < columns; x++) {
      const cell = line.getCell(x);
      if (!cell) continue;
      const color = cell.isFgPalette() ? cell.getFgColor() : undefined;
      const looks = { color, bold: cell.isBold() !== 0, dim: cell.isDim() !== 0 };
      const last = runs.at(-1);
      const isSame = last && last.color === color && last.bold === looks.bold && last.dim === looks.dim;
      if (isSame) last.text += cell.getChars() || ' ';
      else runs.push({ x, text: cell.getChars() || ' ', ...looks });
    }
    return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text !== '');
  });
}

/** Resolves when the shell asks for the next command. */
async function prompt(): Promise<void> {
  const last = () => {
    const { active } = screen.buffer;
    return active
      .getLine(active.baseY + active.cursorY)
      ?.translateToString()
      .trimEnd();
  };
  do await sleep(tick);
  while (last() !== '$');
}

async function run(line: string): Promise<void> {
  for (const key of line) {
    shell.write(key);
    await sleep(typing);
  }
  await sleep(400);
  shell.write('\r');
  await sleep(200);
  await prompt();
}

/** Records these commands on an empty screen, and writes the picture for light and for dark pages. */
async function draw(picture: string, title: string, lines: readonly string[]): Promise<void> {
  await run('clear');
  const frames: { at: number; frame: Frame }[] = [];
  const recorder = setInterval(() => frames.push({ at: performance.now(), frame: look() }), tick);
  for (const line of lines) {
    await run(line);
    await sleep(3500);
  }
  clearInterval(recorder);
  const used = Math.max(...frames.map(({ frame }) => frame.findLastIndex((runs) => runs.length > 0) + 1));
  for (const [name, theme] of Object.entries<Theme>(themes)) {
    const file = join('docs', `${picture}-${name}.svg`);
    const svg = toSvg(frames, { columns, rows: used, theme, title });
    writeFileSync(file, svg);
    process.stdout.write(`${file} ${Math.round(svg.length / 1024)} kB, ${frames.length} looks\n`);
  }
}

mkdirSync('docs', { recursive: true });
await prompt();
await draw('run', 'atlas-pe connects a VPC to Atlas', [
  'atlas-pe connect us-east-1 --sandbox --yes',
  'atlas-pe list --sandbox',
]);
await run('atlas-pe create --region eastus2 --provider azure --wait --sandbox');
await draw('doctor', 'atlas-pe doctor finds a problem', [
  'atlas-pe doctor us-east-1 --sandbox',
  'atlas-pe doctor eastus2 --sandbox',
]);
const ended = new Promise((resolve) => shell.onExit(resolve));
shell.kill();
await ended;
// What the shell ran may still be writing.
rmSync(folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 200 });

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
const rows = 33;
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
    ATLAS_PE_PROFILE: 'sandbox',
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

const frames: { at: number; frame: Frame }[] = [];
const start = performance.now();
let isRecording = false;
const recorder = setInterval(() => {
  if (isRecording) frames.push({ at: performance.now() - start, frame: look() });
}, tick);

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

async function run(line: string, pause: number): Promise<void> {
  for (const key of line) {
    shell.write(key);
    await sleep(typing);
  }
  await sleep(400);
  shell.write('\r');
  await sleep(200);
  await prompt();
  await sleep(pause);
}

await prompt();
await run('atlas-pe create --region eastus2 --provider azure --wait; clear', 0);
isRecording = true;
await run('atlas-pe connect --region us-east-1 --yes', 3500);
await run('atlas-pe list --fields region,status,interfaceEndpoints', 4000);
clearInterval(recorder);
shell.kill();
rmSync(folder, { recursive: true, force: true });

mkdirSync('docs', { recursive: true });
for (const [name, theme] of Object.entries<Theme>(themes)) {
  const file = join('docs', `run-${name}.svg`);
  const svg = toSvg(frames, { columns, rows, theme, title: 'A run of atlas-pe in its sandbox' });
  writeFileSync(file, svg);
  process.stdout.write(`${file} ${Math.round(svg.length / 1024)} kB, ${frames.length} looks\n`);
}

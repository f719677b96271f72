/*
 * A prefix like a slow connection: `slow BYTES PROGRAM…` passes so many bytes of stdin at once, then makes the file `/mnt/held`
 * and passes the rest slowly.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const [bytes, program, ...words] = process.argv.slice(2);
const child = spawn(program, words, { stdio: ['pipe', 'inherit', 'inherit'] });
const { stdin } = process;
let passed = 0;
stdin.on('data', (chunk) => {
  passed += chunk.length;
  stdin.pause();
  const next = () => stdin.resume();
  if (passed < Number(bytes)) return child.stdin.write(chunk, next);
  writeFileSync('/mnt/held', '');
  child.stdin.write(chunk);
  return setTimeout(next, 50);
});
stdin.on('end', () => child.stdin.end());
child.stdin.on('error', () => undefined);
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
  stdin.destroy();
});

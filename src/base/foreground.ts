import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether this process is in the foreground of its terminal, rather than a job that the shell goes on beside. True where no
 * terminal controls it, and where there is no way to tell: Node has none of its own.
 */
export function isInForeground(): boolean {
  try {
    const [own, foreground] = (process.platform === 'linux' ? fromProc() : fromPs()).map(Number);
    return !foreground || foreground <= 0 || foreground === own;
  } catch {
    return true;
  }
}

/** The process groups: its own, and that in the foreground (proc(5): pgrp and tpgid, after the name in brackets). */
function fromProc(): (string | undefined)[] {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[2], fields[5]];
}

function fromPs(): string[] {
  const said = execFileSync('ps', ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(process.pid)], {
    timeout: 1000,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return said.trim().split(/\s+/);
}

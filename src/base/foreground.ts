import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** False for a background job of the shell. True if it can't be determined: Node has no API for this. */
export function isInForeground(withoutTerminal = true) {
  try {
    const [own, foreground] = (process.platform === 'linux' ? fromProc() : fromPs()).map(Number);
    return foreground && foreground > 0 ? foreground === own : withoutTerminal;
  } catch {
    return true;
  }
}

/** Our process group and the terminal's foreground group (proc(5): pgrp and tpgid, after the name in parentheses). */
function fromProc() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [fields[2], fields[5]];
}

function fromPs() {
  const printed = execFileSync('ps', ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(process.pid)], {
    timeout: 1000,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return printed.trim().split(/\s+/);
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/* The processes of this namespace, as /proc has them. */

export interface Process {
  pid: number;
  /** Its words, with blanks between them. */
  line: string;
  /** The file that it runs. A file without a name any more ends with ` (deleted)`. */
  file: string;
  environment: string;
}

/** Undefined if it has ended, also if nobody has asked for its exit code yet. */
function readProcess(pid: number): Process | undefined {
  const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'latin1').replaceAll('\0', ' ').trim();
  try {
    return { pid, line: read('cmdline'), file: readlinkSync(`/proc/${pid}/exe`), environment: read('environ') };
  } catch {
    return undefined;
  }
}

export const processes = (): Process[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));

/** Asks again and again, until there is an answer or the time is over. */
export async function until<T>(ask: () => T | undefined, limitMs: number): Promise<T | undefined> {
  const end = performance.now() + limitMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined || performance.now() > end) return answer;
    await setTimeout(10);
  }
}

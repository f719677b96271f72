import os from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../../../package.json';
import type { Clock } from '../../base/clock.js';
import { hintText, isFailure } from '../../base/errors.js';
import type { Host } from '../../base/host.js';
import { at, text } from '../../base/json.js';
import { checkStrings } from '../doctor/check-strings.js';
import { readGivenString, readVariable } from '../doctor/given-string.js';
import { aboutMachine } from '../doctor/report.js';
import { readErrand } from './errand.js';

type Parts = { clock: Clock; addresses(): readonly string[] };

/** The other side of `doctor --via`: answers each line of stdin with lines of JSON. The end of stdin ends it. */
export async function examine({ stdin, stdout, env }: Host, { clock, addresses }: Parts): Promise<number> {
  const ending = new AbortController();
  const lines = createInterface({ input: stdin }).once('close', () => ending.abort());
  stdout.once('error', () => ending.abort());
  const glibc = text(at(process.report.getReport(), 'header', 'glibcVersionRuntime'));
  const system = `${os.type()} ${os.machine()}${glibc === null ? '' : `, glibc ${glibc}`}`;
  const ownAddresses = addresses();
  const about = aboutMachine(os.hostname(), ownAddresses, clock.now());
  for await (const line of lines) {
    const { word, vantage, asked } = readErrand(line);
    const say = (answer: object) => stdout.write(`${word} ${JSON.stringify(answer)}\n`);
    say({ machine: { version, system, about } });
    try {
      const { variable } = asked;
      const given = variable === undefined ? undefined : readGivenString(readVariable(env, variable));
      const check = checkStrings({ clock, signal: ending.signal }, { ...vantage, ownAddresses });
      const what = given ? { strings: [given.string], findings: given.findings } : asked;
      say({ checks: await check(what, (begun) => say({ begun })) });
    } catch (error) {
      if (ending.signal.aborted) break;
      if (!isFailure(error)) throw error;
      say({ fault: error.message, hint: hintText(error.hint) });
    }
  }
  return 0;
}

import os from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../../../package.json';
import type { Clock } from '../../base/clock.js';
import { hintText, isFailure } from '../../base/errors.js';
import type { Env, Host } from '../../base/host.js';
import { at, text } from '../../base/json.js';
import type { Asked } from '../doctor/check-strings.js';
import { checkStrings } from '../doctor/check-strings.js';
import { readGivenString, readVariable } from '../doctor/given-string.js';
import { aboutMachine } from '../doctor/report.js';
import type { Errand } from './errand.js';

interface Parts {
  clock: Clock;
  addresses(): readonly string[];
}

/** The other side of `doctor --via`: answers each line of stdin with lines of JSON. The end of stdin ends it. */
export async function examine({ stdin, stdout, env }: Host, { clock, addresses }: Parts): Promise<number> {
  const ending = new AbortController();
  const lines = createInterface({ input: stdin });
  lines.once('close', () => ending.abort());
  stdout.once('error', () => ending.abort());
  const ownAddresses = addresses();
  const about = aboutMachine(os.hostname(), ownAddresses, clock.now());
  const machine = { version, system: systemName(), about };
  for await (const line of lines) {
    const errand = JSON.parse(line) as Errand;
    const say = (answer: object) => stdout.write(`${errand.word} ${JSON.stringify(answer)}\n`);
    say({ machine });
    const vantage = { ...errand.vantage, ownAddresses };
    const onCategory = (begun: string) => say({ begun });
    try {
      const context = { clock, signal: ending.signal };
      say({ checks: await checkStrings(context, vantage, askedIn(errand, env), onCategory) });
    } catch (error) {
      if (ending.signal.aborted) break;
      if (!isFailure(error)) throw error;
      say({ fault: { message: error.message, hint: hintText(error.hint) } });
    }
  }
  return 0;
}

function askedIn({ variable, strings, findings = [], earlier = [] }: Errand, env: Env): Asked {
  if (variable !== undefined) {
    const given = readGivenString(readVariable(env, variable));
    return { strings: [given.string], findings: given.findings };
  }
  return {
    strings: strings.map((each) => ({ ...each, options: new URLSearchParams(each.options) })),
    findings,
    earlier,
    recorded: async ({ endpointIds }) =>
      strings.flatMap((each) => (each.endpointIds.some((id) => endpointIds.includes(id)) ? each.recorded : [])),
  };
}

function systemName() {
  const glibc = text(at(process.report.getReport(), 'header', 'glibcVersionRuntime'));
  return `${os.type()} ${os.machine()}${glibc === null ? '' : `, glibc ${glibc}`}`;
}

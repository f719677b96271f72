import { getServers } from 'node:dns';
import os, { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { version } from '../../../package.json';
import type { Clock } from '../../base/clock.js';
import { hintText, isFailure } from '../../base/errors.js';
import type { Host } from '../../base/host.js';
import { at, text } from '../../base/json.js';
import { readGivenString, readVariable } from '../doctor/given-string.js';
import { openPath } from '../doctor/path.js';
import { pathCategories, runChecks } from '../doctor/run-checks.js';
import type { StringSubject } from '../doctor/strings.js';
import type { Errand } from './job.js';

interface Parts {
  clock: Clock;
  addresses(): readonly string[];
}

/** The other side of `doctor --via`: answers each line of stdin, a job, with lines of JSON. The end of stdin ends it. */
export async function examine({ stdin, stdout, env }: Host, { clock, addresses }: Parts): Promise<number> {
  const ending = new AbortController();
  const lines = createInterface({ input: stdin });
  const end = () => ending.abort(new Error('The other side has gone.'));
  lines.once('close', end);
  stdout.once('error', end);
  const machine = { ...thisMachine(), addresses: addresses() };
  for await (const line of lines) {
    const job = JSON.parse(line) as Errand;
    const say = (answer: object) => stdout.write(`${job.word} ${JSON.stringify(answer)}\n`);
    say({ machine });
    try {
      const vantage = { ...job.place, ownAddresses: machine.addresses };
      const onCategory = (begun: string) => say({ begun });
      const open = (strings: readonly StringSubject[], authority = vantage.authority) =>
        openPath({ clock, signal: ending.signal }, { ...vantage, authority }, async () => strings);
      if (job.known) {
        const { strings, recorded, earlier } = job.known;
        const path = open(strings.map((each) => ({ ...each, options: new URLSearchParams(each.options) })));
        path.recorded = async ({ endpointIds }) =>
          recorded.flatMap(({ id, address }) => (endpointIds.includes(id) ? address : []));
        say({ checks: await runChecks(pathCategories, path, onCategory, earlier) });
      } else {
        const { text, faults } = job.string ?? { text: readVariable(env, job.variable ?? ''), faults: undefined };
        const { category, string, authority } = readGivenString(text, faults);
        const path = open([string], vantage.authority ?? authority);
        say({ checks: await runChecks([category, ...pathCategories], path, onCategory) });
      }
    } catch (error) {
      if (ending.signal.aborted) return 0;
      if (!isFailure(error)) throw error;
      say({ error: { exit: error.exit, message: error.message, hint: hintText(error.hint) } });
    }
  }
  return 0;
}

function thisMachine() {
  const report: unknown = process.report.getReport();
  const glibc = text(at(report, 'header', 'glibcVersionRuntime'));
  const system = `${os.type()} ${os.machine()}${glibc === null ? '' : `, glibc ${glibc}`}`;
  return { version, host: hostname(), system, node: process.versions.node, dnsServers: getServers() };
}

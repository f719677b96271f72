import { expect, test } from 'vitest';
import { prepare } from '../helpers/prepare-sandbox.js';
import { ownFolders } from '../helpers/run-cli.js';
import { Terminal } from '../helpers/terminal.js';

/* The built program, with the AWS SDK as it is bundled. */

test('in a terminal it shows the plan, asks, then ticks off each step', async () => {
  const env = ownFolders();
  await prepare(env, 'sandbox reset --ready-after 2s');
  const terminal = new Terminal(['--sandbox', 'connect', '--region', 'us-east-1'], env, { columns: 80 });
  await terminal.shows(/\[y\/N\]/);
  terminal.type('y\r');
  await terminal.shows(/^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Atlas service {7}us-east-1 {2}INITIATING/m);
  await terminal.shows(/^ {2}Connection strings$/m);
  expect(await terminal.exit).toBe(0);
  const lines = terminal.lines();
  for (const title of ['Atlas service', 'Security group', 'VPC endpoint', 'Attachment', 'Connection strings']) {
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^✔ ${title} .*(?:created|Cluster0)`)));
  }
  const table = lines.indexOf('CLUSTER   CONNECTION STRING');
  expect(lines.slice(table - 1, table + 2)).toEqual([
    '',
    lines[table],
    expect.stringMatching(/^Cluster0 {2}mongodb\+srv:/),
  ]);
});

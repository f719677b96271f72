/*
 * Replays recorded times from create to ready through three schedules: our wait, a poll every 4 s (the Atlas CLI's),
 * and Terraform's. Prints the cost of each: how many requests, and how late it notices. `npm run bench:wait [-- FILE]`,
 * where FILE is JSON: {"AWS": [seconds, …], "AZURE": […], "GCP": […]}.
 */
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import { type Provider, providers } from '../src/clouds/all.js';
import { type Recorded, replay, schedules, targets } from './replay.js';

const file = process.argv[2] ?? 'tools/wait-durations.json';
const recorded: Partial<Record<Provider, readonly number[]>> = JSON.parse(readFileSync(file, 'utf8'));

const table = new Table({
  head: ['provider', 'runs', 'schedule', 'requests', 'of fixed 4 s', 'late by (s)', 'most requests'],
  style: { head: [], border: [] },
});
const failed: string[] = [];
const wanted: string[] = [];
for (const provider of providers) {
  const runs = recorded[provider] ?? [];
  if (runs.length === 0) continue;
  const results = Object.fromEntries(
    Object.entries(schedules).map(([name, schedule]) => [name, replay(schedule(provider), runs)]),
  ) as Recorded;
  for (const [name, { requests, late, most }] of Object.entries(results)) {
    const ratio = requests / results['every 4 s'].requests;
    table.push([provider, runs.length, name, requests.toFixed(1), ratio.toFixed(2), late.toFixed(2), most]);
  }
  const all = Object.entries(targets(provider, results));
  wanted.push(`${provider}: ${all.map(([what]) => what).join(', ')}`);
  for (const [what, isMet] of all) if (!isMet) failed.push(`${provider}: ${what}`);
}
if (table.length === 0) failed.push(`${file} holds no runs`);
process.stdout.write(`${file}\n${table.toString()}\nTargets of atlas-pe:\n`);
for (const line of wanted) process.stdout.write(`  ${line}\n`);
process.stdout.write(failed.length === 0 ? 'Every target is met.\n' : `Missed: ${failed.join('; ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/*
 * Replays recorded times from create to ready through three schedules: our wait, a poll every 4 s (the Atlas CLI's),
 * and Terraform's. Prints the cost of each: how many requests, how late it notices, and its longest gap between two requests.
 * `npm run bench:wait [-- FILE]`, where FILE is JSON: {"AWS": [seconds, …], "AZURE": […], "GCP": […]}.
 */
import { readFileSync } from 'node:fs';
import { clouds, type Provider, providers } from '../src/clouds/all.js';
import { replay, schedules } from './replay.js';

const file = process.argv[2] ?? 'tools/wait-durations.json';
const recorded: Partial<Record<Provider, readonly number[]>> = JSON.parse(readFileSync(file, 'utf8'));

for (const provider of providers) {
  const runs = recorded[provider] ?? [];
  if (runs.length === 0) continue;
  process.stdout.write(`${clouds[provider].title}, ${runs.length} runs\n`);
  for (const [name, schedule] of Object.entries(schedules)) {
    const { requests, late, longestGap } = replay(schedule(provider), runs);
    const cost = `${requests.toFixed(1)} requests, ${late.toFixed(2)} s late, longest gap: ${+longestGap.toFixed(1)} s`;
    process.stdout.write(`  ${name.padEnd(10)} ${cost}\n`);
  }
}

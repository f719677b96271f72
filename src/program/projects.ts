import type { Command } from '@commander-js/extra-typings';
import { everywhere, everywhereButProject, examples, group, leaf, type Open, run } from './shared.js';

/** What belongs to projects: projects, regional-mode and connection-strings. */
export function declareProjects(program: Command, open: Open): void {
  everywhere(
    leaf(program, 'connection-strings', 'List the private connection strings of the clusters')
      .option('--cluster <name>', 'only of this cluster')
      .option('--endpoint <endpoint>', 'only those through this interface endpoint, or through those of this endpoint')
      .option('--wait', 'wait until clusters are IDLE and have such a string')
      .option('--timeout <duration>', 'wait this long at most (default: 1h); implies --wait')
      .addHelpText(
        'after',
        examples(
          'connection-strings',
          'connection-strings --endpoint us-east-1 --wait --output id',
          'connection-strings --cluster app --json | jq -r .[0].srvConnectionString',
        ),
      ),
  ).action(async (options) => {
    const { connectionStrings } = await import('../commands/connection-strings.js');
    await run(open, options, connectionStrings);
  });

  everywhereButProject(
    leaf(program, 'projects', 'List the projects that the key can see').addHelpText(
      'after',
      examples('projects', 'projects --output id'),
    ),
  ).action(async (options) => {
    const { projects } = await import('../commands/projects.js');
    await run(open, options, projects);
  });

  const mode = group(program, 'regional-mode', 'Whether a region may have several private endpoints');

  everywhere(
    leaf(mode, 'get', 'Show whether it is on').addHelpText('after', examples('regional-mode get --json')),
  ).action(async (options) => {
    const { getMode } = await import('../commands/regional-mode/get.js');
    await run(open, options, getMode);
  });

  everywhere(
    leaf(mode, 'enable', 'Switch it on: changes connection strings, for sharded clusters only')
      .option('-y, --yes', 'do not ask; needed where there is no terminal')
      .addHelpText('after', examples('regional-mode enable', 'regional-mode enable --yes')),
  ).action(async (options) => {
    const { setMode } = await import('../commands/regional-mode/set.js');
    await run(open, { ...options, enabled: true }, setMode);
  });

  everywhere(
    leaf(mode, 'disable', 'Switch it off: changes connection strings')
      .option('-y, --yes', 'do not ask; needed where there is no terminal')
      .addHelpText('after', examples('regional-mode disable')),
  ).action(async (options) => {
    const { setMode } = await import('../commands/regional-mode/set.js');
    await run(open, { ...options, enabled: false }, setMode);
  });
}

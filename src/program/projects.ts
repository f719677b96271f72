import { type Branch, everywhere, group, leaf, run, timeout, yes } from './shared.js';

/** What holds for a project as a whole: connection-strings and regional-mode. */
export const projects = [
  leaf(
    'connection-strings',
    'List the private connection strings of the clusters',
    [
      'connection-strings',
      'connection-strings --endpoint us-east-1 --wait --output id',
      "connection-strings --cluster app --json | jq -r '.[0].srvConnectionString'",
    ],
    (command, open) =>
      everywhere(
        command
          .option('--cluster <name>', 'only of this cluster')
          .option(
            '--endpoint <endpoint>',
            'only those through this interface endpoint, or through those of this endpoint',
          )
          .option('--wait', 'wait until clusters are IDLE and have such a string')
          .option(...timeout),
      ).action(async (options) => {
        const { connectionStrings } = await import('../commands/connection-strings.run.js');
        await run(open, options, connectionStrings);
      }),
  ),
  group(
    'regional-mode',
    'Whether a region may have several private endpoints',
    ['regional-mode get', 'regional-mode enable --yes'],
    [
      leaf('get', 'Show whether it is on', ['regional-mode get --json'], (command, open) =>
        everywhere(command).action(async (options) => {
          const { getMode } = await import('../commands/regional-mode/get.run.js');
          await run(open, options, getMode);
        }),
      ),
      leaf(
        'enable',
        'Switch it on: changes connection strings, for sharded clusters only',
        ['regional-mode enable', 'regional-mode enable --yes'],
        (command, open) =>
          everywhere(command.option(...yes)).action(async (options) => {
            const { setMode } = await import('../commands/regional-mode/set.js');
            await run(open, { ...options, enabled: true }, setMode);
          }),
      ),
      leaf('disable', 'Switch it off: changes connection strings', ['regional-mode disable'], (command, open) =>
        everywhere(command.option(...yes)).action(async (options) => {
          const { setMode } = await import('../commands/regional-mode/set.js');
          await run(open, { ...options, enabled: false }, setMode);
        }),
      ),
    ],
  ),
] satisfies Branch[];

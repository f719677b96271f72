import { type Branch, everywhere, group, leaf, run } from './shared.js';

/** config. */
export const config = [
  group(
    'config',
    'Settings and credentials that are kept',
    ['config set output json', 'config list --show-origin'],
    [
      leaf(
        'set',
        'Keep a setting; a secret is asked for or read from a pipe',
        ['config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'],
        (command, open) =>
          everywhere(
            command
              .argument('<name>', 'project, provider, output, base-url, public-key, private-key, …')
              .argument('[value]', 'its value; never that of a secret'),
          ).action(async (name, value, options) => {
            const { set } = await import('../commands/config/set.run.js');
            await run(open, { ...options, name, value }, set);
          }),
      ),
      leaf('get', 'Print the value of a setting', ['config get project --output id'], (command, open) =>
        everywhere(command.argument('<name>')).action(async (name, options) => {
          const { getSetting } = await import('../commands/config/get.run.js');
          await run(open, { ...options, name }, getSetting);
        }),
      ),
      leaf('unset', 'Remove a setting', ['config unset private-key'], (command, open) =>
        everywhere(command.argument('<name>')).action(async (name, options) => {
          const { unset } = await import('../commands/config/unset.run.js');
          await run(open, { ...options, name }, unset);
        }),
      ),
      leaf('list', 'List all settings', ['config list --show-origin'], (command, open) =>
        everywhere(command.option('--show-origin', 'show where each value comes from')).action(async (options) => {
          const { listSettings } = await import('../commands/config/list.run.js');
          await run(open, options, listSettings);
        }),
      ),
      leaf('path', 'Print where settings are kept', ['config path'], (command, open) =>
        everywhere(command).action(async (options) => {
          const { path } = await import('../commands/config/path.run.js');
          await run(open, { ...options, toleratesConfig: true }, path);
        }),
      ),
    ],
  ),
] satisfies Branch[];

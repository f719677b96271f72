import type { Command } from '@commander-js/extra-typings';
import { everywhere, examples, group, leaf, type Open, run } from './shared.js';

/** config. */
export function declareConfig(program: Command, open: Open): void {
  const config = group(program, 'config', 'Settings and credentials that are kept');

  everywhere(
    leaf(config, 'set', 'Keep a setting; a secret is asked for or read from a pipe')
      .argument('<name>', 'project, provider, output, base-url, public-key, private-key, …')
      .argument('[value]', 'its value; never that of a secret')
      .addHelpText(
        'after',
        examples('config set project 64f0c2a7e1b2c3d4e5f60718', 'config set private-key < key.txt'),
      ),
  ).action(async (name, value, options) => {
    const { set } = await import('../commands/config/set.js');
    await run(open, { ...options, name, value }, set);
  });

  everywhere(
    leaf(config, 'get', 'Print the value of a setting')
      .argument('<name>')
      .addHelpText('after', examples('config get project --output id')),
  ).action(async (name, options) => {
    const { getSetting } = await import('../commands/config/get.js');
    await run(open, { ...options, name }, getSetting);
  });

  everywhere(
    leaf(config, 'unset', 'Remove a setting')
      .argument('<name>')
      .addHelpText('after', examples('config unset private-key')),
  ).action(async (name, options) => {
    const { unset } = await import('../commands/config/unset.js');
    await run(open, { ...options, name }, unset);
  });

  everywhere(
    leaf(config, 'list', 'List all settings')
      .option('--show-origin', 'show where each value comes from')
      .addHelpText('after', examples('config list --show-origin')),
  ).action(async (options) => {
    const { listSettings } = await import('../commands/config/list.js');
    await run(open, options, listSettings);
  });

  everywhere(
    leaf(config, 'path', 'Print where settings are kept').addHelpText('after', examples('config path')),
  ).action(async (options) => {
    const { path } = await import('../commands/config/path.js');
    await run(open, options, path);
  });
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../base/host.js';
import { configDir } from '../config/paths.js';
import { formatNames } from '../ui/formats.js';

/*
 * Finds the output format before the command line is parsed, for parse errors. An invalid format counts as the default
 * here. The code that reads it later reports it.
 */

/** The format from the command line or the environment; undefined if neither has one. */
export function formatSaid(argv: readonly string[], env: Env): string | undefined {
  const words = argv.map((word, index) => {
    // The values of these may begin with a dash.
    if (['--sort', '--query'].includes(argv[index - 1] ?? '')) return '';
    return word === '--json' ? '--output=json' : word;
  });
  // -o may follow other short options.
  const said = lastValue(words, /^(?:--output(?:=|$)|-[qvy]*o=?)(.*)$/) ?? (env.ATLAS_PE_OUTPUT || undefined);
  return said === undefined ? undefined : formatOf(said);
}

/** The format from the profile, or the default. */
export async function formatKept(argv: readonly string[], env: Env): Promise<string> {
  try {
    const file = join(configDir(env), 'config.json');
    if (!existsSync(file)) return formatOf('');
    const [{ chooseProfile }, { openConfig }] = await Promise.all([
      import('../config/choose-profile.js'),
      import('../config/store.js'),
    ]);
    const config = await openConfig(file);
    const profile = argv.includes('--sandbox') ? 'sandbox' : lastValue(argv, /^--profile(?:=|$)(.*)$/);
    const { name } = await chooseProfile({ profile }, env, async () => config.profile);
    return formatOf(config.profiles[name]?.output ?? '');
  } catch {
    // A broken configuration is a different error from the one to report.
    return formatOf('');
  }
}

function formatOf(text: string): string {
  return formatNames.find((name) => name === text.trim().toLowerCase()) ?? 'table';
}

/** The last value of an option, attached to it or in the next word. There are no options after `--`. */
function lastValue(argv: readonly string[], option: RegExp): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  return words
    .flatMap((word, index) => {
      const [, value] = option.exec(word) ?? [];
      return value === undefined ? [] : [value || (words[index + 1] ?? '')];
    })
    .at(-1);
}

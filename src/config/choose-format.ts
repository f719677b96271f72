import { UsageError } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import type { Env } from '../base/host.js';
import { cmd, type Words } from '../base/shell.js';
import { parseFormat } from '../ui/formats.js';
import { originText } from './origin.js';
import { type Resolved, strongest } from './precedence.js';
import { setting } from './settings.js';

interface Choice {
  /** The options of the command line. */
  output?: string | undefined;
  json?: boolean | undefined;
  /** The option --jq, which implies --json. */
  jq?: string | undefined;
  /** Formats that only this command has. */
  own: readonly string[];
  env: Env;
  kept(): Promise<Resolved | undefined>;
  commandLine(command: Words): string;
}

/**
 * --json, --output, the environment, then the profile: which is not read where one of the others settles it, and need not
 * exist yet, since this is asked for `config set` too.
 */
export async function chooseFormat({ output, json, jq, own, env, kept, commandLine }: Choice): Promise<string> {
  const given = output === undefined ? undefined : parseFormat(output, own);
  const asking = jq !== undefined ? '--jq' : json ? '--json' : undefined;
  if (asking !== undefined && given !== undefined && given !== 'json') {
    throw new UsageError(`${asking} and --output ${given} cannot be combined.`, 'Leave one of them out.');
  }
  const flag = asking === undefined ? given : 'json';
  const chosen = await strongest({
    flag: flag === undefined ? undefined : { value: flag, origin: { kind: 'flag', name: '--output' } },
    env,
    variables: setting('output').env.ours ?? [],
    kept,
    default: setting('output').default,
  });
  return chosen?.origin.kind === 'flag' ? chosen.value : readFormat(chosen, commandLine);
}

/** A format that is set is one that every command has. */
function readFormat(chosen: Resolved | undefined, commandLine: Choice['commandLine']): string {
  const { value, origin } = chosen ?? { value: '', origin: { kind: 'default' } as const };
  try {
    return setting('output').check(value);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const wrong = error.about(originText(origin));
    if (origin.kind !== 'profile') throw wrong;
    const correction = commandLine(cmd`config set output table --output table`);
    throw wrong.withHint({ text: `${hintText(error.hint)} To correct it:`, commands: [correction] });
  }
}

import { UsageError } from '../base/errors.js';
import { hintText } from '../base/hint.js';
import type { Env } from '../base/host.js';
import { cmd, type Words } from '../base/shell.js';
import { parseFormat, queryFormats } from '../ui/formats.js';
import { fromEnv, type Resolved } from './precedence.js';
import { checked } from './resolve.js';
import { setting, variablesOf } from './settings.js';

interface Choice {
  /** From the command line. */
  output?: string | undefined;
  json?: boolean | undefined;
  /** The option --query. Only some formats show its result. */
  query?: string | undefined;
  /** Formats that only this command supports. */
  own: readonly string[];
  env: Env;
  saved(): Promise<Resolved | undefined>;
  commandLine(command: Words): string;
}

/**
 * Chooses the output format, strongest first: --json or --output, the environment, the profile. With --query, JSON takes
 * the place of a table. Calls `saved` only if nothing stronger is set.
 */
export async function chooseFormat({ output, json, query, own, env, saved, commandLine }: Choice): Promise<string> {
  const given = output === undefined ? undefined : parseFormat(output, own);
  if (json && given !== undefined && given !== 'json')
    throw new UsageError(`--json and --output ${given} cannot be combined.`, 'Use only one of them.');
  const names: readonly (string | undefined)[] = queryFormats;
  if (query !== undefined && given !== undefined && !names.includes(given))
    throw new UsageError(`--query and --output ${given} cannot be combined.`, `Use one of: ${queryFormats.join(', ')}`);
  const { default: usual = '' } = setting('output');
  const fromSettings = async (): Promise<Resolved> =>
    fromEnv(env, variablesOf('output').ours) ?? (await saved()) ?? { value: usual, origin: { kind: 'default' } };
  const format = (json ? 'json' : given) ?? readFormat(await fromSettings(), commandLine);
  return query === undefined || names.includes(format) ? format : 'json';
}

/** Checks a format that doesn't come from the command line. It must be one that every command supports. */
function readFormat(found: Resolved, commandLine: Choice['commandLine']): string {
  try {
    return checked('output', found).value;
  } catch (error) {
    if (!(error instanceof UsageError) || found.origin.kind !== 'profile') throw error;
    const correction = commandLine(cmd`config set output table --output table`);
    throw error.withHint({ text: `${hintText(error.hint)} To correct it:`, commands: [correction] });
  }
}

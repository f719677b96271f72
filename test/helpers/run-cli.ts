import { expect } from 'vitest';
import { stubAws } from './aws-environment.js';
import { type CliOptions, ownFolders, type Run, runMain } from './run-main.js';

export { type CliOptions, ownFolders, type Run } from './run-main.js';

/** Runs a command in this process, with the AWS account of its environment for the time of the test. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<Run> {
  const { env = ownFolders() } = options;
  stubAws(env);
  return runMain(argv, { ...options, env });
}

/**
 * Makes a function that runs a command, which must end with this exit code, with such a text on stderr, and, where it
 * is given, with exactly this stdout or one like it. The function returns the run.
 */
export function endsOf<Line = string>(run: (line: Line, options?: CliOptions) => Promise<Run>) {
  return async (
    line: Line,
    exitCode: number,
    stderr: string | RegExp = '',
    stdout?: string | RegExp,
    options: CliOptions = {},
  ): Promise<Run> => {
    const ended = await run(line, options);
    const said = typeof stderr === 'string' ? expect.stringContaining(stderr) : expect.stringMatching(stderr);
    const printed = stdout instanceof RegExp ? expect.stringMatching(stdout) : (stdout ?? expect.any(String));
    expect({ line, ...ended }).toEqual({ line, exitCode, stderr: said, stdout: printed });
    return ended;
  };
}

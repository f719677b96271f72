import { stubAws } from './aws-environment.js';
import { type CliOptions, ownFolders, type Run, runMain } from './run-main.js';

export { type CliOptions, ownFolders, type Run } from './run-main.js';

/** Runs a command in this process, with the AWS account of its environment for the time of the test. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<Run> {
  const { env = ownFolders() } = options;
  stubAws(env);
  return runMain(argv, { ...options, env });
}

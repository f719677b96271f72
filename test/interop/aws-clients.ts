import { join } from 'node:path';
import { node } from '../helpers/run-program.js';
import type { Served } from './served.js';
import { installFromPyPi } from './venv.js';

/* The official clients of AWS: its CLI, which pip installs into a folder of its own, and the SDK that is a development dependency. */

/** Installs the CLI and returns its path. */
export function installAwsCli(): string {
  return join(installFromPyPi('awscli'), 'aws');
}

/** Asks for an action with its parameters; returns what is answered, or the code of the error. */
export type Call = (service: 'ec2' | 'sts', action: string, input?: object) => Promise<Record<string, unknown>>;

/** `DescribeVpcs` is `describe-vpcs`. */
const dashed = (action: string) => action.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

export function byCli({ run }: Served, aws: string): Call {
  return async (service, action, input = {}) => {
    const line = `${aws} ${service} ${dashed(action)} --output json --cli-input-json ${quoted(JSON.stringify(input))}`;
    const { code, stdout, stderr } = await run(line);
    if (code === 0) return stdout === '' ? {} : JSON.parse(stdout);
    const error = /An error occurred \((.+?)\)/.exec(stderr)?.[1];
    if (error === undefined) throw new Error(stderr);
    return { error };
  };
}

/** What a program of the SDK does, with nothing but its environment. */
const program = `
const [module, client, action, input] = process.argv.slice(1);
const sdk = await import(module);
try {
  const { $metadata, ...answer } = await new sdk[client]({ maxAttempts: 1 }).send(new sdk[action + 'Command'](JSON.parse(input)));
  console.log(JSON.stringify(answer));
} catch (error) {
  if (!error.$metadata) throw error;
  console.log(JSON.stringify({ error: error.name }));
}`;

export function bySdk({ output }: Served): Call {
  return async (service, action, input = {}) => {
    const module = import.meta.resolve(`@aws-sdk/client-${service}`);
    const client = `${service.toUpperCase()}Client`;
    const given = [module, client, action, JSON.stringify(input)].map(quoted).join(' ');
    return JSON.parse(await output(`"${node}" --input-type=module -e ${quoted(program)} ${given}`));
  };
}

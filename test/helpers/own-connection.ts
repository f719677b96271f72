import { afterEach, beforeEach, expect } from 'vitest';
import { counts } from './connection-state.js';
import { ownAws } from './own-aws.js';
import { ownSandbox } from './own-sandbox.js';

/** One sandbox for each test of a file, and what a test does in its AWS beside the program. */
export function ownConnection() {
  const own = ownSandbox();
  const aws = {} as Awaited<ReturnType<typeof ownAws>>;
  beforeEach(async () => {
    Object.assign(aws, await ownAws(own.sandbox.baseUrl));
  });
  afterEach(() => aws.ec2.destroy());
  return {
    own,
    aws,
    /** Runs a command, which must succeed. Returns its JSON. */
    json: async (line: string) => {
      const { exitCode, stdout, stderr } = await own.atlas(`${line} --json`);
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout);
    },
    /** How many services, attached interface endpoints, VPC endpoints and security groups there are. */
    left: (region?: string) => counts(own.sandbox, region),
    /** The environment without AWS credentials. */
    signedOut: () => {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
      return env;
    },
    /** The requests of an action of AWS, as forms. */
    sent: (action: string) =>
      own.sandbox.exchanges
        .map(({ requestBody }) => new URLSearchParams(requestBody))
        .filter((form) => form.get('Action') === action),
  };
}

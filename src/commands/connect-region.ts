import { isNotAllowed } from '../clouds/errors.js';
import type { Lane } from '../connections/connect/carry-out.js';
import { type Common, type ConnectTarget, checkRemote, readForConnect } from '../connections/connect/found.js';
import { planConnect } from '../connections/connect/plan.js';
import type { Context } from '../context.js';
import { elsewhereOf, type OpenedClouds, signInWords } from './cloud-access.js';
import type { ConnectOptions } from './connections.js';

/** Changes nothing; throws if it can't work. `common`: if it is one of several regions. */
export async function prepareLane(
  context: Context,
  target: ConnectTarget,
  options: ConnectOptions,
  { open }: OpenedClouds,
  common?: Common,
): Promise<Lane> {
  const { provider, region: serviceRegion, atlasRegion } = target;
  const network = elsewhereOf(provider, options) ?? target;
  checkRemote(context, target, network);
  const isBlindAllowed = options.dryRun === true || options.adopt !== undefined;
  const { region } = network;
  const cloud = await open(provider, { region, serviceRegion, isBlindAllowed, own: options });
  const signIn = signInWords(provider, options);
  const found = await readForConnect(context, target, cloud, { signIn, common });
  const plan = planConnect(found);
  return {
    provider,
    region: serviceRegion,
    atlasRegion,
    cloud,
    signIn,
    found,
    // In the sandbox, no cloud CLI signs in to these accounts.
    plan: context.settings.profile.isSandbox ? { ...plan, commands: [], time: sandboxTime(plan) } : plan,
  };
}

export function sandboxTime({ time }: { time: string | undefined }) {
  return time && `some seconds in the sandbox, ${time} in Atlas`;
}

/** Throws if a permission for what is planned is missing. For a plan alone that is only a warning. Changes nothing. */
export async function rehearseLane({ io }: Context, { cloud, found }: Lane, { dryRun }: ConnectOptions) {
  await cloud.rehearse(found.cloudPlan, found.projectId).catch((error: unknown) => {
    if (!dryRun || !isNotAllowed(error)) throw error;
    io.warn(error.message);
  });
}

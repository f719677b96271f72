import type { OpenCloud } from '../../clouds/cloud.js';
import { isNotAllowed } from '../../clouds/errors.js';
import type { RegionNames } from '../../clouds/facts.js';
import type { Context } from '../../endpoints/context.js';
import type { Deadline } from '../../wait/deadline.js';
import { type ConnectWork, runConnect } from './carry-out.js';
import { type Common, checkRemote, placeOf, readForConnect, type Target } from './found.js';
import { planConnect } from './plan.js';

/** A region that `connect` is about: what exists on both sides, and the plan. */
export type Lane = Awaited<ReturnType<typeof prepareLane>>;

interface LaneOptions {
  networkRegion: RegionNames | undefined;
  /** The options of a command line that sign in to the user's cloud. */
  signInWords: readonly string[];
  signIn(): Promise<OpenCloud>;
  isDryRun: boolean;
  /** Whether the user named the endpoint in their cloud, so that nothing is created there. */
  isAdopting?: boolean;
  /** What it has in common with other regions. */
  common?: Common;
}

/** Reads what exists on both sides, and plans. Changes nothing; throws if it can't work. */
export async function prepareLane(context: Context, target: Target, options: LaneOptions) {
  const { signInWords, isDryRun, isAdopting = false, common } = options;
  const { region: place, projectId } = target;
  const { networkRegion = place } = options;
  checkRemote(context, target, networkRegion);
  const { region } = networkRegion;
  // Until the plan is carried out, requests have only limits of their own.
  let deadline: Deadline | undefined;
  const left = () => deadline?.left() ?? Number.POSITIVE_INFINITY;
  const open = await options.signIn();
  const isBlindAllowed = isDryRun || isAdopting;
  const cloud = open({ region, serviceRegion: place.region, isBlindAllowed }, { left });
  const remoteRegions = networkRegion.atlasRegion === place.atlasRegion ? undefined : [networkRegion.atlasRegion];
  try {
    const found = await readForConnect(context, target, cloud, { signIn: signInWords, common });
    const planned = planConnect(found);
    // In the sandbox, no cloud CLI signs in to these accounts.
    const plan = context.settings.profile.isSandbox ? { ...planned, commands: [] } : planned;
    return {
      ...placeOf(found),
      cloud,
      found,
      plan,
      networkRegion,
      /** Throws if a permission is missing. For a plan alone that is only a warning. Changes nothing. */
      rehearse: () =>
        cloud.rehearse(found.cloudPlan, projectId).catch((error: unknown) => {
          if (!isDryRun || !isNotAllowed(error)) throw error;
          context.io.warn(error.message);
        }),
      /** Carries out the plan. */
      run: (work: Pick<ConnectWork, 'context' | 'deadline' | 'again'>) => {
        deadline = work.deadline;
        return runConnect({ ...work, cloud, remoteRegions, signIn: signInWords }, plan.steps, found);
      },
    };
  } catch (error) {
    cloud.close?.();
    throw error;
  }
}

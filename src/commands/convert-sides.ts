import { isFailure } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { counted } from '../base/listed.js';
import type { CloudPlan, CloudSide } from '../cloud-side/cloud-side.js';
import { refOf } from '../connections/connect/read-both-sides.js';
import type { Conversion } from '../connections/convert/steps.js';
import { interfacesToReplace } from '../connections/convert/strings.js';
import { readProjectName, showPlan } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import type { Session } from '../endpoints/session.js';
import { approval } from './approval.js';
import { signInTo } from './cloud-access.js';

type Found = { side: CloudSide; plan: CloudPlan };

/**
 * The Google projects in which `convert` can create the new side: those of the old interface endpoints that it can sign in
 * to. Shows what it would create, and asks. `left`: milliseconds until the deadline.
 */
export async function openSides(
  context: Context,
  session: Session,
  { older, mapped, sides }: Omit<Conversion, 'inCloud'>,
  { yes, verbose, left }: { yes?: boolean | undefined; verbose?: boolean | undefined; left: () => number },
): Promise<CloudSide[]> {
  const { io } = context;
  if (!yes && !io.isInteractive) return [];
  const { provider, projectId, region } = older;
  const found: Found[] = [];
  for (const { gcpProjectId, endpoints } of interfacesToReplace(sides)) {
    const gcpProject = text(gcpProjectId) ?? undefined;
    try {
      const access = await signInTo(context, provider, { gcpProject, verbose });
      const like = objects(endpoints).flatMap(({ endpointName }) => text(endpointName) ?? []);
      const side = access.side({ projectId, region, serviceRegion: region, isBlindAllowed: false, like }, left);
      const plan = await side.survey(mapped && refOf(mapped, []));
      await side.rehearse(plan);
      found.push({ side, plan });
    } catch (error) {
      if (!isFailure(error)) throw error;
      io.note(`Cannot create the new side in Google project ${gcpProject}. ${error.message}`);
    }
  }
  if (found.length === 0) return [];
  const approve = approval(context, { yes, undone: 'Nothing was created' });
  const steps = found.flatMap(({ plan }) => plan.steps);
  showPlan(io, {
    project: { projectId, projectName: await readProjectName(session, projectId) },
    places: found.flatMap(({ plan }) => plan.places),
    steps: [{ action: mapped ? 'adopt' : 'create', title: 'New Atlas service', detail: `in ${region}` }, ...steps],
    costs: [...new Set(found.flatMap(({ plan }) => plan.costs))],
    notes: found.flatMap(({ plan }) => plan.notes),
  });
  const accounts = [...new Set(found.map(({ plan }) => plan.account))];
  const count = counted(steps.filter(({ action }) => action === 'create').length + (mapped ? 0 : 1), 'resource');
  await approve(`Create ${count} in Atlas and Google project ${accounts.join(', ')}?`);
  return found.map(({ side }) => side);
}

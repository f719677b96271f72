import type { Endpoint } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import { clouds } from '../clouds/all.js';
import type { TerraformResource } from '../clouds/facts.js';
import { canConnect } from '../clouds/found.js';
import { askEach, eachOf } from '../endpoints/ask.js';
import type { Context } from '../endpoints/context.js';
import { attachedTo, describeInterface, readAttached } from '../endpoints/interfaces/find.js';
import { type OpenRegion, openInspections } from './doctor/open-facts.js';
import { type Described, terraformOf } from './terraform.js';

export type OnFailure = (what: string, error: CliError) => void;

/**
 * Endpoints as Terraform configuration, with the regional mode of their projects if they are `whole`. Reads their
 * interface endpoints, and the user's ends. Leaves out those that can't be read and calls `onFailure` for them.
 */
export async function writeTerraform(
  context: Pick<Context, 'atlas'>,
  { endpoints, whole }: { endpoints: readonly Endpoint[]; whole: boolean },
  open: OpenRegion,
  onFailure: OnFailure,
): Promise<string> {
  const atlas = await context.atlas();
  const projects = whole ? [...new Set(endpoints.map(({ projectId }) => projectId))] : [];
  const { answers, failures } = await askEach(projects, (id) => atlas.getRegionalMode(id));
  for (const [id, error] of failures) onFailure(`Regional mode of project ${id}`, error);
  const regional = projects.filter((id) => answers.get(id));
  const { inspection, close } = openInspections(open);
  /** After a failure, no more requests: most would fail in the same way, after the same wait. */
  let unread: string | undefined;
  const endOf = async (endpoint: Endpoint, id: string): Promise<readonly TerraformResource[] | string> => {
    if (!clouds[endpoint.provider].interfaces.terraform) return [];
    if (unread !== undefined) return unread;
    try {
      const found = await inspection(endpoint, id);
      if (!found) return `It is not in this ${clouds[endpoint.provider].account}.`;
      return canConnect(found) ? ((await found.resources?.()) ?? []) : `It is ${found.state}.`;
    } catch (error) {
      if (!isFailure(error)) throw error;
      unread = error.message;
      return unread;
    }
  };
  const describe = async (endpoint: Endpoint): Promise<Described> => {
    const attached = attachedTo([endpoint]);
    const { answers, failures } = await askEach(attached, (each) => readAttached(context, each));
    for (const [each, error] of failures) onFailure(describeInterface(each), error);
    const interfaces = attached.flatMap((each) => answers.get(each) ?? []);
    const ends = await eachOf(interfaces, async ({ id }) => [id, await endOf(endpoint, id)] as const);
    return { endpoint, interfaces, ends: new Map(ends) };
  };
  const described = await eachOf(endpoints, describe).finally(close);
  return terraformOf(described, regional);
}

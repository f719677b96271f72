import type { Endpoint } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import type { CloudEnd, OpenInspector } from '../cloud-side/inspect.js';
import { clouds } from '../clouds/all.js';
import type { TerraformResource } from '../clouds/cloud.js';
import { askEach } from '../endpoints/ask.js';
import type { Session } from '../endpoints/session.js';
import { attachedTo, describeInterface, readAttached } from '../interfaces/find.js';
import { openEnds } from './doctor/open-facts.js';
import { type Described, terraformOf } from './terraform.js';

export type OnFailure = (what: string, error: CliError) => void;

/**
 * Endpoints as Terraform configuration, with the regional mode of their projects if they are `whole`. Reads their
 * interface endpoints, and the user's ends, which may fail.
 */
export async function writeTerraform(
  session: Pick<Session, 'atlas'>,
  { endpoints, whole }: { endpoints: readonly Endpoint[]; whole: boolean },
  open: OpenInspector,
  onFailure: OnFailure,
): Promise<string> {
  const atlas = await session.atlas();
  const projects = whole ? [...new Set(endpoints.map(({ projectId }) => projectId))] : [];
  const { answers, failures } = await askEach(projects, (id) => atlas.getRegionalMode(id));
  for (const [id, error] of failures) onFailure(`Regional mode of project ${id}`, error);
  const { cloudEnd, close } = openEnds(open);
  const described = await describeAll(session, endpoints, cloudEnd, onFailure).finally(close);
  const regional = projects.filter((id) => answers.get(id));
  return terraformOf(described, regional);
}

/**
 * Reads the interface endpoints of each endpoint, with the user's end. Leaves out those that can't be read and calls
 * `onFailure` for them.
 */
async function describeAll(
  session: Pick<Session, 'atlas'>,
  endpoints: readonly Endpoint[],
  cloudEnd: (endpoint: Endpoint, id: string) => Promise<CloudEnd | null>,
  onFailure: OnFailure,
): Promise<Described[]> {
  /** After a failure, no more requests: most would fail in the same way, after the same wait. */
  let unread: string | undefined;
  const endOf = async (endpoint: Endpoint, id: string): Promise<readonly TerraformResource[] | string> => {
    if (!clouds[endpoint.provider].interfaces.terraform) return [];
    if (unread !== undefined) return unread;
    try {
      const end = await cloudEnd(endpoint, id);
      if (!end) return `It is not in this ${clouds[endpoint.provider].title} account.`;
      return end.stage === 'ended' ? `It is ${end.state}.` : ((await end.resources?.()) ?? []);
    } catch (error) {
      if (!isFailure(error)) throw error;
      unread = error.message;
      return unread;
    }
  };
  const described = [];
  for (const endpoint of endpoints) {
    const interfaces = [];
    const ends = new Map<string, readonly TerraformResource[] | string>();
    for (const attached of attachedTo([endpoint])) {
      try {
        interfaces.push(await readAttached(session, attached));
        ends.set(attached.id, await endOf(endpoint, attached.id));
      } catch (error) {
        if (!isFailure(error)) throw error;
        onFailure(describeInterface(attached), error);
      }
    }
    described.push({ endpoint, interfaces, ends });
  }
  return described;
}

import type { Endpoint } from '../atlas/model.js';
import { type CliError, isFailure } from '../base/errors.js';
import { askEach } from '../endpoints/ask.js';
import type { Session } from '../endpoints/session.js';
import { attachedTo, describe, readAttached } from '../interfaces/find.js';
import type { View } from '../ui/view.js';
import type { Drawn } from './mermaid.js';
import type { Described } from './terraform.js';

/** The `terraform` format for endpoints. Reads their interface endpoints. */
export function inTerraform(
  session: Pick<Session, 'atlas'>,
  endpoints: readonly Endpoint[],
  onFailure: (what: string, error: CliError) => void,
): Pick<View, 'own'> {
  const terraform = async () => {
    const { terraformOf } = await import('./terraform.js');
    return terraformOf(await describeAll(session, endpoints, onFailure));
  };
  return { own: { terraform } };
}

/**
 * Reads the interface endpoints of each endpoint. Leaves out those that can't be read and calls `onFailure` for them.
 */
async function describeAll(
  session: Pick<Session, 'atlas'>,
  endpoints: readonly Endpoint[],
  onFailure: (what: string, error: CliError) => void,
): Promise<Described[]> {
  const described = [];
  for (const endpoint of endpoints) {
    const interfaces = [];
    for (const attached of attachedTo([endpoint])) {
      try {
        interfaces.push(await readAttached(session, attached));
      } catch (error) {
        if (!isFailure(error)) throw error;
        onFailure(describe(attached), error);
      }
    }
    described.push({ endpoint, interfaces });
  }
  return described;
}

/** The `mermaid` format for endpoints. Reads the clusters of the projects, and draws all projects. */
export function inMermaid(
  session: Pick<Session, 'atlas'>,
  endpoints: readonly Endpoint[],
  projects: readonly Pick<Drawn, 'id' | 'name'>[],
  onFailure: (what: string, error: CliError) => void,
): Pick<View, 'own'> {
  const mermaid = async () => {
    const { mermaidOf } = await import('./mermaid.js');
    const atlas = await session.atlas();
    const { answers, failures } = await askEach(projects, ({ id }) => atlas.listClusters(id));
    for (const [{ id }, error] of failures) onFailure(`Clusters of project ${id}`, error);
    return mermaidOf(
      projects.map((project) => {
        const services = endpoints.filter(({ projectId }) => projectId === project.id);
        return { ...project, services, clusters: answers.get(project) ?? [] };
      }),
    );
  };
  return { own: { mermaid } };
}

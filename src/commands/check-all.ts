import type { Endpoint } from '../atlas/model.js';
import { CliError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { mostListed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import { checkEndpoints, type EndpointVerdict } from '../connections/doctor/check-endpoints.js';
import type { Context } from '../context.js';
import { referrer } from '../endpoints/find.js';
import type { Failure, Lists } from '../endpoints/read-lists.js';

/* list --check. Only that option loads it. */

/** Checks endpoints, and shows how far it has come. Adds what can't be read to `failures`. */
export async function checkAll(
  context: Context,
  endpoints: readonly Endpoint[],
  read: Lists,
  failures: Failure[],
): Promise<Map<Endpoint, EndpointVerdict>> {
  const projects = new Set(endpoints.map(({ projectId }) => projectId)).size;
  let done = 0;
  const progress = await context.io.progress(() => [[`${done} of ${projects} projects checked`]]);
  const onDone = () => {
    done++;
  };
  return checkEndpoints(context, endpoints, read, failures, onDone).finally(progress.stop);
}

/** The error of a list with endpoints that have problems. */
export async function foundBad(context: Context, bad: readonly Endpoint[]): Promise<CliError> {
  const refer = await referrer(context);
  const one = bad.length === 1 ? 'One private endpoint has' : `${bad.length} private endpoints have`;
  const commands = bad.slice(0, mostListed).map((each) => cmd`doctor ${refer(each)}`);
  return new CliError('endpointFailed', `${one} problems.`, {
    hint: advise(context, 'To find out more:', ...commands),
  });
}

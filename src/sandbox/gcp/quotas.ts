import type { AnswerBody } from '../clouds/cloud.js';
import type { GcpRequest } from './request.js';
import { isThere } from './resources.js';

/* The quotas that concern private endpoints. */

/** By metric: the usual limit, where it counts, and what. */
const metrics = {
  INTERNAL_ADDRESSES: { usual: 175, isRegional: true, kind: 'addresses' },
  PSC_INTERNAL_LB_FORWARDING_RULES: { usual: 20, isRegional: false, kind: 'forwardingRules' },
} as const;

type Metric = keyof typeof metrics;

function quotaOf({ world, now, project, region }: GcpRequest, metric: Metric) {
  const { usual, isRegional, kind } = metrics[metric];
  const all: readonly { project: string; region: string }[] = world.gcp[kind].filter((each) => isThere(each, now));
  const usage = all.filter((each) => each.project === project && (!isRegional || each.region === region)).length;
  return { metric, limit: world.options.gcp.quotas?.[metric] ?? usual, usage };
}

/** The quotas of the region of a request, or of its project if it has none. */
export function quotasAnswer(request: GcpRequest): AnswerBody[] {
  const here = (Object.keys(metrics) as Metric[]).filter(
    (metric) => metrics[metric].isRegional === (request.region !== ''),
  );
  return here.map((metric) => quotaOf(request, metric));
}

/** Undefined if there is room for one more. */
export function checkQuota(request: GcpRequest, metric: Metric): { limit: number; message: string } | undefined {
  const { limit, usage } = quotaOf(request, metric);
  return usage < limit ? undefined : { limit, message: `Quota '${metric}' exceeded. Limit: ${limit.toFixed(1)}` };
}

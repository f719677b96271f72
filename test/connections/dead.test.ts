import { expect, test } from 'vitest';
import type { Provider } from '../../src/clouds/all.js';
import { planAws } from '../../src/clouds/aws/plan.js';
import type { Found } from '../../src/clouds/found.js';
import { checkDead } from '../../src/connections/show-plan.js';
import { endpoint, there } from '../clouds/aws/existing.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeContext } from '../helpers/fake-context.js';

test.each<[Provider, id: string, command: string]>([
  ['AWS', 'vpce-1', 'aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids vpce-1'],
  ['AZURE', '/subscriptions/s/mine', 'az network private-endpoint delete --ids /subscriptions/s/mine'],
  ['GCP', 'mine', 'gcloud compute forwarding-rules delete mine --region us-east-1 --project account'],
])(
  "on %s, somebody else's endpoint %s that can never connect is named with the command that deletes it",
  (provider, id, command) => {
    const dead: Found = { ...endpoint(id, 'refused'), stage: 'refused', mark: null };
    const plan = { ...planAws(there()), account: 'account', dead: [dead] };
    const [note] = checkDead(fakeContext().context, plan, [], endpointOf({ provider }), []);
    expect(note?.text).toMatch(/ is refused, so it can never connect\. .* To delete it:$/);
    expect(note?.commands).toContain(command);
  },
);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/atlas/clusters.js';
import { type Drawn, mermaidOf } from '../../src/connections/mermaid.js';
import { bareString, endpointOf } from '../helpers/endpoint-of.js';

const service = endpointOf({ id: '6b074f0407a4d16704be228c', projectId: 'p', interfaceEndpoints: ['vpce-1'] });
const here = { provider: 'AWS', atlasRegion: 'US_EAST_1' } as const;
const cluster: Cluster = {
  id: 'c',
  name: 'Cluster0',
  status: 'IDLE',
  isPaused: false,
  shared: null,
  regions: [{ region: 'us-east-1', ...here }],
  strings: [{ ...bareString, endpoints: [{ id: 'vpce-1', region: 'us-east-1', ...here }] }],
};
const project: Drawn = { id: 'p', name: 'Shop', services: [service], clusters: [cluster] };

test('interface endpoints lead to services, and services to clusters', () => {
  expect(mermaidOf([project])).toBe(
    [
      'flowchart LR',
      '  subgraph p0["Project<br/>Shop<br/>p"]',
      '    p0s0["AWS us-east-1<br/>6b074f0407a4d16704be228c<br/>AVAILABLE"]:::good',
      '    p0s0i0(["vpce-1"])',
      '    p0s0i0 --> p0s0',
      '    p0c0[("Cluster0<br/>IDLE")]',
      '    p0s0 --> p0c0',
      '  end',
      '  classDef good stroke:#1a7f37,stroke-width:2px',
      '  classDef bad stroke:#cf222e,stroke-width:2px,stroke-dasharray:4',
      '  classDef busy stroke:#0969da,stroke-width:2px',
      '',
    ].join('\n'),
  );
});

test('a project of which only the id is known', () => {
  expect(mermaidOf([{ ...project, name: undefined }])).toContain('subgraph p0["Project<br/>p"]');
});

test.each([
  ['without a connection string through the service', { strings: [] }, 'p0s0 -.->|"no connection string"| p0c0'],
  ['with nodes elsewhere only', { strings: [], regions: [] }, undefined],
])('a cluster %s', (_, more, edge) => {
  const text = mermaidOf([{ ...project, clusters: [{ ...cluster, ...more }] }]);
  expect(text).toContain('p0c0[("Cluster0');
  const edges = text.split('\n').filter((line) => /p0s0 .*p0c0$/.test(line));
  expect(edges.map((line) => line.trim())).toEqual(edge === undefined ? [] : [edge]);
});

describe('beyond what Mermaid renders', () => {
  const edgesIn = (text: string) => text.split('\n').filter((line) => / -+>| -\.->/.test(line)).length;
  const many = (count: number) => Array.from({ length: count }, (_, index) => ({ ...cluster, name: `c${index}` }));

  test('of 500 edges, the clusters are a number', () => {
    const [most, more] = [499, 500].map((count) => mermaidOf([{ ...project, clusters: many(count) }])) as [
      string,
      string,
    ];
    expect(edgesIn(most)).toBe(500);
    expect(most).toContain('p0s0 --> p0c498');
    expect(more).toContain('    p0c0[("500 clusters<br/>too many to draw")]\n    p0s0 --> p0c0\n  end');
    expect(edgesIn(more)).toBe(2);
  });

  test('of 50,000 characters, too; without a string through the service, the line is dotted', () => {
    const long = many(300).map((each) => ({ ...each, name: 'x'.repeat(200), strings: [] }));
    const text = mermaidOf([
      { ...project, clusters: long },
      { ...project, clusters: [] },
    ]);
    expect(text).toContain('    p0s0 -.->|"no connection string"| p0c0\n');
    expect(text).not.toContain('p1c');
    expect(text.length).toBeLessThan(1000);
  });
});

test('a project without anything is a box', () => {
  const [, box, end] = mermaidOf([{ id: 'p', name: 'Empty', services: [], clusters: [] }]).split('\n');
  expect([box, end]).toEqual(['  subgraph p0["Project<br/>Empty<br/>p"]', '  end']);
});

test('a paused cluster says so', () => {
  expect(mermaidOf([{ ...project, clusters: [{ ...cluster, isPaused: true }] }])).toContain(
    '[("Cluster0<br/>paused")]',
  );
});

test.each([
  ['FAILED', 'bad'],
  ['INITIATING', 'busy'],
  ['WAITING_FOR_USER', 'good'],
])('a service that is %s has the style %s', (status, style) => {
  expect(mermaidOf([{ ...project, services: [{ ...service, status }] }])).toContain(`<br/>${status}"]:::${style}`);
});

test('no two projects share a node', () => {
  const nodes = [...mermaidOf([project, project]).matchAll(/^ {2,}(?:subgraph )?(p\d\w*)[[(]/gm)].map(
    ([, node]) => node,
  );
  expect(new Set(nodes).size).toBe(8);
  expect(nodes.length).toBe(8);
});

describe('names from outside', () => {
  test('are text, whatever they contain', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const text = mermaidOf([{ ...project, name, clusters: [{ ...cluster, name }] }]);
        // The same lines as for any other name.
        expect(text.split('\n').length).toBe(mermaidOf([project]).split('\n').length);
        const label = /^ {2}subgraph p0\["Project<br\/>(.*)<br\/>p"\]$/m.exec(text)?.[1];
        expect(label).toMatch(/^(?:[\p{L}\p{N} ._:/()-]|#\d+;)*$/u);
      }),
    );
  });

  test.each([
    ['"]; click p0 "https://evil.example', '#34;#93;#59; click p0 #34;https://evil.example'],
    ['<script>`**', '#60;script#62;#96;#42;#42;'],
    ['end\nsubgraph', 'end#10;subgraph'],
    ['#quot;', '#35;quot#59;'],
    ['Zürich 東京', 'Zürich 東京'],
  ])('%j', (name, shown) => {
    expect(mermaidOf([{ ...project, name }])).toContain(`"Project<br/>${shown}<br/>p"`);
  });
});

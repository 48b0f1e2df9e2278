/** A definition written out loads as the same definition, whatever its texts hold. */
import test from 'ava';
import * as fc from 'fast-check';
import type { StackDefinition } from '../../source/core/model.ts';
import { escapeReferences } from '../../source/config/reference.ts';
import { writeDefinition } from '../../source/config/write-definition.ts';
import { service, stack } from '../stack/definitions.ts';
import { load } from './in-folder.ts';

const same = async (definition: StackDefinition) => (await load(writeDefinition(definition))).services;

test('every key', async (t) => {
  const timings = { intervalMs: 1_500, timeoutMs: 60_000, retries: 2, startPeriodMs: 3_600_000, startIntervalMs: 250 };
  const all = service({
    name: 'web',
    command: ['./web', 'two words', '${{ ports.http }}'],
    environment: { A: '1.10', B: 'true', C: '' },
    dependencies: [{ service: 'db', condition: 'service_healthy', required: false, restart: true }],
    healthcheck: { probe: { kind: 'log', pattern: '^ready$' }, ...timings },
    onUnhealthy: 'restart',
    restart: { when: 'on-failure', retriesMax: 5 },
    stopSignal: 'SIGINT',
    stopGraceMs: 90_000,
    stopScope: 'tree',
    ports: { http: 8080, admin: 'auto' },
    bind: '0.0.0.0',
    log: 'pipe',
    profiles: ['debug'],
    openFilesMax: 1_024,
    isPidPrivate: true,
    offers: [{ kind: 'metrics', port: 'admin', path: '/metrics' }],
  });
  const none = { intervalMs: null, timeoutMs: null, retries: null, startPeriodMs: null, startIntervalMs: null };
  const db = service({ name: 'db', component: 'nats-server', version: '^2.10' });
  const probes = [
    { kind: 'http', url: 'http://127.0.0.1:1/' },
    { kind: 'tcp', address: 'a:1' },
    { kind: 'exec', command: ['sh', '-c', 'x $y'] },
    { kind: 'file', path: '/shop/ready' },
    { kind: 'none' },
  ] as const;
  const probed = probes.map((probe, index) =>
    service({ name: `p${index}`, command: ['x'], healthcheck: { probe, ...none } }),
  );
  const definition = stack([all, db, ...probed]);
  t.deepEqual(await same(definition), definition.services);
});

test('any text', async (t) => {
  const piece = fc.constantFrom(
    '$',
    '$$',
    '{{',
    '}}',
    '${',
    '}',
    'A',
    '${{ dirs.data }}',
    ' ',
    "'",
    '"',
    '\n',
    '#',
    ': ',
    '%',
    '-',
  );
  const text = fc.oneof(
    fc.array(piece).map((pieces) => pieces.join('')),
    fc.string().filter((value) => !value.includes('\0')),
  );
  await fc.assert(
    fc.asyncProperty(text, fc.array(text), async (value, words) => {
      const web = service({
        name: 'web',
        command: ['./web', ...words.map(escapeReferences)],
        environment: {
          A: escapeReferences(value),
          B: `${escapeReferences(value).replace(/\$+$/, '')}\${{ dirs.data }}`,
        },
      });
      t.deepEqual(await same(stack([web])), [web]);
    }),
    { numRuns: 200 },
  );
});

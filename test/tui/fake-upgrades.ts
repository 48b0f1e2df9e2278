/** Versions that exist only on paper: rows, plans and progress for tests of the screen. */
import type {
  HistoryEntry,
  UpgradeLook,
  UpgradePlan,
  UpgradeProgress,
  UpgradeRow,
  UpgradeSubject,
} from '../../source/api/upgrade-protocol.ts';
import { startMs } from './fake-stack.ts';

export const makeUpgradeRow = (service: string, changes: Partial<UpgradeRow> = {}): UpgradeRow => ({
  service,
  component: service,
  package: service,
  range: '^2.10',
  current: '2.10.27',
  currentSource: 'apt',
  inRange: null,
  newest: null,
  rollback: 'safe',
  notices: [],
  releaseNotes: null,
  deferred: null,
  back: null,
  suspect: null,
  ...changes,
});

export const makeLook = (rows: readonly UpgradeRow[], changes: Partial<UpgradeLook> = {}): UpgradeLook => ({
  atMs: startMs - 3_600_000,
  looking: false,
  troubles: [],
  rows,
  ...changes,
});

export const shopUpgrades = makeLook([
  makeUpgradeRow('nats', {
    inRange: '2.11.3',
    newest: '2.12.1',
    releaseNotes: 'https://github.com/nats-io/nats-server/releases/tag/v2.11.3',
  }),
  makeUpgradeRow('victoria-metrics', {
    range: '^1.112',
    current: '1.112.0',
    inRange: '1.145.0',
    rollback: 'needs-snapshot',
    notices: ['CVE-2026-1234 in 1.112.0 is mended in 1.120.0.'],
  }),
  makeUpgradeRow('vmagent', { range: '^1.112', current: '1.145.0' }),
  makeUpgradeRow('grafana', {
    range: '12',
    current: '12.0.1',
    newest: '13.0.0',
    rollback: 'impossible',
    notices: ['Licence AGPL-3.0: who offers it over a network owes its source.'],
  }),
  makeUpgradeRow('caddy', {
    range: '2',
    current: '2.9.1',
    back: { version: '2.8.4', atMs: startMs - 86_400_000, blockedBy: null, rollback: 'safe' },
  }),
]);

export const natsSubject: UpgradeSubject = {
  service: 'nats',
  from: '2.10.27',
  to: '2.11.3',
  rollback: 'safe',
  restarts: ['vmagent'],
  dependants: ['grafana', 'caddy'],
  downtimeMs: 1240,
  snapshot: null,
  loses: null,
  notices: ['2.11 refuses configurations with unknown fields.'],
};

export const metricsSubject: UpgradeSubject = {
  service: 'victoria-metrics',
  from: '1.112.0',
  to: '1.145.0',
  rollback: 'needs-snapshot',
  restarts: [],
  dependants: ['vmagent', 'grafana'],
  downtimeMs: null,
  snapshot: { bytes: 180e6, how: 'native', freeBytes: 5.1e9 },
  loses: 'all that is written after the upgrade began',
  notices: [],
};

const kinds = ['fetch', 'check-version', 'check-config', 'stop', 'switch', 'start', 'gate', 'lock'] as const;
const reasons: Readonly<Record<(typeof kinds)[number], string>> = {
  fetch: '2.11.3 from apt (trixie), beside what runs',
  'check-version': 'what was fetched must say that it is 2.11.3',
  'check-config': 'nats-server -t reads the config it will run with',
  stop: 'lame duck: clients are told to reconnect first',
  switch: '2.11.3 in the place of 2.10.27; the old one stays in the store',
  start: 'ready when /healthz answers',
  gate: 'ready, then 60 s without exit, unhealthy probe or crash loop',
  lock: 'booty.lock.json holds what runs',
};

export const makePlan = (subjects: readonly UpgradeSubject[] = [natsSubject]): UpgradePlan => ({
  kind: 'upgrade',
  subjects,
  steps: subjects.flatMap(({ service }) => kinds.map((kind) => ({ service, kind, reason: reasons[kind] }))),
  nothing: [{ service: 'caddy', reason: '2.9.1 is the newest in its range 2' }],
});

/** Under way: the steps before `at` are done, that one runs, the others wait. */
export const makeProgress = (
  at: number,
  changes: Partial<UpgradeProgress> = {},
  subjects: readonly UpgradeSubject[] = [natsSubject],
): UpgradeProgress => ({
  id: '7',
  kind: 'upgrade',
  startedAtMs: startMs - 12_000,
  subjects,
  steps: makePlan(subjects).steps.map((step, index) => ({
    ...step,
    state: index < at ? 'done' : index === at ? 'running' : 'pending',
    message: null,
    startedAtMs: index <= at ? startMs - 12_000 + index * 1000 : null,
    endedAtMs: index < at ? startMs - 12_000 + index * 1000 + 840 : null,
  })),
  gateEndsAtMs: null,
  result: null,
  message: null,
  lastWords: [],
  ...changes,
});

export const makeEntry = (id: string, changes: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id,
  kind: 'upgrade',
  service: 'nats',
  from: '2.10.27',
  to: '2.11.3',
  who: 'ana',
  startedAtMs: startMs - 500_000,
  endedAtMs: startMs - 430_000,
  downMs: 1240,
  result: 'done',
  reason: null,
  blockedBy: null,
  ...changes,
});

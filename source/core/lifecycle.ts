/**
The life of a service as one total table: what each input does in each state.

```
             want.up            fetched             deps.met            passed
  stopped ────────────▶ fetching ────────▶ waiting ──────────▶ starting ────────▶ ready
     ▲                     │                 │ deps.lost          │  ▲ failing │     │ failing
     │                     │ fetch.failed    ▼                    │  │ passed  ▼     ▼
     │                     ▼               skipped                │  └────── unhealthy
     │                   failed ◀── refused, undying ─────────────┤              │
     │                     ▲                                      │ want.down    │
     │     gave up         │                                      ▼              │
     ├── exited ◀──────────┼──────────────────────────────── stopping ◀──────────┘
     │                     │ exited, gave up
     │                     ├──────────────── exited ──▶ backoff ── deadline ──▶ waiting
     └── want.down         └ completed ◀──── exited 0
```

`ignore` is a cell that is reached and does nothing on purpose; `impossible` is one that cannot be reached, because
inputs of older generations are dropped before the table is asked. A missing cell does not compile.
*/
import type { ServiceState } from './model.ts';

export const inputs = [
  'want.up',
  'want.down',
  'kill',
  'fetched',
  'fetch.failed',
  'deps.met',
  'deps.lost',
  'started',
  'refused',
  'passed',
  'failing',
  'exited',
  'deadline',
] as const;
export type Input = (typeof inputs)[number];

/** What a cell does; each name is a function of `actions.ts`. */
export type ActionName =
  | 'enroll'
  | 'wait'
  | 'begin'
  | 'skip'
  | 'giveUp'
  | 'noteStarted'
  | 'becomeReady'
  | 'becomeUnhealthy'
  | 'settleExit'
  | 'askStop'
  | 'askKill'
  | 'signalLate'
  | 'escalate'
  | 'settleStopped'
  | 'settleStop';

export type Cell = ActionName | 'ignore' | 'impossible';

export const lifecycle: Readonly<Record<ServiceState, Readonly<Record<Input, Cell>>>> = {
  stopped: {
    'want.up': 'enroll',
    'want.down': 'ignore',
    kill: 'ignore',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
  fetching: {
    'want.up': 'ignore',
    'want.down': 'settleStopped',
    kill: 'settleStopped',
    fetched: 'wait',
    'fetch.failed': 'giveUp',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
  waiting: {
    'want.up': 'ignore',
    'want.down': 'settleStopped',
    kill: 'settleStopped',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'begin',
    'deps.lost': 'skip',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
  starting: {
    'want.up': 'ignore',
    'want.down': 'askStop',
    kill: 'askKill',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'noteStarted',
    refused: 'giveUp',
    passed: 'becomeReady',
    failing: 'becomeUnhealthy',
    exited: 'settleExit',
    deadline: 'impossible',
  },
  ready: {
    'want.up': 'ignore',
    'want.down': 'askStop',
    kill: 'askKill',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'ignore',
    failing: 'becomeUnhealthy',
    exited: 'settleExit',
    deadline: 'impossible',
  },
  unhealthy: {
    'want.up': 'ignore',
    'want.down': 'askStop',
    kill: 'askKill',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'becomeReady',
    failing: 'ignore',
    exited: 'settleExit',
    deadline: 'impossible',
  },
  stopping: {
    // The wish is noted in `wanted`; the exit decides by it.
    'want.up': 'ignore',
    'want.down': 'ignore',
    kill: 'askKill',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'signalLate',
    refused: 'settleStop',
    passed: 'ignore',
    failing: 'ignore',
    exited: 'settleStop',
    deadline: 'escalate',
  },
  completed: {
    'want.up': 'enroll',
    'want.down': 'ignore',
    kill: 'ignore',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'ignore',
    failing: 'ignore',
    exited: 'impossible',
    deadline: 'impossible',
  },
  failed: {
    'want.up': 'enroll',
    'want.down': 'ignore',
    kill: 'ignore',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'ignore',
    failing: 'ignore',
    // Reached when a process that was given up as undying ends after all.
    exited: 'settleStopped',
    deadline: 'impossible',
  },
  backoff: {
    'want.up': 'enroll',
    'want.down': 'settleStopped',
    kill: 'settleStopped',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'ignore',
    failing: 'ignore',
    exited: 'impossible',
    deadline: 'enroll',
  },
  skipped: {
    'want.up': 'enroll',
    'want.down': 'settleStopped',
    kill: 'settleStopped',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    // What it depends on came up after all.
    'deps.met': 'begin',
    'deps.lost': 'ignore',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
};

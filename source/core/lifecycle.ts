/**
The life of a service as one total table: what each input does in each state.

```
           want.up             fetched            deps.met            passed
  stopped ─────────▶ fetching ─────────▶ waiting ──────────▶ starting ───────▶ ready
     ▲                  │                 ▲   │ deps.lost        │ │ failing     │ ▲
     │                  │    deps.pending │   ▼                  │ ▼     failing ▼ │ passed
     │                  │               skipped                  │  unhealthy ◀──┘ │
     │                  │ fetch.failed                           │      │ └────────┘
     │                  ▼                                        │      │
     │               failed ◀── refused ─────────────────────────┤      │
     │                  ▲  └─ want.up ─▶ fetching                │      │
     │ exited           │ deadline (does not die)                │      │
     └─────────────── stopping ◀──────────────────── want.down ──┴──────┴── ready

  starting, ready, unhealthy ── exited ─┬─▶ completed   exit code 0, no restart wanted
                                        ├─▶ failed      no restart wanted, or given up
                                        └─▶ backoff ── deadline ──▶ fetching or waiting
```

A service without a binary to fetch goes from `stopped` to `waiting` at once. An exit in `stopping` also leads to
`fetching` or `waiting` when a restart was asked for, and to `backoff` when a failed health check asked for the stop.

`ignore` is a cell that is reached and does nothing on purpose. `impossible` is one that cannot be reached: facts of
older generations, told twice or no longer asked for are dropped before the table is asked. A missing cell does not
compile.
*/
import type { ServiceState } from './model.ts';

export const inputs = [
  'want.up',
  'want.down',
  'kill',
  'fetched',
  'fetch.failed',
  'deps.met',
  'deps.pending',
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
  | 'refuse'
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
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
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
    kill: 'impossible',
    fetched: 'wait',
    'fetch.failed': 'giveUp',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
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
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'begin',
    'deps.pending': 'ignore',
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
    'deps.pending': 'impossible',
    'deps.lost': 'impossible',
    started: 'noteStarted',
    refused: 'refuse',
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
    'deps.pending': 'impossible',
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
    'deps.pending': 'impossible',
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
    // Who is stopping is not asked twice.
    'want.down': 'impossible',
    kill: 'askKill',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
    'deps.lost': 'impossible',
    started: 'signalLate',
    refused: 'settleStop',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'settleStop',
    deadline: 'escalate',
  },
  completed: {
    'want.up': 'enroll',
    'want.down': 'ignore',
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
  failed: {
    'want.up': 'enroll',
    'want.down': 'ignore',
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    // Reached when a process that was given up as undying ends after all.
    exited: 'settleStop',
    deadline: 'impossible',
  },
  backoff: {
    'want.up': 'enroll',
    'want.down': 'settleStopped',
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    'deps.met': 'impossible',
    'deps.pending': 'impossible',
    'deps.lost': 'impossible',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'enroll',
  },
  skipped: {
    'want.up': 'enroll',
    'want.down': 'settleStopped',
    kill: 'impossible',
    fetched: 'ignore',
    'fetch.failed': 'ignore',
    // It goes back to waiting first.
    'deps.met': 'impossible',
    // What it depends on is on its way after all.
    'deps.pending': 'wait',
    'deps.lost': 'ignore',
    started: 'impossible',
    refused: 'impossible',
    passed: 'impossible',
    failing: 'impossible',
    exited: 'impossible',
    deadline: 'impossible',
  },
};

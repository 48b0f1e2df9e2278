import test from 'ava';
import { actions } from '../../source/core/actions.ts';
import { type Cell, type Input, inputs, lifecycle } from '../../source/core/lifecycle.ts';
import { type ServiceState, serviceStates } from '../../source/core/model.ts';

test('the table is total: every input in every state', (t) => {
  t.deepEqual(Object.keys(lifecycle).toSorted(), [...serviceStates].toSorted());
  for (const row of Object.values(lifecycle)) t.deepEqual(Object.keys(row).toSorted(), [...inputs].toSorted());
});

test('every action is used by a cell', (t) => {
  const used = new Set<string>(Object.values(lifecycle).flatMap((row) => Object.values(row)));
  t.deepEqual(
    Object.keys(actions).filter((name) => !used.has(name)),
    [],
  );
});

/** The arrows of the drawing in lifecycle.ts, each by the cell it stands for. */
const arrows: readonly (readonly [ServiceState, Input, Cell])[] = [
  ['stopped', 'want.up', 'enroll'],
  ['fetching', 'fetched', 'wait'],
  ['fetching', 'fetch.failed', 'giveUp'],
  ['waiting', 'deps.met', 'begin'],
  ['waiting', 'deps.lost', 'skip'],
  ['skipped', 'deps.pending', 'wait'],
  ['starting', 'passed', 'becomeReady'],
  ['starting', 'failing', 'becomeUnhealthy'],
  ['starting', 'refused', 'refuse'],
  ['ready', 'failing', 'becomeUnhealthy'],
  ['unhealthy', 'passed', 'becomeReady'],
  ['starting', 'want.down', 'askStop'],
  ['ready', 'want.down', 'askStop'],
  ['unhealthy', 'want.down', 'askStop'],
  ['stopping', 'exited', 'settleStop'],
  ['stopping', 'deadline', 'escalate'],
  ['failed', 'want.up', 'enroll'],
  ['starting', 'exited', 'settleExit'],
  ['ready', 'exited', 'settleExit'],
  ['unhealthy', 'exited', 'settleExit'],
  ['backoff', 'deadline', 'enroll'],
];

for (const [state, input, cell] of arrows) {
  test(`${state}: ${input} does ${cell}`, (t) => t.is(lifecycle[state][input], cell));
}

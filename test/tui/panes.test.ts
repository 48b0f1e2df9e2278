import test from 'ava';
import type { StackEvent } from '../../source/api/protocol.ts';
import { visibleEvents } from '../../source/tui/event-pane.ts';
import { visibleMerged } from '../../source/tui/merged-pane.ts';
import { initialState } from '../../source/tui/ui-state.ts';
import { reduce } from '../../source/tui/state.ts';
import { drive, type Drive } from './drive.ts';
import { fetching, makeFrame, shop, startMs } from './fake-stack.ts';

const open = (logLines: number | null = 500): Drive => {
  const one = drive({ columns: 80, rows: 24 }, logLines);
  one.frame(makeFrame(shop));
  return one;
};
const makeEvent = (sequence: number, changes: Partial<StackEvent> = {}): StackEvent => ({
  sequence,
  atMs: startMs + sequence,
  service: 'nats',
  type: 'state',
  from: 'starting',
  to: 'ready',
  message: 'nats is ready',
  ...changes,
});

test('panes turn by number and by tab, both ways round; the doctor only where there is one', (t) => {
  const one = open();
  const turned = (key: string) => {
    one.keys(key);
    return one.state().pane;
  };
  const keys = ['2', '3', '4', '5', '6', '7', '1'];
  const names = ['events', 'logs', 'fetch', 'doctor', 'upgrades', 'history', 'services'];
  t.deepEqual(keys.map(turned), names);
  t.deepEqual(
    names.map(() => turned('tab')),
    names,
  );
  t.deepEqual(['shift+tab', 'shift+tab', 'escape'].map(turned), ['history', 'upgrades', 'services']);

  let state = initialState({ columns: 80, rows: 24 }, startMs);
  for (const message of [
    { type: 'frame', frame: makeFrame(shop), atMs: startMs },
    { type: 'key', key: '5', atMs: startMs },
  ] as const) {
    ({ state } = reduce(state, message));
  }
  t.is(state.pane, 'services');
  t.regex(state.toast?.text ?? '', /booty doctor/);
  for (const _ of ['history', 'upgrades', 'fetch']) {
    ({ state } = reduce(state, { type: 'key', key: 'shift+tab', atMs: startMs }));
  }
  t.is(state.pane, 'fetch');
});

test('events: what was before is asked for once, nothing comes twice, and reading back is not disturbed', (t) => {
  const one = open();
  one.frame({ type: 'event', event: makeEvent(50) });
  one.keys('2', '1', '2');
  t.deepEqual(one.intents, [{ type: 'events' }]);
  one.send({ type: 'events.answered', events: Array.from({ length: 50 }, (_, index) => makeEvent(index + 1)) });
  const shown = () => visibleEvents(one.state()).map((event) => event.sequence);
  t.is(shown().at(-1), 50);
  t.is(shown().length, 21);
  one.keys('k', 'k');
  t.is(shown().at(-1), 48);
  one.frame({ type: 'event', event: makeEvent(51, { service: 'caddy', message: 'caddy is ready' }) });
  t.is(shown().at(-1), 48);
  one.keys('g');
  t.is(shown()[0], 1);
  one.keys('G');
  t.is(shown().at(-1), 51);
  t.true(one.lines().some((line) => /^ \d\d:00:00 {2}caddy {2}● ready/.test(line)));
  one.keys('f');
  t.is(shown().at(-1), 50);
  t.true(one.lines()[1]?.includes('EVENTS of nats'));
});

test('merged logs: the marked services, by time, as far back as the files go', (t) => {
  const one = open(200);
  one.keys(' ', 'j', 'm', '3');
  t.deepEqual(one.state().merged.services, ['nats', 'victoria-metrics']);
  const shown = () => visibleMerged(one.state()).map((line) => `${line.service[0]}${line.offset / 10}`);
  t.deepEqual(shown().slice(-4), ['n198', 'v198', 'n199', 'v199']);
  t.true(one.lines().some((line) => line.startsWith(' nats             line 199')));
  one.keys('k');
  t.deepEqual(shown().slice(-2), ['v198', 'n199']);
  one.keys('k', 'k', 'k');
  t.deepEqual(shown().slice(-2), ['n197', 'v197'].slice(0, 2));
  one.keys('j');
  t.is(shown().at(-1), 'n198');
  for (let page = 0; page < 40; page += 1) one.keys('pageUp');
  t.deepEqual(shown().slice(0, 3), ['n0', 'v0', 'n1']);
  t.is(shown().length, 21);
  one.keys('k');
  t.is(shown()[0], 'n0');
  for (let page = 0; page < 40; page += 1) one.keys('pageDown');
  t.is(one.state().merged.ends, null);
  t.is(shown().at(-1), 'v199');
});

test('merged logs without marks are those of all; only what grew is asked for again', (t) => {
  const one = open(100);
  one.keys('3');
  t.is(one.state().merged.services.length, 5);
  one.intents.length = 0;
  one.frame({ type: 'logs', ends: { caddy: 1010, nats: 1000 } });
  const [intent] = one.intents;
  t.like(intent, { type: 'merged' });
  if (intent?.type === 'merged') t.deepEqual(intent.asks, [{ service: 'caddy', lines: 21 }]);
});

test('a log that grew while another pane was shown is asked for on the way back', (t) => {
  const one = open(null);
  one.send({ type: 'log.answered', ticket: one.logs[0]?.ticket ?? 0, window: { lines: [], endByte: 0, fileBytes: 0 } });
  one.keys('2');
  one.frame({ type: 'logs', ends: { nats: 70 } });
  t.is(one.logs.length, 1);
  one.keys('1');
  t.is(one.logs.length, 2);
});

test('the fetch pane tells of each binary from where and why, and scrolls', (t) => {
  const one = drive({ columns: 80, rows: 10 });
  const fetches = fetching.map((fetch) =>
    fetch.component === 'nats-server'
      ? { ...fetch, about: 'not from archive: github.com did not answer; licence AGPL-3.0' }
      : fetch,
  );
  one.frame(makeFrame(shop, { fetches }));
  one.keys('4');
  const lines = one.lines().map((line) => line.trim());
  t.true(lines.includes('for nats-server'));
  t.true(lines.includes('not from archive: github.com did not answer'));
  t.true(lines.includes('licence AGPL-3.0'));
  one.keys('G');
  t.true(one.lines().some((line) => line.includes('for prometheus')));
});

test('the doctor looks when its pane opens, once; what is wrong comes first with its fix', (t) => {
  const one = open();
  one.keys('5', '1', '5');
  t.deepEqual(one.intents, [{ type: 'doctor' }]);
  one.send({
    type: 'doctor.answered',
    findings: [
      { title: 'Node', state: 'ok', found: '26.10.0', fix: null },
      { title: 'disk', state: 'bad', found: '0 bytes free', fix: 'booty gc' },
    ],
  });
  const lines = one.lines().map((line) => line.trimEnd());
  t.deepEqual(lines.slice(2, 5), [' BAD  disk: 0 bytes free', '      > booty gc', ' ok   Node: 26.10.0']);
  t.true(lines[1]?.includes('DOCTOR 1 to mend'));
  one.keys('r');
  t.is(one.intents.length, 2);
  one.send({ type: 'doctor.failed', reason: 'it fell ill' });
  t.true(one.lines()[2]?.includes('it fell ill'));
});

const shopChoice = { kind: 'running', name: 'shop', detail: '5/5 ready' } as const;
const observe = { kind: 'built-in', name: 'observe', detail: 'NATS' } as const;

test('S lets go of nothing before another stack was chosen', (t) => {
  const one = open();
  const ask = () => {
    one.keys('S');
    t.deepEqual(one.intents.at(-1), { type: 'choices' });
    one.send({ type: 'choices.answered', choices: [observe, shopChoice] });
    t.true(one.lines()[0]?.includes('which stack?'));
  };
  ask();
  one.keys('escape');
  t.is(one.state().chooser, null);
  // The pointer is at the stack looked at: choosing that is going back.
  ask();
  one.keys('enter');
  t.is(one.state().chooser, null);
  t.is(one.state().question, null);
  t.false(one.intents.some((intent) => intent.type === 'leave'));
  ask();
  one.keys('k', 'enter', 'escape');
  t.is(one.state().exit, null);
  ask();
  one.keys('g', 'enter', 'l');
  t.deepEqual(one.state().exit?.next, observe);
  t.like(one.intents.at(-1), { type: 'leave', word: { type: 'leave' } });
});

test('a stack nobody here owns is left for another at once, one that is stopped first when it is gone', (t) => {
  const choices = [observe, shopChoice];
  const one = drive();
  one.frame(makeFrame(shop, { owner: false }));
  one.keys('S');
  one.send({ type: 'choices.answered', choices });
  one.keys('k', 'enter');
  t.deepEqual(one.state().exit?.next, observe);
  const two = open();
  two.keys('S');
  two.send({ type: 'choices.answered', choices });
  two.keys('k', 'enter', 's');
  t.is(two.state().exit, null);
  two.frame({ type: 'ended', exitCode: 0, message: 'down' });
  t.deepEqual(two.state().exit?.next, observe);
  const three = drive();
  three.frame(makeFrame(shop, { owner: false }));
  three.keys('q');
  t.is(three.state().exit?.next, undefined);
});

test('y copies the lines shown, whole; what is too much is cut at the top', (t) => {
  const one = open();
  one.keys('y');
  const [intent] = one.intents;
  t.true(intent?.type === 'copy' && intent.text.endsWith('line 498\nline 499\n'));
  t.regex(one.state().toast?.text ?? '', /^copied \d+ lines/);
  one.keys('Y');
  t.regex(one.state().toast?.text ?? '', /search with/);

  const two = open(null);
  const long = { service: 'nats', generation: 1, atMs: null, kind: 'line' } as const;
  const lines = ['a', 'b', 'c'].map((letter, index) => ({ ...long, offset: index, text: letter.repeat(30_000) }));
  const window = { lines, endByte: 90_000, fileBytes: 90_000 };
  two.send({ type: 'log.answered', ticket: two.logs[0]?.ticket ?? 0, window });
  two.keys('y');
  const [copy] = two.intents;
  t.true(copy?.type === 'copy' && copy.text.startsWith('b') && copy.text.length === 60_002);
  t.regex(two.state().toast?.text ?? '', /1 line above did not fit/);
});

test('o opens the log where it is read', (t) => {
  const one = open();
  one.keys('l', 'g', 'j', 'o');
  t.deepEqual(one.intents.at(-1), { type: 'page', service: 'nats', byte: 10 });
});

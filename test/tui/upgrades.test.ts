import test from 'ava';
import { bootyItself } from '../../source/api/upgrade-protocol.ts';
import { drive, type Drive } from './drive.ts';
import { failing, makeFrame, shop, startMs } from './fake-stack.ts';
import {
  makeEntry,
  makeLook,
  makePlan,
  makeProgress,
  makeUpgradeRow,
  metricsSubject,
  natsSubject,
  shopUpgrades,
} from './fake-upgrades.ts';
import type { Intent } from '../../source/tui/ui-state.ts';

const open = (size = { columns: 80, rows: 24 }): Drive => {
  const one = drive(size);
  one.frame(makeFrame(shop, { upgrades: shopUpgrades }));
  return one;
};

const text = (one: Drive): string => one.lines().join('\n');

const calls = (one: Drive) =>
  one.intents.flatMap((intent: Intent) => (intent.type === 'upgrades' ? [intent.what] : []));

const answer = (one: Drive, plan = makePlan()) => {
  const what = calls(one).at(-1);
  if (what?.call === 'plan') one.send({ type: 'plan.answered', ask: what.ask, plan });
};

test('what is newer is told in the header, in the row and beside the service, and takes no key from anyone', (t) => {
  const one = open();
  t.regex(text(one), /2 upgrades \[U\]/);
  t.regex(text(one), /2\.11\.3 is out, 2\.10\.27 runs \(going back: safe\)/);
  t.is(one.state().pane, 'services');
  t.is(one.state().question, null);
  // A service without anything newer has no prompt.
  one.keys('G');
  t.notRegex(text(one), /is out/);
});

test('u shows the plan, Enter does nothing, y before the plan does nothing, y after it begins', (t) => {
  const one = open();
  one.keys('u', 'y', 'enter');
  t.deepEqual(
    calls(one).map(({ call }) => call),
    ['plan'],
  );
  t.regex(text(one), /making the plan/);
  answer(one);
  for (const word of [
    /about 1\.2 s/,
    /2\.10\.27 takes up the same data/,
    /vmagent/,
    /lame duck/,
    /Upgrade nats to 2\.11\.3\?/,
  ])
    t.regex(text(one), word);
  one.keys('enter');
  t.deepEqual(
    calls(one).map(({ call }) => call),
    ['plan'],
  );
  one.keys('y');
  t.deepEqual(calls(one).at(-1), {
    call: 'begin',
    ask: { kind: 'upgrade', targets: [{ service: 'nats', range: null }] },
  });
  t.is(one.state().pane, 'upgrades');
});

test('a plan that comes after escape asks nothing any more', (t) => {
  const one = open();
  one.keys('u', 'escape');
  answer(one);
  t.is(one.state().question, null);
  one.keys('y');
  t.false(calls(one).some(({ call }) => call === 'begin'));
});

test('U takes all that is offered and leaves out what was put off', (t) => {
  const one = open();
  one.keys('U');
  t.deepEqual(calls(one).at(-1), {
    call: 'plan',
    ask: {
      kind: 'upgrade',
      targets: [
        { service: 'nats', range: null },
        { service: 'victoria-metrics', range: null },
      ],
    },
  });
  one.keys('escape');
  const later = { kind: 'later', untilMs: startMs + 1000 } as const;
  const skip = { kind: 'skip', version: '1.145.0' } as const;
  const rows = shopUpgrades.rows.map((row, index) => ({
    ...row,
    deferred: index === 0 ? later : index === 1 ? skip : null,
  }));
  one.frame(makeFrame(shop, { upgrades: makeLook(rows) }));
  t.notRegex(text(one), /\[U\]|is out/);
  one.keys('U');
  t.is(one.state().question, null);
  t.regex(one.state().toast?.text ?? '', /put off/);
  // A day later it is offered again, and a newer version than the skipped one at once.
  one.frame(makeFrame(shop, { upgrades: makeLook(rows) }), startMs + 1000);
  t.regex(text(one), /1 upgrade \[U\]/);
});

test('z puts off and x skips; the same key again takes it back', (t) => {
  const one = open();
  one.keys('z', 'x');
  t.deepEqual(calls(one), [
    { call: 'defer', service: 'nats', defer: { kind: 'later', version: '2.11.3' } },
    { call: 'defer', service: 'nats', defer: { kind: 'skip', version: '2.11.3' } },
  ]);
  const deferred = { kind: 'skip', version: '2.11.3' } as const;
  one.frame(makeFrame(shop, { upgrades: makeLook([makeUpgradeRow('nats', { inRange: '2.11.3', deferred })]) }));
  one.keys('x');
  t.deepEqual(calls(one).at(-1), { call: 'defer', service: 'nats', defer: { kind: 'none' } });
});

test('b goes back where there is a way, and says why there is none', (t) => {
  const one = open();
  one.keys('b');
  t.regex(one.state().toast?.text ?? '', /nothing to go back to/);
  one.keys('G', 'b');
  t.deepEqual(calls(one).at(-1), {
    call: 'plan',
    ask: { kind: 'rollback', targets: [{ service: 'caddy', range: null }], to: null },
  });
  one.keys('escape');
  const back = {
    version: '2.8.4',
    atMs: startMs,
    blockedBy: 'its data was rewritten by 2.9',
    rollback: 'safe' as const,
  };
  one.frame(makeFrame(shop, { upgrades: makeLook([makeUpgradeRow('caddy', { back })]) }));
  one.keys('b');
  t.is(one.state().question, null);
  t.regex(one.state().toast?.text ?? '', /rewritten by 2\.9/);
});

for (const size of [
  { columns: 80, rows: 24 },
  { columns: 160, rows: 50 },
]) {
  test(`at ${size.columns}x${size.rows}: an upgrade is told live, with the countdown of its gate, and how it ended`, (t) => {
    const one = open(size);
    one.keys('6');
    one.frame(
      makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(6, { gateEndsAtMs: startMs + 48_000 }) }),
    );
    t.regex(text(one), /UPGRADING \[6\]/);
    t.regex(text(one), /step 7 of 8/);
    t.regex(text(one), /48 s more; exit or failing probe: back to 2\.10\.27/);
    one.send({ type: 'ticked', atMs: startMs + 8000 });
    t.regex(text(one), /40 s more/);
    one.frame(
      makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(8, { result: 'done' }) }),
      startMs + 9000,
    );
    t.regex(
      text(one).replaceAll(/\s+/g, ' '),
      /it passed its gate\. Back to 2\.10\.27 \(safe\): \[b\] or booty rollback nats/,
    );
    one.keys('1');
    t.regex(text(one).replaceAll(/\s+/g, ' '), /it passed its gate\. Back to 2\.10\.27/);
    for (const line of one.lines()) t.is(line.length, size.columns);
    t.is(one.lines().length, size.rows);
  });
}

test('an upgrade of many folds what is over and to come', (t) => {
  const one = open();
  one.keys('6');
  one.frame(
    makeFrame(shop, {
      upgrades: shopUpgrades,
      upgrade: makeProgress(10, {}, [natsSubject, metricsSubject, { ...natsSubject, service: 'caddy' }]),
    }),
  );
  t.regex(text(one), /nats 2\.10\.27 to 2\.11\.3 +done/);
  t.regex(text(one), /caddy 2\.10\.27 to 2\.11\.3 +comes later/);
  t.regex(text(one), /› check config/);
});

test('a failed gate says that the old version runs, what the new one printed and what to do', (t) => {
  const one = open();
  one.keys('6');
  const failed = makeProgress(6, {
    result: 'returned',
    message: '2.11.3 exited 1',
    lastWords: ['\u001B[31munknown field "foo"'],
  });
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: failed }));
  const shown = text(one).replaceAll(/\s+/g, ' ');
  t.regex(shown, /went back to the old version/);
  t.regex(shown, /2\.10\.27 runs again, 2\.11\.3 was taken back\. 2\.11\.3 exited 1\./);
  t.regex(shown, /LAST WORDS of the new version unknown field "foo"/);
});

test('of many, each service is told what became of it and not what became of another', (t) => {
  const one = open({ columns: 120, rows: 40 });
  const subjects = [natsSubject, metricsSubject, { ...natsSubject, service: 'caddy' }];
  const whole = makeProgress(13, { result: 'returned', message: 'it did not become ready: exited 3' }, subjects);
  const steps = whole.steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' as const } : step));
  one.keys('6');
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: { ...whole, steps } }));
  const shown = text(one).replaceAll(/\s+/g, ' ');
  t.regex(shown, /nats: Upgraded from 2\.10\.27 to 2\.11\.3/);
  t.regex(
    shown,
    /victoria-metrics: 1\.112\.0 runs again, 1\.145\.0 was taken back\. It did not become ready: exited 3\./,
  );
  t.regex(shown, /caddy: Not begun, 2\.10\.27 runs: victoria-metrics before it ended all\./);
  one.keys('1');
  t.regex(text(one), /Upgraded from 2\.10\.27 to 2\.11\.3/);
  t.notRegex(text(one), /was taken back/);
});

test('last words are shown as the log shows them, and the step that failed whatever the room', (t) => {
  const one = open();
  one.keys('6');
  const line = (level: string, msg: string) => JSON.stringify({ time: '2026-01-02T02:51:07.022Z', level, msg });
  const long = 'cannot open /var/lib/data/blocks/01HZX: format 7 is not known to this version, run migrate first';
  const whole = makeProgress(6, {
    result: 'returned',
    message: 'it did not pass its gate: exited 2, after 30 of 60 s',
    lastWords: [line('INFO', 'starting'), line('ERROR', long), 'goroutine 1', 'main.main()', 'main.go:42', 'exit'],
  });
  const steps = whole.steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' as const } : step));
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: { ...whole, steps } }));
  const shown = text(one).replaceAll(/\s+/g, ' ');
  t.regex(shown, /ERROR cannot open .* run migrate first goroutine 1 main\.main\(\) main\.go:42 exit/);
  t.notRegex(shown, /"level"/);
  t.regex(text(one), /✗ watch it/);
});

test('what was taken back is offered no more by itself; why, and how to try again, is said by any daemon', (t) => {
  const one = drive({ columns: 100, rows: 30 });
  const tried = { atMs: startMs - 60_000, why: 'it did not become ready: exited 3' };
  const rows = [makeUpgradeRow('nats', { current: '2.10.27', inRange: '2.11.3', tried })];
  one.frame(makeFrame(shop, { upgrades: makeLook(rows) }));
  t.notRegex(text(one), /1 upgrade|is out/);
  t.regex(
    text(one).replaceAll(/\s+/g, ' '),
    /2\.11\.3 was taken back: it did not become ready: exited 3\. \[u\] plan, try again/,
  );
  one.keys('6');
  t.regex(text(one), /nats .* went back/);
  one.keys('U');
  t.deepEqual(calls(one), []);
  one.keys('u');
  t.is(calls(one)[0]?.call, 'plan');
});

test('a plan says that there is no room for a copy, counted as the upgrade counts it', (t) => {
  const one = open();
  one.keys('u');
  const snapshot = { bytes: 254_000, how: 'copy' as const, freeBytes: 60_000_000 };
  answer(one, makePlan([{ ...metricsSubject, service: 'nats', snapshot }]));
  t.regex(text(one).replaceAll(/\s+/g, ' '), /NOT ENOUGH ROOM: 248K copied file by file; 57M free, 64M needed/);
});

test('while it goes back by itself the screen says so and why, and b says which key ends an upgrade', (t) => {
  const one = open();
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(6) }));
  one.keys('b');
  t.regex(text(one), /an upgrade is under way: pane 6, c ends it and goes back/);
  const whole = makeProgress(6);
  const message = 'it did not pass its gate: exited 2, after 30 of 60 s';
  const steps = whole.steps.map((step) =>
    step.state === 'running' ? { ...step, state: 'failed' as const, message } : step,
  );
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: { ...whole, steps } }));
  t.regex(
    text(one).replaceAll(/\s+/g, ' '),
    /Goes back to 2\.10\.27: it did not pass its gate: exited 2, after 30 of 60 s\./,
  );
  t.regex(one.lines()[0] ?? '', /GOING BACK \[6\]/);
  one.keys('6');
  t.regex(text(one), /nats GOES BACK to 2\.10\.27/);
  t.notRegex(text(one), /UPGRADING nats/);
});

test('a way back that did not hold, and an upgrade that left nothing running, say which key leads on', (t) => {
  const one = open({ columns: 120, rows: 40 });
  one.keys('6');
  const told = (changes: Parameters<typeof makeProgress>[1]) => {
    one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(6, changes) }));
    return text(one).replaceAll(/\s+/g, ' ');
  };
  const back = told({ kind: 'rollback', result: 'returned', message: 'exited 2' });
  t.regex(back, /GOING BACK of nats: did not hold/);
  t.regex(back, /2\.10\.27 runs again, 2\.11\.3 did not hold\. Exited 2\. Try again: \[b\] or booty rollback nats\./);
  t.regex(
    told({ result: 'failed', message: 'no room' }),
    /FAILED: neither 2\.11\.3 nor 2\.10\.27 runs\. No room\. .*\[b\] or booty rollback/,
  );
});

test('an upgrade that was asked to end says so while its step goes on', (t) => {
  const one = open();
  one.keys('6');
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(3, { isEnding: true }) }));
  t.regex(text(one), /ENDING the upgrade of nats, after this step/);
});

test('what is suspect and runs again is in the header, whatever is selected', (t) => {
  const one = open();
  const suspect = { from: '1.112.0', to: '1.145.0', atMs: startMs - 500_000, what: 'exited 2' };
  const rows = [...shopUpgrades.rows, makeUpgradeRow('vmagent', { current: '1.145.0', suspect })];
  one.frame(makeFrame(shop, { upgrades: makeLook(rows) }));
  t.regex(one.lines()[0] ?? '', /1 SUSPECT \[6\]/);
});

test('ctrl-c during an upgrade asks about the upgrade first; again it stops the stack', (t) => {
  const one = open();
  one.frame(makeFrame(shop, { upgrades: shopUpgrades, upgrade: makeProgress(3) }));
  one.keys('ctrl+c');
  t.regex(text(one), /End the upgrade\?/);
  t.false(one.intents.some(({ type }) => type === 'down'));
  one.keys('y');
  t.deepEqual(calls(one).at(-1), { call: 'cancel' });
  one.keys('ctrl+c', 'ctrl+c');
  t.true(one.intents.some(({ type }) => type === 'down'));
});

test('three in the morning: who upgraded what when, that it passed and then failed, and the key back', (t) => {
  const one = drive();
  const suspect = { from: '1.112.0', to: '1.145.0', atMs: startMs - 500_000, what: 'exited 2 five times' };
  const back = { version: '1.112.0', atMs: startMs - 500_000, blockedBy: null, rollback: 'safe' as const };
  const upgrades = makeLook([makeUpgradeRow('vmagent', { current: '1.145.0', back, suspect })]);
  one.frame(makeFrame(failing, { upgrades }));
  t.deepEqual(calls(one), [{ call: 'history' }]);
  const entry = makeEntry('9', { service: 'vmagent', from: '1.112.0', to: '1.145.0', downMs: 2000 });
  one.send({ type: 'history.answered', entries: [entry] });
  const shown = text(one).replaceAll(/\s+/g, ' ');
  t.regex(shown, /by ana from 1\.112\.0 to 1\.145\.0; it passed its gate, 6 min later: exited 2 five times/);
  t.regex(shown, /\[b\] back to 1\.112\.0 \(safe, ~2\.0 s down\)/);
  // Asked once, not at each frame.
  one.frame(makeFrame(failing, { upgrades }));
  t.is(calls(one).length, 1);
});

test('the history goes newest first, and b returns to what was before the chosen change', (t) => {
  const one = open();
  one.keys('7');
  const entries = [
    makeEntry('1', { kind: 'install', from: null, to: '2.10.27' }),
    makeEntry('2'),
    makeEntry('3', { to: '2.12.0', from: '2.11.3' }),
  ];
  one.send({ type: 'history.answered', entries });
  t.regex(text(one), /2\.11\.3 to 2\.12\.0 by ana/);
  one.keys('j', 'b');
  t.deepEqual(calls(one).at(-1), {
    call: 'plan',
    ask: { kind: 'rollback', targets: [{ service: 'nats', range: null }], to: '2' },
  });
  one.keys('escape', 'G', 'b');
  t.regex(one.state().toast?.text ?? '', /nothing was there before/);
});

test('the palette does by name what the keys do, and completes', (t) => {
  const one = open();
  one.keys(':', 'u', 'p', 'tab', ' ', 'v', 'i', 'tab');
  t.deepEqual(one.state().question, { kind: 'palette', typed: 'upgrade victoria-metrics ' });
  one.keys('enter');
  t.deepEqual(calls(one).at(-1), {
    call: 'plan',
    ask: { kind: 'upgrade', targets: [{ service: 'victoria-metrics', range: null }] },
  });
  one.keys('escape', ':', 'h', 'i', 's', 'enter');
  t.is(one.state().pane, 'history');
  one.keys(':', 'q', 'q', 'enter');
  t.regex(one.state().toast?.text ?? '', /no command qq/);
});

test('booty itself has a row and a prompt, is put off like the others, and is never part of a plan', (t) => {
  const one = open();
  const own = makeUpgradeRow(bootyItself, { current: '0.1.0 (5219f31)', inRange: 'c6c15bd', newest: 'c6c15bd' });
  one.frame(makeFrame(shop, { upgrades: makeLook([makeUpgradeRow('nats', { inRange: '2.11.3' }), own]) }));
  t.is(one.state().pane, 'services', 'the prompt takes no focus');
  one.keys('U');
  t.deepEqual(calls(one).at(-1), {
    call: 'plan',
    ask: { kind: 'upgrade', targets: [{ service: 'nats', range: null }] },
  });
  one.keys('escape', '6', 'down');
  t.is(one.state().selected, bootyItself);
  t.regex(text(one), /booty itself/);
  one.keys('u');
  t.is(one.state().question, null);
  t.regex(one.state().toast?.text ?? '', /booty self upgrade/);
  one.keys('x');
  t.deepEqual(calls(one).at(-1), {
    call: 'defer',
    service: bootyItself,
    defer: { kind: 'skip', version: 'c6c15bd' },
  });
});

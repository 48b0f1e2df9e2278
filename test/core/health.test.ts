import test from 'ava';
import * as fc from 'fast-check';
import { openWindow, readAnswer } from '../../source/core/health.ts';
import type { ProbePolicy } from '../../source/core/model.ts';
import type { ProbeWindow } from '../../source/core/world.ts';
import { readiness } from './story.ts';

/** Asks until the clock has reached `untilMs` or a verdict falls; each answer comes at once. */
const askUntil = (policy: ProbePolicy, untilMs: number, settled: boolean) => {
  let window: ProbeWindow = openWindow(0);
  const askedAtMs: number[] = [];
  for (;;) {
    const atMs = window.nextAtMs;
    if (atMs > untilMs) return { askedAtMs, verdict: 'unsure' as const };
    askedAtMs.push(atMs);
    const asked = { ...window, inFlight: true, asked: window.asked + 1 };
    const answer = { ok: false, message: 'refused', atMs };
    const result = readAnswer(asked, policy, answer, { startedAtMs: 0, settled });
    if (result.verdict !== 'unsure') return { askedAtMs, verdict: result.verdict };
    window = result.window;
  }
};

test('until ready, questions come fast, and pauses grow with the time waited up to the start interval', (t) => {
  for (const [probe, firstMs, share] of [
    [{ kind: 'http', url: 'http://127.0.0.1:1/' }, 15, 0.1],
    [{ kind: 'tcp', host: '127.0.0.1', port: 1 }, 10, 0.05],
    [{ kind: 'log', pattern: 'ready' }, 8, 0.03],
  ] as const) {
    const { askedAtMs } = askUntil({ ...readiness, probe, startIntervalMs: 100 }, 800, false);
    t.deepEqual(askedAtMs.slice(0, 4), [0, firstMs, 2 * firstMs, 3 * firstMs]);
    // Later a service waits at most that share of the time it took already.
    const pauses = askedAtMs.slice(1).map((atMs, index) => atMs - (askedAtMs[index] ?? 0));
    t.true(pauses.every((ms, index) => ms <= Math.max(firstMs, share * (askedAtMs[index + 1] ?? 0) + 1)));
  }
});

test('failures do not count before the start period and the time of all retries are over', (t) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 100, max: 10_000 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 50, max: 1_000 }),
      (startPeriodMs, intervalMs, retries, startIntervalMs) => {
        const policy = { ...readiness, startPeriodMs, intervalMs, retries, startIntervalMs };
        const patienceMs = startPeriodMs + retries * intervalMs;
        const { askedAtMs, verdict } = askUntil(policy, Number.POSITIVE_INFINITY, false);
        t.is(verdict, 'failing');
        const failedAtMs = askedAtMs.at(-1) ?? 0;
        t.true(failedAtMs >= patienceMs);
        // And not much later: within the next question, or once there were enough of them.
        t.true(failedAtMs <= patienceMs + startIntervalMs || askedAtMs.length === retries);
      },
    ),
  );
});

test('once settled, exactly `retries` failures in a row mean failing', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.boolean(), { maxLength: 40 }), (retries, answers) => {
      let window = openWindow(0);
      let inRow = 0;
      for (const ok of answers) {
        inRow = ok ? 0 : inRow + 1;
        const answer = { ok, message: '', atMs: window.nextAtMs };
        const result = readAnswer(window, { ...readiness, retries }, answer, { startedAtMs: 0, settled: true });
        t.is(result.verdict, ok ? 'passed' : inRow >= retries ? 'failing' : 'unsure');
        t.is(result.window.nextAtMs, answer.atMs + readiness.intervalMs);
        window = result.window;
      }
    }),
  );
});

test('a first failure after the machine slept condemns nobody', (t) => {
  const answer = { ok: false, message: 'refused', atMs: 3_600_000 };
  const { verdict } = readAnswer({ ...openWindow(0), asked: 1 }, readiness, answer, { startedAtMs: 0, settled: false });
  t.is(verdict, 'unsure');
});

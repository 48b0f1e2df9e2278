import test from 'ava';
import type { Host } from '../../source/ports.ts';

/** Commands a machine can run, and what it has where. */
export type HostScene = {
  readonly create: () => Host;
  /** Says `one` and `three` on stdout and `two` on stderr, and ends with 3. */
  readonly speaks: readonly string[];
  /** Runs on, with a child that does too. */
  readonly hangs: readonly string[];
  readonly missing: readonly string[];
};

/** What every Host promises. `sh` lies in /bin and is executable, `passwd` lies in /etc and is not. */
export const hostContract = ({ create, speaks, hangs, missing }: HostScene): void => {
  test('host: identities hold for the living only', async (t) => {
    const host = create();
    const self = await host.identityOf(host.pid);
    t.is(self?.pid, host.pid);
    t.is(self?.bootId, await host.bootId());
    t.deepEqual(await host.identityOf(host.pid), self);
    // Above the largest pid_max that Linux knows.
    t.is(await host.identityOf(2 ** 22 + 1), null);
  });

  test('host: run gives code, output and lines', async (t) => {
    const lines: string[] = [];
    const result = await create().run(speaks, { timeoutMs: 60_000, onLine: (line) => lines.push(line) });
    t.is(result.code, 3);
    t.is(result.signal, null);
    t.false(result.timedOut);
    t.is(result.stdout.trimEnd(), 'one\nthree');
    t.is(result.stderr.trimEnd(), 'two');
    t.deepEqual(lines.toSorted(), ['one', 'three', 'two']);
  });

  test('host: run kills the whole group when the time is over', async (t) => {
    const result = await create().run(hangs, { timeoutMs: 50 });
    t.true(result.timedOut);
    t.is(result.code, null);
    t.is(result.signal, 'SIGKILL');
  });

  test('host: run ends when it is told to, before and while it runs', async (t) => {
    const abort = new AbortController();
    const running = create().run(hangs, { timeoutMs: 60_000, signal: abort.signal });
    abort.abort();
    const asked = [await running, await create().run(hangs, { timeoutMs: 60_000, signal: abort.signal })];
    for (const { signal, timedOut } of asked) t.deepEqual({ signal, timedOut }, { signal: 'SIGKILL', timedOut: false });
  });

  test('host: a command that does not exist is an error of its own', async (t) => {
    await t.throwsAsync(create().run(missing, { timeoutMs: 60_000 }), { code: 'COMMAND_NOT_RUN' });
    await t.throwsAsync(create().run([], { timeoutMs: 60_000 }), { code: 'COMMAND_NOT_RUN' });
  });

  test('host: executables are found on PATH, or from a folder when there is a slash', async (t) => {
    const host = create();
    t.regex((await host.findExecutable('sh', '/', '/none:/usr/bin:/bin')) ?? '', /\/sh$/);
    t.is(await host.findExecutable('./sh', '/bin', ''), '/bin/sh');
    t.is(await host.findExecutable('sh', '/bin', ':/none'), '/bin/sh');
    t.is(await host.findExecutable('sh', '/', '/none'), null);
    t.is(await host.findExecutable('passwd', '/', '/etc'), null);
    t.is(await host.findExecutable('', '/', '/usr/bin'), null);
  });
};

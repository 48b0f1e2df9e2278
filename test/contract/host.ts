import test from 'ava';
import type { Host } from '../../source/ports.ts';

/** What every Host promises on a machine with a POSIX shell. */
export const hostContract = (create: () => Host): void => {
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
    const command = ['sh', '-c', 'echo one; echo two >&2; printf three; exit 3'];
    const result = await create().run(command, { timeoutMs: 5000, onLine: (line) => lines.push(line) });
    t.is(result.code, 3);
    t.is(result.signal, null);
    t.false(result.timedOut);
    t.is(result.stdout.trimEnd(), 'one\nthree');
    t.is(result.stderr.trimEnd(), 'two');
    t.deepEqual(lines.sort(), ['one', 'three', 'two']);
  });

  test('host: run kills the whole group when the time is over', async (t) => {
    const result = await create().run(['sh', '-c', 'sleep 1000 & sleep 1000'], { timeoutMs: 50 });
    t.true(result.timedOut);
    t.is(result.signal, 'SIGKILL');
  });

  test('host: run ends when it is told to', async (t) => {
    const abort = new AbortController();
    const running = create().run(['sleep', '1000'], { timeoutMs: 10_000, signal: abort.signal });
    abort.abort();
    t.is((await running).signal, 'SIGKILL');
    t.false((await running).timedOut);
  });

  test('host: run takes an environment and a folder', async (t) => {
    const result = await create().run(['sh', '-c', 'echo "$WORD $(pwd)"'], {
      timeoutMs: 5000,
      environment: { WORD: 'x y' },
      workingDir: '/',
    });
    t.is(result.stdout, 'x y /\n');
  });

  test('host: a command that does not exist is an error of its own', async (t) => {
    await t.throwsAsync(create().run(['/none/such'], { timeoutMs: 1000 }), { code: 'COMMAND_NOT_RUN' });
  });

  test('host: executables are found on PATH, or from a folder when there is a slash', async (t) => {
    const host = create();
    t.regex((await host.findExecutable('sh', '/', '/none:/usr/bin:/bin')) ?? '', /\/sh$/);
    t.is(await host.findExecutable('./sh', '/bin', ''), '/bin/sh');
    t.is(await host.findExecutable('sh', '/', '/none'), null);
    t.is(await host.findExecutable('passwd', '/', '/etc'), null);
    t.is(await host.findExecutable('', '/', '/usr/bin'), null);
  });
};

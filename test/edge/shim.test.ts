// The shim under every shell that is here, as it is spawned but without the supervisor.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { readProc } from '../../source/edge/proc/stat.ts';
import { reaperWords } from '../../source/edge/reaper.ts';
import {
  parsePidFile,
  parseReport,
  parseStatusFile,
  pidFile,
  shimCommand,
  shimEnvironment,
  shimText,
  unstartedFile,
} from '../../source/edge/shim.ts';
import { until } from '../until.ts';

const shells = [['/bin/sh'], ['/bin/dash'], ['/bin/bash'], ['/bin/busybox', 'sh']];

type How = { readonly logFile?: string; readonly reaper?: readonly string[] | null; readonly environment?: object };

type Outcome = { readonly reports: readonly string[]; readonly log: string; readonly statusFile: string };

const begin = (
  t: ExecutionContext,
  shell: readonly string[],
  mode: 'file' | 'pipe',
  command: readonly string[],
  { logFile, reaper = null, environment }: How = {},
) => {
  const folder = mkdtempSync(join(tmpdir(), 'booty-shim-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const statusFile = join(folder, `it's a "status"`);
  const log = openSync(logFile ?? join(folder, 'log'), 'a', 0o600);
  const shimFile = join(folder, 'shim-01234567');
  writeFileSync(shimFile, shimText, { mode: 0o500 });
  const call = {
    mode,
    shell,
    shimFile,
    title: 'shop/nats',
    cat: '/bin/cat',
    sleep: '/bin/sleep',
    statusFile,
    openFilesMax: null,
    markStart: 'mark ',
    leafFile: null,
    namespace: null,
    reaper,
    command,
  };
  const [file, ...args] = shimCommand(call);
  const env = { ...process.env, ...environment, ...shimEnvironment(call) };
  const child = spawn(file, args, { stdio: ['ignore', log, log, 'pipe'], detached: true, env });
  return { child, folder, statusFile };
};

const run = async (...of: Parameters<typeof begin>): Promise<Outcome> => {
  const { child, folder, statusFile } = begin(...of);
  const logFile = of[4]?.logFile;
  const [reports] = await Promise.all([text(child.stdio[3] as Readable), once(child, 'exit')]);
  const written = logFile === undefined ? readFileSync(join(folder, 'log'), 'utf8') : '';
  return { reports: reports.trimEnd().split('\n'), log: written, statusFile };
};

for (const shell of shells) {
  const when = existsSync(shell[0] ?? '') ? test : test.skip;
  for (const mode of ['file', 'pipe'] as const) {
    when(`${shell.join(' ')}: pid, code and log of a service (${mode})`, async (t) => {
      const command = ['/bin/sh', '-c', 'echo "$$ $1"; grep SigIgn /proc/self/status; exit 7', 'x', `it's "one" $word`];
      const { reports, log, statusFile } = await run(t, shell, mode, command);
      const known = parsePidFile(readFileSync(pidFile(statusFile), 'utf8'));
      t.deepEqual(reports, [`pid ${known?.pid} ${known?.startTicks} `, 'exit 7']);
      t.is(log, `mark ${known?.pid}\n${known?.pid} it's "one" $word\nSigIgn:\t0000000000000000\n`);
      t.is(parseStatusFile(readFileSync(statusFile, 'utf8')), 7);
      t.false(existsSync(unstartedFile(statusFile)));
    });

    when(`${shell.join(' ')}: what cannot be executed is told from what ends so (${mode})`, async (t) => {
      for (const [command, code] of [
        ['/none/such', 127],
        ['/etc/passwd', 126],
      ] as const) {
        const failed = await run(t, shell, mode, [command]);
        t.is(failed.reports.at(-1), `exit ${code}`);
        t.true(existsSync(unstartedFile(failed.statusFile)));
        const ended = await run(t, shell, mode, ['/bin/sh', '-c', `exit ${code}`]);
        t.is(ended.reports.at(-1), `exit ${code}`);
        t.false(existsSync(unstartedFile(ended.statusFile)));
      }
    });

    when(`${shell.join(' ')}: an end by signal is 128 and its number (${mode})`, async (t) => {
      const { reports } = await run(t, shell, mode, ['/bin/sh', '-c', 'kill -9 $$']);
      t.is(reports.at(-1), 'exit 137');
    });
  }
}

const reaper = reaperWords();

for (const shell of shells) {
  const when = existsSync(shell[0] ?? '') && reaper !== null ? test : test.skip;
  for (const mode of ['file', 'pipe'] as const)
    when(
      `${shell.join(' ')}: whoever loses its parent becomes a child of the shim, which stays for it (${mode})`,
      async (t) => {
        // A locale that no machine has: bash complains of it itself.
        const environment = shell[0] === '/bin/bash' ? {} : { LC_ALL: 'xx_YY' };
        const script = '(sleep 300 </dev/null >/dev/null 2>&1 3>&- &); env | grep -e PERL -e BOOTY; exit 7';
        const { child, folder, statusFile } = begin(t, shell, mode, ['/bin/sh', '-c', script], { reaper, environment });
        const ended = once(child, 'exit');
        const shim = child.pid ?? 0;
        const children = (): readonly string[] =>
          readFileSync(`/proc/${shim}/task/${shim}/children`, 'utf8').trim().split(' ');
        const isOrphan = (pid: string): boolean => readProc(`/proc/${pid}/cmdline`) === 'sleep\x00300\x00';
        await until(
          'the service has ended',
          () => existsSync(statusFile) && readFileSync(statusFile, 'utf8') === '7\n',
        );
        await until('its orphan is given to the shim', () => children().some(isOrphan));
        process.kill(Number(children().find(isOrphan)), 'SIGKILL');
        await ended;
        t.regex(readFileSync(join(folder, 'log'), 'utf8'), /^mark \d+\n$/);
      },
    );
}

for (const shell of shells) {
  const when = existsSync(shell[0] ?? '') && existsSync('/dev/full') ? test : test.skip;
  when(
    `${shell.join(' ')}: a log that cannot be written, as on a full disk, does not end the service (pipe)`,
    async (t) => {
      // Far more than a pipe holds, by the service itself: without a reader that is its end by SIGPIPE.
      const loud = 'n=0; while [ $n -lt 40 ]; do printf "%8192s" $n; n=$((n+1)); done; exit 7';
      const { reports } = await run(t, shell, 'pipe', ['/bin/sh', '-c', loud], { logFile: '/dev/full' });
      t.is(reports.at(-1), 'exit 7');
    },
  );
}

test('reports and files are read strictly', (t) => {
  t.deepEqual(parseReport('pid 12 345 '), { type: 'pid', pid: 12, startTicks: '345' });
  const first = { pid: 11, startTicks: '344' };
  t.deepEqual(parseReport('pid 12 345 11 344'), { type: 'pid', pid: 12, startTicks: '345', first });
  t.deepEqual(parsePidFile('12 345 9 11 344\n'), { pid: 12, startTicks: '345', shim: 9, first });
  for (const half of ['', '12 ', '12 345 9 ', '12 345 9 11 34']) t.is(parsePidFile(half), null);
  t.deepEqual(parseReport('pid 12  '), { type: 'pid', pid: 12, startTicks: null });
  t.deepEqual(parseReport('exit 7'), { type: 'exit', code: 7 });
  for (const line of ['', 'pid', 'pid x', 'pid 12', 'exit', 'other 1']) t.is(parseReport(line), null);
  t.is(parseStatusFile('7\n'), 7);
  for (const half of ['', '7', 'x\n']) t.is(parseStatusFile(half), null);
});

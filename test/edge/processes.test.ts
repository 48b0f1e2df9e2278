// The contract of Processes on the real one, on every rung of the ladder this machine offers.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processesContract } from '../contract/processes.ts';
import { rungs } from '../hostile/start-hostile.ts';
import { until } from '../until.ts';

let count = 0;

for (const rung of rungs)
  processesContract(rung.name, async (t) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'booty-processes-')));
    const { processes } = rung;
    const services: string[] = [];
    t.teardown(async () => {
      await Promise.all(services.map((service) => processes.kill(service)));
      rmSync(folder, { recursive: true, force: true });
    });
    const readLog = async ({ logFile }: { readonly logFile: string }): Promise<string> =>
      existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
    return {
      processes,
      readLog,
      untilLogged: (launch, words) =>
        until(`the log has ${words}`, async () => (await readLog(launch)).includes(`\n${words}`)),
      launch: (text, changes) => {
        const service = `service-${++count}`;
        services.push(service);
        return {
          service,
          stack: 'contract',
          runId: `run-${process.pid}`,
          generation: 1,
          command: ['/bin/sh', '-c', text],
          environment: { PATH: process.env['PATH'] ?? '/usr/bin:/bin' },
          workingDir: folder,
          logFile: join(folder, `${service}.log`),
          logMode: 'file',
          statusFile: join(folder, service),
          version: '1.2.3',
          stopScope: 'group',
          openFilesMax: null,
          pidNamespace: rung.pidNamespace,
          ...changes,
        };
      },
    };
  });

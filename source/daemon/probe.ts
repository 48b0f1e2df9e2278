import { reasonOf } from '../core/error.ts';
import type { Probe } from '../core/model.ts';
import type { CommandResult, Host, Http, ProbeAnswer, Sockets, Files } from '../ports.ts';

/** What a probe may need to know of the service it asks about. */
export type ProbeSubject = {
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDir: string;
  /** What the service printed since it started, as far as it was not looked at yet. */
  readonly newLog: () => Promise<string>;
};

/** Asks one question and never throws: no answer is a no with its reason. */
export const askProbe = async (
  ports: { readonly http: Http; readonly sockets: Sockets; readonly host: Host; readonly files: Files },
  probe: Probe,
  timeoutMs: number,
  subject: ProbeSubject,
): Promise<ProbeAnswer> => {
  try {
    switch (probe.kind) {
      case 'http': {
        const { status } = await ports.http.get(probe.url, timeoutMs);
        return { ok: status >= 200 && status < 400, message: `${probe.url} answers ${status}` };
      }
      case 'tcp':
        await ports.sockets.connect(probe.host, probe.port, timeoutMs);
        return { ok: true, message: `${probe.host}:${probe.port} accepts` };
      case 'exec': {
        const { environment, workingDir } = subject;
        return judgeCommand(await ports.host.run(probe.command, { timeoutMs, environment, workingDir }), timeoutMs);
      }
      case 'log': {
        const found = new RegExp(probe.pattern, 'm').test(await subject.newLog());
        return { ok: found, message: found ? 'the log says so' : `no line matches /${probe.pattern}/ yet` };
      }
      case 'file': {
        const there = (await ports.files.stat(probe.path)) !== null;
        return { ok: there, message: there ? `${probe.path} is there` : `${probe.path} is not there` };
      }
    }
  } catch (error) {
    return { ok: false, message: reasonOf(error) };
  }
};

const judgeCommand = (result: CommandResult, timeoutMs: number): ProbeAnswer => {
  if (result.timedOut) return { ok: false, message: `its check gave no answer within ${timeoutMs} ms` };
  const lastWords = (result.stderr.trim() || result.stdout.trim()).split('\n').at(-1)?.slice(0, 200) ?? '';
  const how = result.signal === null ? `its check exited ${result.code}` : `its check was killed by ${result.signal}`;
  return { ok: result.code === 0, message: lastWords === '' ? how : `${how}: ${lastWords}` };
};

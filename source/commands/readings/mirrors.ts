import { reasonOf } from '../../core/error.ts';
import { bootyHome } from '../../core/paths.ts';
import { judgeClock } from '../../doctor/clock.ts';
import type { Finding } from '../../doctor/finding.ts';
import { judgeMirror, judgeOwnMirror } from '../../doctor/sources.ts';
import { createMirrorClient } from '../../store/mirror/client.ts';
import { parseMirror } from '../../store/sources/archive/mirror.ts';
import { chooseTargets, isDecided } from '../../store/sources/apt/choose-targets.ts';
import { readCodename, readMachineOrigins, readTargets, withOrigins } from '../../store/sources/apt/machine.ts';
import { withoutCredentials } from '../../store/sources/apt/parse.ts';
import { createTree } from '../../store/sources/apt/tree.ts';
import type { Context } from '../context.ts';
import { checkMsMax } from './check.ts';

/**
The mirror of BOOTY_MIRROR, else the hosts apt would fetch from, each asked for the list of its release as apt itself asks, with its proxies, certificates
and passwords; and what the newest of these lists says about the clock. Nothing on a machine without apt.
*/
export const lookAtMirrors = async (context: Context, signal: AbortSignal): Promise<readonly Finding[]> => {
  const { files, host, clock } = context.ports;
  const madeAtMs = (await files.stat(`${context.packageFolder}/package.json`))?.modifiedAtMs ?? null;
  const own = await lookAtOwn(context, signal);
  const helper = await host.findExecutable(aptHelper, '/', '');
  const mirrors = helper === null || own.isAlone ? [] : await mirrorsOf(context, signal);
  const answers = await Promise.all(mirrors.map((mirror) => ask(context, mirror, signal)));
  const published = answers.flatMap(({ publishedAtMs }) => publishedAtMs ?? []);
  const publishedAtMs = published.length > 0 ? Math.max(...published) : null;
  return [
    ...own.findings,
    ...answers.map(({ host: name, tookMs, problem }) => judgeMirror({ host: name, tookMs, problem })),
    judgeClock({ nowMs: clock.nowMs(), madeAtMs, publishedAtMs }),
  ];
};

/** The mirror of BOOTY_MIRROR, if there is one; `isAlone`: nobody else is asked then. */
const lookAtOwn = async ({ ports }: Context, signal: AbortSignal) => {
  const { base } = parseMirror(ports.host.environment['BOOTY_MIRROR'] ?? '');
  if (base === null) return { findings: [], isAlone: false };
  const client = createMirrorClient(ports, `${bootyHome(ports.host)}/cache/mirror`, base);
  const address = withoutCredentials(base);
  try {
    const document = await client.read(signal);
    const held = document && { packages: document.packages.length, updatedAt: document.updatedAt };
    return { findings: [judgeOwnMirror({ address, held, problem: null })], isAlone: held !== null };
  } catch (error) {
    signal.throwIfAborted();
    return { findings: [judgeOwnMirror({ address, held: null, problem: reasonOf(error) })], isAlone: true };
  }
};

const aptHelper = '/usr/lib/apt/apt-helper';

type Mirror = { readonly host: string; readonly url: string };

/** One release list of each host. */
const mirrorsOf = async ({ ports }: Context, signal: AbortSignal): Promise<readonly Mirror[]> => {
  const tree = createTree(ports, `${bootyHome(ports.host)}/cache/apt`);
  const [targets, codename] = await Promise.all([readTargets(ports, tree, signal), readCodename(ports.files)]);
  // As the source itself does: what apt knows of its lists is slow to ask, and only needed where it may decide.
  const origins = targets.every(isDecided) ? [] : await readMachineOrigins(tree, signal);
  const mirrors = new Map<string, string>();
  for (const { uri, release } of chooseTargets(withOrigins(targets, origins), codename).asked) {
    const name = /^[\w+]+:\/\/([^/]*)/.exec(withoutCredentials(uri))?.[1] || uri;
    if (!mirrors.has(name)) mirrors.set(name, `${uri.replace(/\/$/, '')}/dists/${release}/InRelease`);
  }
  return [...mirrors].map(([name, url]) => ({ host: name, url }));
};

const ask = async ({ ports }: Context, { host: name, url }: Mirror, signal: AbortSignal) => {
  const { files, host, clock } = ports;
  const folder = await files.makeTemporary(host.temporaryFolder, 'booty-doctor-');
  const startedAtMs = clock.nowMs();
  try {
    const seconds = String(Math.floor(checkMsMax / 1_000) - 1);
    const options = ['Acquire::Retries=0', `Acquire::http::Timeout=${seconds}`, `Acquire::https::Timeout=${seconds}`];
    const command = [aptHelper, ...['APT::Sandbox::User=root', ...options].flatMap((option) => ['-o', option])];
    const file = `${folder}/InRelease`;
    const { code, stderr, timedOut } = await host.run([...command, 'download-file', url, file], {
      timeoutMs: checkMsMax - 500,
      environment: { ...host.environment, LC_ALL: 'C' },
      signal,
    });
    const tookMs = clock.nowMs() - startedAtMs;
    if (code !== 0)
      return { host: name, tookMs, problem: timedOut ? 'no answer' : reason(stderr), publishedAtMs: null };
    const date = Date.parse(/^Date: (.*)$/m.exec((await files.readText(file)) ?? '')?.[1] ?? '');
    return { host: name, tookMs, problem: null, publishedAtMs: Number.isNaN(date) ? null : date };
  } finally {
    await files.remove(folder);
  }
};

/** The last thing apt complained of. */
const reason = (stderr: string): string => {
  const lines = stderr.split('\n').filter((line) => /^(E|Err|W):/.test(line));
  return (lines.at(-1) ?? stderr.trim().split('\n').at(-1) ?? 'apt does not say why').replace(/^\w+:\s*/, '');
};

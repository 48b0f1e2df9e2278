/** What doctor makes of each reading: the state, and that whatever is not well comes with what to type. */
import test from 'ava';
import { judgeClock } from '../../source/doctor/clock.ts';
import type { Finding } from '../../source/doctor/finding.ts';
import { judgeHome, judgeLogRotation, judgeSocketFolder } from '../../source/doctor/folders.ts';
import { judgePort } from '../../source/doctor/ports.ts';
import { judgeLimits, judgeNamespace, judgeRung, parseLimits } from '../../source/doctor/processes.ts';
import { judgeRegistry } from '../../source/doctor/registries.ts';
import { judgeNode, judgePlatform, judgeTerminal, judgeUser } from '../../source/doctor/runtime.ts';
import { judgeMirror, judgeOwnMirror, judgePackage, judgeSource } from '../../source/doctor/sources.ts';

const node = (version: string, path = '/usr/bin/node') => judgeNode({ version, path, packageFolder: '/opt/booty' });
const platform = { release: '6.1', distribution: 'Debian', cores: 2, memoryBytes: 2 ** 31, arch: 'x64' };
const glibc = { name: 'glibc', version: '2.36' } as const;
const terminal = { term: 'xterm', noColor: false, columns: 80, rows: 24, problem: null };
const gibibyte = 2 ** 30;
const home = { path: '/h', freeBytes: 5 * gibibyte, problem: null };
const socket = {
  folder: '/run/booty',
  pathBytes: 40,
  pathBytesMax: 103,
  found: { kind: 'folder', mode: 0o700, userId: 1000 },
  userId: 1000,
  lostRuntimeFolder: null,
};
const port = { service: 'nats', port: 'client', wanted: 4222, strict: false, held: null, holder: null } as const;
const source = {
  name: 'apt',
  unusable: null,
  trouble: null,
  tookMs: 12,
  versions: new Map([['nats-server', ['2.9.10']]]),
  refused: new Map<string, string>(),
};
const registry = { name: 'acme', place: '/srv/acme.json', problem: null, age: null, overrides: [] };
const mirror = { address: 'file:///m', held: { packages: 11, updatedAt: '2026-11-30T07:40:42Z' }, problem: null };
const wanted = { package: 'nats-server', range: '^2', installed: null, newest: [], others: [] };
const limits = (soft: number | null, hard: number | null, processes: number | null) =>
  judgeLimits({ openFiles: { soft, hard }, processes, pidMax: 32_768 });
const first = (findings: readonly Finding[]): Finding => findings[0] as Finding;
const second = (findings: readonly Finding[]): Finding => findings[1] as Finding;

const cases: readonly (readonly [string, Finding, Finding['state'], RegExp])[] = [
  ['a Node that came along', node('26.1.0', '/opt/booty/node_modules/n/bin/node'), 'ok', /brought along/],
  ["the machine's Node", node('22.3.0'), 'ok', /own/],
  ['an old Node', node('20.20.0'), 'bad', /needs 22/],
  ['Linux', judgePlatform({ ...platform, platform: 'linux', libc: glibc }), 'ok', /glibc 2\.36, 2 cores, 2\.0 GiB/],
  ['musl', judgePlatform({ ...platform, platform: 'linux', libc: { name: 'musl', version: null } }), 'warn', /musl/],
  ['Windows', judgePlatform({ ...platform, platform: 'win32', libc: null }), 'bad', /win32/],
  ['sudo', judgeUser({ id: 0, sudoUser: 'ana' }), 'warn', /from ana/],
  ['root itself', judgeUser({ id: 0, sudoUser: null }), 'ok', /root/],
  ['a terminal', judgeTerminal({ ...terminal, noColor: true }), 'ok', /80x24, NO_COLOR/],
  ['a narrow terminal', judgeTerminal({ ...terminal, columns: 50 }), 'warn', /below 60/],
  ['no terminal', judgeTerminal({ ...terminal, problem: 'TERM=dumb' }), 'warn', /no full screen: TERM=dumb/],
  ['cgroups', judgeRung({ name: 'cgroup', why: 'below /x' }), 'ok', /cgroup: below \/x/],
  ['no /proc', judgeRung({ name: 'tree-kill', why: 'no /proc' }), 'warn', /tree-kill/],
  ['no namespaces', judgeNamespace('not permitted'), 'warn', /not permitted/],
  ['many open files', first(limits(1_048_576, null, null)), 'ok', /1048576 open files \(up to unlimited\)/],
  ['few open files', first(limits(1_024, 524_288, null)), 'warn', /databases/],
  ['hardly any open files', first(limits(100, 100, null)), 'bad', /will fail/],
  ['few processes', second(limits(null, null, 200)), 'warn', /every thread/],
  ['unlimited processes', second(limits(null, null, null)), 'ok', /unlimited processes, pids up to 32768/],
  ['a home', judgeHome(home), 'ok', /5120 MiB free/],
  ['a home nearly full', judgeHome({ ...home, freeBytes: gibibyte / 2 }), 'warn', /only 512 MiB/],
  ['a full home', judgeHome({ ...home, freeBytes: 0 }), 'bad', /only 0 MiB/],
  ['a read-only home', judgeHome({ ...home, problem: 'EROFS: read-only file system' }), 'bad', /EROFS/],
  ['punching holes', judgeLogRotation({ platform: 'linux', problem: null }), 'ok', /punch-hole/],
  ['no fallocate', judgeLogRotation({ platform: 'linux', problem: 'there is no fallocate' }), 'warn', /may lose/],
  ['a socket folder', judgeSocketFolder(socket), 'ok', /0700; paths of 40 of 103/],
  ['no socket folder yet', judgeSocketFolder({ ...socket, found: null }), 'ok', /first start/],
  ["another's socket folder", judgeSocketFolder({ ...socket, userId: 7 }), 'bad', /belongs to user id 1000/],
  [
    'an open socket folder',
    judgeSocketFolder({ ...socket, found: { kind: 'folder', mode: 0o755, userId: 1000 } }),
    'bad',
    /others may enter/,
  ],
  ['a lost runtime folder', judgeSocketFolder({ ...socket, lostRuntimeFolder: '/run/user/7' }), 'bad', /XDG_RUNTIME/],
  ['a free port', judgePort(port), 'ok', /4222 is free/],
  ['a port in use by the stack itself', judgePort({ ...port, held: 4223, holder: '8 nats' }), 'ok', /running stack/],
  ['a default port taken', judgePort({ ...port, holder: '812 nginx' }), 'warn', /812 nginx; the next free one/],
  ['a written port taken', judgePort({ ...port, strict: true, holder: "another user's process" }), 'bad', /another/],
  ['any port', judgePort({ ...port, wanted: 'auto' }), 'ok', /any/],
  ['a registry', judgeRegistry(registry), 'ok', /^\/srv\/acme\.json$/],
  ['a fresh one', judgeRegistry({ ...registry, age: { text: '1 day old', isExpired: false } }), 'ok', /1 day old/],
  ['an expired one', judgeRegistry({ ...registry, age: { text: 'expired', isExpired: true } }), 'warn', /expired/],
  [
    'one that overrides',
    judgeRegistry({ ...registry, overrides: ['nats-server 2.14.5'] }),
    'ok',
    /overrides .* nats-server/,
  ],
  ['one left out', judgeRegistry({ ...registry, problem: { found: 'torn', fix: 'mend it' } }), 'bad', /left out.*torn/],
  ['a source', judgeSource(source), 'ok', /12 ms, has 1 of 1/],
  ['a source that cannot be', judgeSource({ ...source, unusable: 'no apt-get' }), 'warn', /no apt-get/],
  ['a source in trouble', judgeSource({ ...source, trouble: 'cannot reach it' }), 'warn', /cannot reach/],
  ['a source that refuses', judgeSource({ ...source, refused: new Map([['x', 'host away']]) }), 'warn', /host away/],
  ['nothing on PATH', judgeSource({ ...source, name: 'path', refused: new Map([['x', 'no x']]) }), 'ok', /1 of 1/],
  ['a mirror of ours', judgeOwnMirror(mirror), 'ok', /holds 11 versions, as of 2026-11-30; nothing else is asked/],
  ['a plain mirror', judgeOwnMirror({ ...mirror, held: null }), 'ok', /in the place of upstreams' hosts/],
  ['a mirror away', judgeOwnMirror({ ...mirror, problem: 'it is not there' }), 'warn', /not there/],
  ['a mirror', judgeMirror({ host: 'deb.example', tookMs: 30, problem: null }), 'ok', /30 ms/],
  ['a dead mirror', judgeMirror({ host: 'deb.example', tookMs: 30, problem: 'refused' }), 'warn', /refused/],
  [
    'a package to be had',
    judgePackage({ ...wanted, newest: [{ source: 'apt', version: '2.9.10' }] }),
    'ok',
    /not installed; newest in \^2: 2\.9\.10 from apt/,
  ],
  ['a package here only', judgePackage({ ...wanted, installed: '2.9.10' }), 'ok', /no source has one in \^2 now/],
  ['a range nobody has', judgePackage({ ...wanted, others: ['1.2.0'] }), 'bad', /there are: 1\.2\.0/],
  ['a package nobody has', judgePackage(wanted), 'bad', /no source has it now/],
  ['a clock', judgeClock({ nowMs: 2e12, madeAtMs: 1e12, publishedAtMs: 1.9e12 }), 'ok', /^2033-/],
  ['a clock behind', judgeClock({ nowMs: 1.5e12, madeAtMs: 1e12, publishedAtMs: 1.9e12 }), 'warn', /newest list/],
  ['a clock far behind', judgeClock({ nowMs: 0, madeAtMs: 1e12, publishedAtMs: null }), 'warn', /this booty/],
];

for (const [name, finding, state, found] of cases) {
  test(name, (t) => {
    t.is(finding.state, state);
    t.regex(finding.found, found);
    t.is(finding.fix === null, state === 'ok', 'all but what is ok says what to do');
  });
}

test('a port that can be freed names the command', (t) => {
  t.is(judgePort({ ...port, holder: '812 nginx' }).fix, 'end it: kill 812');
});

test('a hard limit is not raised by ulimit', (t) => {
  t.regex(first(limits(100, 100, null)).fix ?? '', /prlimit/);
  t.is(first(limits(1_024, 4_096, null)).fix?.split(',')[0], 'ulimit -n 4096');
});

test('limits are read as the kernel writes them', (t) => {
  const text = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max processes             96365                96365                processes ',
    'Max open files            1024                 unlimited            files     ',
  ].join('\n');
  t.deepEqual(parseLimits(text), { openFiles: { soft: 1_024, hard: null }, processes: 96_365 });
  t.deepEqual(parseLimits(''), { openFiles: undefined, processes: undefined });
});

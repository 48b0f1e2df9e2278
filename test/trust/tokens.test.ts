import { execFileSync } from 'node:child_process';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import * as fc from 'fast-check';
import { createDownloads } from '../../source/edge/downloads.ts';
import type { Downloads } from '../../source/ports.ts';
import { tokenHeaders, variableOf } from '../../source/trust/tokens.ts';
import { files, hostWith, newHome } from '../store/world.ts';
import { until } from '../until.ts';

const secret = 'tok-1234-abcd';
const never = new AbortController().signal;

const headers = (home: string, url: string, environment: Readonly<Record<string, string>> = {}) =>
  tokenHeaders({ files, host: hostWith(environment) }, home, url, never);

test('a token is found in the variable of its host, and in no other', async (t) => {
  const home = await newHome(t);
  const environment = { BOOTY_TOKEN_GIT_MY__CORP_EXAMPLE: secret, BOOTY_TOKEN_LOCALHOST_PORT_8443: 'user:word' };
  t.deepEqual(await headers(home, 'https://git.my-corp.example/x', environment), { authorization: `Bearer ${secret}` });
  for (const url of [
    'https://git.my.corp.example/x',
    'https://git.my-corp.example:8443/x',
    'https://git-my.corp.example/x',
    'https://git.my_corp.example/x',
    'https://evil.example/git.my-corp.example',
    'https://git.my-corp.example.evil.example/',
    'https://git.my-corp.example@evil.example/',
    'file:///git.my-corp.example',
  ]) {
    t.deepEqual(await headers(home, url, environment), {}, url);
  }
  t.deepEqual(await headers(home, 'http://localhost:8443/', environment), {
    authorization: `Basic ${btoa('user:word')}`,
  });
});

test('no two hosts share a variable', (t) => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,4}[a-z0-9])?$/);
  const host = fc.tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.option(fc.integer({ min: 1, max: 99 })));
  fc.assert(
    fc.property(host, host, ([one, onePort], [other, otherPort]) => {
      const text = (labels: readonly string[], port: number | null): string =>
        `${labels.join('.')}${port === null ? '' : `:${port}`}`;
      // No host ends in a label of digits alone, such as `port.80`: that would be an address.
      fc.pre(!/^\d+$/.test(one.at(-1) ?? '') && !/^\d+$/.test(other.at(-1) ?? ''));
      const [first, second] = [text(one, onePort), text(other, otherPort)];
      t.is(variableOf(first) === variableOf(second), first === second);
    }),
    { numRuns: 2_000 },
  );
});

test('never over plain http, but to this machine', async (t) => {
  const home = await newHome(t);
  const environment = { BOOTY_TOKEN_GIT_EXAMPLE: secret, BOOTY_TOKEN_127_0_0_1: secret };
  const error = await t.throwsAsync(headers(home, 'http://git.example/x', environment), { code: 'TOKEN_UNUSABLE' });
  t.false(JSON.stringify(error).includes(secret));
  t.deepEqual(await headers(home, 'http://127.0.0.1/x', environment), { authorization: `Bearer ${secret}` });
});

test('what is no token is refused without being shown', async (t) => {
  const home = await newHome(t);
  for (const bad of [`${secret}\r\nX-Evil: 1`, `${secret} two`, 'täst']) {
    const error = await t.throwsAsync(headers(home, 'https://git.example/', { BOOTY_TOKEN_GIT_EXAMPLE: bad }));
    t.false(`${error?.message} ${JSON.stringify(error)}`.includes(bad.slice(0, 4)));
  }
});

test('tokens.json counts only when it is this user’s alone', async (t) => {
  const home = await newHome(t);
  const path = join(home, 'tokens.json');
  await writeFile(path, JSON.stringify({ 'git.example': secret }), { mode: 0o600 });
  t.deepEqual(await headers(home, 'https://git.example/x'), { authorization: `Bearer ${secret}` });
  t.deepEqual(await headers(home, 'https://other.example/x'), {});
  await chmod(path, 0o640);
  await t.throwsAsync(headers(home, 'https://git.example/x'), {
    code: 'TOKEN_FILE_UNUSABLE',
    message: /others may read it/,
  });
  await chmod(path, 0o600);
  await writeFile(path, `{"git.example": "${secret}"`);
  const torn = await t.throwsAsync(headers(home, 'https://git.example/x'), { code: 'TOKEN_FILE_UNUSABLE' });
  t.false(JSON.stringify(torn).includes(secret));
  await rm(path);
  execFileSync('mkfifo', ['-m', '600', path]);
  await t.throwsAsync(headers(home, 'https://git.example/x'), { code: 'TOKEN_FILE_UNUSABLE', message: /no file/ });
});

test('the keyring is asked for hosts that tokens.json names, never with the token among its words', async (t) => {
  const home = await newHome(t);
  await writeFile(join(home, 'tokens.json'), JSON.stringify({ 'git.example': { keyring: true } }), { mode: 0o600 });
  await t.throwsAsync(headers(home, 'https://git.example/x', { PATH: home }), { message: /no secret-tool on PATH/ });
  const asked = join(home, 'asked');
  const tool = `#!/bin/sh\necho "$0 $*" > ${asked}\n[ "$4 $5" = "host git.example" ] && echo ${secret}\n`;
  await writeFile(join(home, 'secret-tool'), tool, { mode: 0o755 });
  const environment = { PATH: `${home}:${process.env['PATH'] ?? ''}` };
  const host = { ...hostWith(environment), platform: 'linux' };
  t.deepEqual(await tokenHeaders({ files, host }, home, 'https://git.example/x', never), {
    authorization: `Bearer ${secret}`,
  });
  t.is(await files.readText(asked), `${home}/secret-tool lookup service booty host git.example\n`);
  await writeFile(join(home, 'secret-tool'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  await t.throwsAsync(tokenHeaders({ files, host }, home, 'https://git.example/x', never), {
    message: /has none for it/,
  });
});

test('a keyring that does not answer is waited for no longer than whoever asks wants to', async (t) => {
  const home = await newHome(t);
  await writeFile(join(home, 'tokens.json'), JSON.stringify({ 'git.example': { keyring: true } }), { mode: 0o600 });
  const asked = join(home, 'asked');
  await writeFile(join(home, 'secret-tool'), `#!/bin/sh\necho > ${asked}\nexec sleep 1000\n`, { mode: 0o755 });
  const host = { ...hostWith({ PATH: `${home}:${process.env['PATH'] ?? ''}` }), platform: 'linux' };
  const stop = new AbortController();
  const answer = tokenHeaders({ files, host }, home, 'https://git.example/x', stop.signal);
  await until('it is asked', async () => (await files.stat(asked)) !== null);
  stop.abort();
  await t.throwsAsync(answer, { code: 'TOKEN_UNUSABLE', message: /does not answer; the keyring may be waiting/ });
});

type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders };

/** A server that remembers what it was told. `answer` gives status, headers, body by path. */
const listen = async (
  t: ExecutionContext,
  bind: string,
  answer: (path: string, headers: IncomingHttpHeaders) => readonly [number, Readonly<Record<string, string>>, string],
): Promise<{ readonly origin: string; readonly port: number; readonly seen: Seen[] }> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    const [status, head, body] = answer(request.url ?? '', request.headers);
    response.writeHead(status, head).end(body);
  });
  await new Promise<void>((resolve) => void server.listen(0, bind, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://${bind}:${port}`, port, seen };
};

const fetchText = async (downloads: Downloads, home: string, url: string) => {
  let head: unknown = null;
  let first = '';
  const result = await downloads.fetch({
    url,
    file: join(home, 'got'),
    validator: null,
    connectTimeoutMs: 5_000,
    stallTimeoutMs: 5_000,
    signal: AbortSignal.timeout(30_000),
    onBytes: () => {},
    check: (found, bytes) => {
      head = found;
      first = Buffer.from(bytes).toString('utf8');
    },
  });
  return { result, head, first };
};

test('a token goes to its very host: not across a redirect, not to another port', async (t) => {
  const home = await newHome(t);
  const other = await listen(t, '127.0.0.2', () => [200, {}, 'bytes']);
  const second = await listen(t, '127.0.0.1', () => [200, {}, 'bytes']);
  const own = await listen(t, '127.0.0.1', (path) => {
    if (path === '/away') return [302, { location: `${other.origin}/x` }, ''];
    if (path === '/port') return [302, { location: `${second.origin}/x` }, ''];
    if (path === '/round') return [302, { location: `${other.origin}/x` }, ''];
    return [200, {}, 'bytes'];
  });
  const environment = { [`BOOTY_TOKEN_127_0_0_1_PORT_${own.port}`]: secret };
  const downloads = createDownloads({}, (url) => headers(home, url, environment));
  for (const path of ['/here', '/away', '/port']) {
    t.is((await fetchText(downloads, home, `${own.origin}${path}`)).result.kind, 'done');
  }
  t.deepEqual(
    own.seen.map((one) => one.headers.authorization),
    [`Bearer ${secret}`, `Bearer ${secret}`, `Bearer ${secret}`],
  );
  t.deepEqual(
    [...other.seen, ...second.seen].map((one) => one.headers.authorization),
    [undefined, undefined],
  );
});

test('a redirect to the host a token is for carries it, from elsewhere too', async (t) => {
  const home = await newHome(t);
  const own = await listen(t, '127.0.0.1', () => [200, {}, 'bytes']);
  const front = await listen(t, '127.0.0.2', () => [302, { location: `${own.origin}/x` }, '']);
  const environment = { [`BOOTY_TOKEN_127_0_0_1_PORT_${own.port}`]: secret };
  const downloads = createDownloads({}, (url) => headers(home, url, environment));
  t.is((await fetchText(downloads, home, `${front.origin}/x`)).result.kind, 'done');
  t.is(front.seen[0]?.headers.authorization, undefined);
  t.is(own.seen[0]?.headers.authorization, `Bearer ${secret}`);
});

test('a proxy of plain http does not get it', async (t) => {
  const home = await newHome(t);
  const own = await listen(t, '127.0.0.1', () => [200, {}, 'bytes']);
  const proxy = await listen(t, '127.0.0.2', () => [200, {}, 'bytes']);
  const environment = { [`BOOTY_TOKEN_127_0_0_1_PORT_${own.port}`]: secret };
  const downloads = createDownloads({ HTTP_PROXY: proxy.origin, http_proxy: proxy.origin }, (url) =>
    headers(home, url, environment),
  );
  t.is((await fetchText(downloads, home, `${own.origin}/x`)).result.kind, 'done');
  t.is(proxy.seen.length, 0);
  t.is(own.seen.length, 1);
});

test('a token that cannot be used is told at once, and nothing is sent', async (t) => {
  const home = await newHome(t);
  const own = await listen(t, '127.0.0.1', () => [200, {}, 'bytes']);
  const environment = { [`BOOTY_TOKEN_127_0_0_1_PORT_${own.port}`]: `${secret}\n` };
  const downloads = createDownloads({}, (url) => headers(home, url, environment));
  await t.throwsAsync(fetchText(downloads, home, `${own.origin}/x`), { code: 'TOKEN_UNUSABLE' });
  await t.throwsAsync(downloads.probe(`${own.origin}/x`, 5_000, AbortSignal.timeout(30_000)), {
    code: 'TOKEN_UNUSABLE',
  });
  t.is(own.seen.length, 0);
});

test('a server that repeats the token does not get it into what is said about it', async (t) => {
  const home = await newHome(t);
  const own = await listen(t, '127.0.0.1', (path, { authorization = '' }) =>
    path === '/loop'
      ? [302, { location: `ftp://x/${authorization.replace('Bearer ', '')}` }, '']
      : [403, { 'content-type': `text/${authorization.replace(' ', '-')}` }, `<title>no ${authorization}</title>`],
  );
  const environment = { [`BOOTY_TOKEN_127_0_0_1_PORT_${own.port}`]: secret };
  const downloads = createDownloads({}, (url) => headers(home, url, environment));
  const echoed = await fetchText(downloads, home, `${own.origin}/x`);
  t.regex(echoed.first, /<title>no \*\*\*/);
  t.false(JSON.stringify(echoed).includes(secret));
  const looped = await fetchText(downloads, home, `${own.origin}/loop`);
  t.is(looped.result.kind, 'broken');
  t.false(JSON.stringify(looped).includes(secret));
  t.false(
    JSON.stringify(await downloads.probe(`${own.origin}/x`, 5_000, AbortSignal.timeout(30_000))).includes(secret),
  );
});

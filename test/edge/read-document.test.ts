import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { createDownloads } from '../../source/edge/downloads.ts';
import { withUpstream } from '../curate/upstream.ts';

const ask = { headers: {}, bytesMax: 100, timeoutMs: 60_000, signal: new AbortController().signal };
const downloads = createDownloads({});
const textOf = (body: Uint8Array): string => Buffer.from(body).toString();

test('a document comes with its status and headers, redirects followed, and what is asked along', async (t) => {
  await withUpstream(async ({ base, replies, asked }) => {
    replies.set('/a', { headers: { ETag: '"x"', 'X-RateLimit-Remaining': '0' }, body: 'hello' });
    replies.set('/moved', { status: 302, headers: { location: '/a' } });
    const answer = await downloads.read(`${base}/moved`, { ...ask, headers: { 'if-none-match': '"y"' } });
    t.is(answer.status, 200);
    t.is(textOf(answer.body), 'hello');
    t.is(answer.headers['etag'], '"x"');
    t.is(answer.headers['x-ratelimit-remaining'], '0');
    t.is(asked.at(-1)?.headers['if-none-match'], '"y"');
    t.is((await downloads.read(`${base}/none`, ask)).status, 404);
    replies.set('/same', { status: 304 });
    t.is((await downloads.read(`${base}/same`, ask)).status, 304);
  });
});

test('a document that is larger than allowed, or that nobody sends, is an error', async (t) => {
  await withUpstream(async ({ base, replies }) => {
    replies.set('/large', { body: 'x'.repeat(101) });
    await t.throwsAsync(downloads.read(`${base}/large`, ask), { message: /larger than 100 bytes/ });
    replies.set('/fits', { body: 'x'.repeat(100) });
    t.is((await downloads.read(`${base}/fits`, ask)).body.length, 100);
  });
  await t.throwsAsync(downloads.read('http://127.0.0.1:1/', ask), { message: /refuses the connection/ });
  await t.throwsAsync(downloads.read('http://127.0.0.1:1/', { ...ask, signal: AbortSignal.abort(new Error('stop')) }), {
    message: 'stop',
  });
});

test('a file of this machine is read the same way', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'booty-read-'));
  try {
    await writeFile(path.join(folder, 'a'), 'hello');
    const answer = await downloads.read(pathToFileURL(path.join(folder, 'a')).href, ask);
    t.is(textOf(answer.body), 'hello');
    t.is((await downloads.read(pathToFileURL(path.join(folder, 'b')).href, ask)).status, 404);
  } finally {
    await rm(folder, { recursive: true });
  }
});

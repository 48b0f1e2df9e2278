import { z } from 'zod';
import { BootyError } from '../core/error.ts';
import type { World } from '../ports.ts';

/** It may be asking for its password on the desktop. */
const keyringMsMax = 30_000;

/** Of this user, with a token or `{ "keyring": true }` by host. */
const tokensFile = (home: string): string => `${home}/tokens.json`;

const tokensSchema = z.record(z.string(), z.union([z.string(), z.strictObject({ keyring: z.literal(true) })]));

type Parts = Pick<World, 'files' | 'host'>;

/**
The header that identifies this user to the host of a URL; empty where there is no token for it. A token is looked for in
BOOTY_TOKEN_<HOST>, then in tokens.json in BOOTY_HOME (mode 0600), which may name the machine's keyring (`secret-tool` or
`security`) instead. A host with a port of its own is another host. `user:password` becomes Basic (RFC 7617), anything else
Bearer (RFC 6750). Throws TOKEN_UNUSABLE: the token is no token, the keyring has none, is locked or does not answer, or the URL
is plain http, over which none is sent but to this very machine; TOKEN_FILE_UNUSABLE: the file can be read by others.
*/
export const tokenHeaders = async (
  parts: Parts,
  home: string,
  url: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> => {
  const { protocol, host, hostname } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return {};
  const found = await findToken(parts, home, host, signal);
  if (found === null) return {};
  const unusable = (problem: string): BootyError => new BootyError('TOKEN_UNUSABLE', { host, problem });
  if (protocol === 'http:' && !isLoopback(hostname)) throw unusable('it is not sent over plain http');
  // Header values of RFC 9110 without blanks; a line break in it would begin another header.
  if (!/^[\x21-\x7e]+$/.test(found)) throw unusable('it is empty, or holds blanks or other characters no token has');
  const isPair = found.includes(':');
  return { authorization: isPair ? `Basic ${btoa(found)}` : `Bearer ${found}` };
};

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

const findToken = async (parts: Parts, home: string, host: string, signal: AbortSignal): Promise<string | null> => {
  const name = variableOf(host);
  const own = name === null ? undefined : parts.host.environment[name];
  if (own !== undefined && own !== '') return own;
  const tokens = await readTokens(parts, home);
  const entry = Object.hasOwn(tokens, host) ? tokens[host] : undefined;
  if (entry === undefined) return null;
  return typeof entry === 'string' ? entry : askKeyring(parts, host, signal);
};

/**
`git.my-corp.example:8443` → BOOTY_TOKEN_GIT_MY__CORP_EXAMPLE_PORT_8443: a hyphen is two underscores, so that no two hosts
share a variable. Null for a host with an underscore in its name, which would; the file takes those.
*/
export const variableOf = (host: string): string | null => {
  if (host.includes('_') || host.includes('[')) return null;
  const [name = '', port] = host.split(':');
  const text = name.replaceAll('-', '__').replaceAll('.', '_');
  return `BOOTY_TOKEN_${text}${port === undefined ? '' : `_PORT_${port}`}`.toUpperCase();
};

const readTokens = async ({ files }: Parts, home: string): Promise<z.infer<typeof tokensSchema>> => {
  const path = tokensFile(home);
  const stats = await files.stat(path);
  if (stats === null) return {};
  const unusable = (problem: string): BootyError => new BootyError('TOKEN_FILE_UNUSABLE', { path, problem });
  // A pipe would be waited for without end.
  if (stats.kind !== 'file') throw unusable('it is no file');
  if ((stats.mode & 0o077) !== 0) throw unusable('others may read it');
  try {
    return tokensSchema.parse(JSON.parse((await files.readText(path)) ?? '{}'));
  } catch {
    // No cause and no excerpt: what stands there is secret.
    throw unusable('it is no JSON object of tokens by host');
  }
};

/** By https://specifications.freedesktop.org/secret-service and security(1); what is asked for is no secret, the answer is. */
const askKeyring = async ({ host: machine }: Parts, host: string, signal: AbortSignal): Promise<string> => {
  const words = ['service', 'booty', 'host', host];
  const [tool, command] =
    machine.platform === 'darwin'
      ? ['security', ['find-generic-password', '-s', 'booty', '-a', host, '-w']]
      : ['secret-tool', ['lookup', ...words]];
  const unusable = (problem: string): BootyError => new BootyError('TOKEN_UNUSABLE', { host, problem });
  const path = await machine.findExecutable(tool, '/', machine.environment['PATH'] ?? '');
  if (path === null) throw unusable(`tokens.json names the keyring, and there is no ${tool} on PATH`);
  const options = { timeoutMs: keyringMsMax, environment: machine.environment, signal };
  const { code, stdout, stderr, timedOut } = await machine.run([path, ...command], options);
  const token = stdout.replace(/\r?\n$/, '');
  if (code === 0 && token !== '') return token;
  if (timedOut || signal.aborted) throw unusable(`${tool} does not answer; the keyring may be waiting to be unlocked`);
  const said = oneLine(stderr).replace(/^[\w-]+: /, '');
  if (said !== '') throw unusable(`${tool} says: ${said}`);
  if (tool === 'security') throw unusable('security has none for it');
  // Of a locked keyring that nobody can be asked to unlock, lookup says what it says of one that has no such thing.
  const { stdout: found } = await machine.run([path, 'search', ...words], options);
  throw unusable(found === '' ? 'secret-tool has none for it' : 'it is in the keyring, which is locked');
};

const oneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

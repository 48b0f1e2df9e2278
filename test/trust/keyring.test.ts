/** Tokens out of a real keyring: GNOME's, on a bus of its own, in a home of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { tokenHeaders } from '../../source/trust/tokens.ts';
import { files, hostWith, newHome } from '../store/world.ts';

const tools = ['secret-tool', 'gnome-keyring-daemon', 'dbus-run-session'];
const folders = (process.env['PATH'] ?? '').split(':');
const areThere = tools.every((name) => folders.some((folder) => existsSync(`${folder}/${name}`)));
const real = areThere ? test : test.skip;
const never = new AbortController().signal;

type Session = Readonly<Record<string, string>>;

/** Of a home without anything of this user's, where secrets are kept; each session has sockets of its own. */
const bare = async (home: string): Promise<Session> => {
  const sockets = await mkdtemp(path.join(home, 'run-'));
  return {
    HOME: home,
    XDG_RUNTIME_DIR: sockets,
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    DISPLAY: '',
    WAYLAND_DISPLAY: '',
    DBUS_SESSION_BUS_ADDRESS: `unix:path=${sockets}/none`,
  };
};

/** A bus and what `start` starts on it, until the end of the test; the environment of those who speak to it. */
const session = async (t: ExecutionContext, home: string, start: string): Promise<Session> => {
  const environment = await bare(home);
  // It holds the bus as long as somebody holds its input. A bus's complaints about limits are of no interest here.
  const words = ['--', 'sh', '-c', `${start} >&2; echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null`];
  const child = spawn('dbus-run-session', words, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  t.teardown(async () => {
    child.stdin.end();
    await ended;
  });
  for await (const address of createInterface({ input: child.stdout })) {
    return { ...environment, DBUS_SESSION_BUS_ADDRESS: address };
  }
  throw new Error('the bus ended before it said where it is');
};

const unlocked = 'printf password | gnome-keyring-daemon --unlock --components=secrets';
const locked = 'gnome-keyring-daemon --start --components=secrets';

const ask = (home: string, environment: Session, host: string) =>
  tokenHeaders({ files, host: hostWith(environment) }, home, `https://${host}/x`, never);

const keep = (environment: Session, host: string, token: string): number | null =>
  spawnSync('secret-tool', ['store', '--label=booty', 'service', 'booty', 'host', host], {
    env: { ...process.env, ...environment },
    input: token,
    stdio: ['pipe', 'ignore', 'ignore'],
  }).status;

real(`a token is taken out of the keyring, and a locked one is told from an empty one [needs ${tools}]`, async (t) => {
  const home = await newHome(t);
  const named = { 'git.example:8443': { keyring: true }, 'none.example': { keyring: true } };
  await writeFile(path.join(home, 'tokens.json'), JSON.stringify(named), { mode: 0o600 });

  const open = await session(t, home, unlocked);
  t.is(keep(open, 'git.example:8443', 'tok-1234-abcd'), 0);
  t.deepEqual(await ask(home, open, 'git.example:8443'), { authorization: 'Bearer tok-1234-abcd' });
  t.deepEqual(await ask(home, open, 'git.example'), {});
  await t.throwsAsync(ask(home, open, 'none.example'), { message: /: secret-tool has none for it$/ });

  const closed = await session(t, home, locked);
  await t.throwsAsync(ask(home, closed, 'git.example:8443'), { message: /: it is in the keyring, which is locked$/ });
  await t.throwsAsync(ask(home, closed, 'none.example'), { message: /: secret-tool has none for it$/ });
});

real(`without a session there is no keyring, and what the tool says of that is told [needs ${tools}]`, async (t) => {
  const home = await newHome(t);
  await writeFile(path.join(home, 'tokens.json'), '{"git.example": {"keyring": true}}', { mode: 0o600 });
  await t.throwsAsync(ask(home, await bare(home), 'git.example'), {
    code: 'TOKEN_UNUSABLE',
    message: /cannot be used: secret-tool says: Could not connect/,
  });
});

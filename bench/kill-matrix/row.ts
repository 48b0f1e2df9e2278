import { readStat } from '../../source/edge/proc/stat.ts';
import { isAlive, until } from '../field/processes.ts';
import type { Programs } from '../field/programs.ts';
import type { Scratch } from '../field/scratch.ts';
import type { Peer } from '../peers/peer.ts';
import { play, type Role, roles, type Stage } from './cell.ts';

/** What one peer left behind, in words; the keys are the columns. */
export type Row = {
  readonly name: string;
  readonly version: string;
  readonly asked: string;
  readonly first: string;
  readonly second: string;
  readonly inAll: string;
  readonly killed: string;
  readonly closed: string;
  readonly modesAfterQuit: string;
  readonly modesAfterKill: string;
};

export type Patience = { readonly firstMs: number; readonly secondMs: number; readonly inAllMs: number };

/** Plays all three scenes with a peer: asked to end, its supervisor killed, its terminal closed. */
export const measureRow = async (
  peer: Peer,
  programs: Programs,
  scratch: Scratch,
  patience: Patience,
): Promise<Row> => {
  const scene = <T>(act: (stage: Stage) => Promise<T>): Promise<T> => play(peer, programs, scratch.room(), act);
  const quit = await scene((stage) => askTwice(stage, patience));
  const kill = await scene((stage) => killSupervisor(stage, patience));
  const close = await scene((stage) => closeTerminal(stage, patience));
  return { name: peer.name, version: peer.version, ...quit, ...kill, ...close };
};

const askTwice = async (
  stage: Stage,
  { firstMs, secondMs, inAllMs }: Patience,
): Promise<Pick<Row, 'asked' | 'first' | 'second' | 'inAll' | 'modesAfterQuit'>> => {
  const [firstQuit, secondQuit] = stage.plan.quits;
  if (!firstQuit || !secondQuit) throw new Error('a peer needs two ways to be asked');
  const asked = firstQuit.said === secondQuit.said ? firstQuit.said : `${firstQuit.said}, then ${secondQuit.said}`;
  const programs = programsOf(stage);
  const isOver = (): boolean => stage.survivors().length === 0 && programs.every((isThere) => !isThere());
  const after = async (timeoutMs: number): Promise<string> => {
    if (isOver()) return '';
    const found = await look(stage, timeoutMs, programs);
    return `${found}${await endText(stage, programs)}`;
  };
  await stage.quit(firstQuit);
  const first = await after(firstMs);
  if (!isOver()) await stage.quit(secondQuit);
  const second = await after(secondMs);
  const inAll = await after(inAllMs - firstMs - secondMs);
  return { asked, first, second, inAll, modesAfterQuit: await modes(stage, programs) };
};

const killSupervisor = async (stage: Stage, { inAllMs }: Patience): Promise<Pick<Row, 'killed' | 'modesAfterKill'>> => {
  const pids = pidsOf(stage);
  if (pids.length === 0) return { killed: 'no supervisor was found', modesAfterKill: '?' };
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const killed = await look(stage, inAllMs, []);
  const modesAfterKill = await modes(stage, []);
  if (!stage.plan.clear || stage.survivors().length === 0) return { killed, modesAfterKill };
  await stage.run(stage.plan.clear, 40_000);
  return { killed: `${killed}; then \`${nameOf(stage.plan.clear)}\`: ${await look(stage, 1_000, [])}`, modesAfterKill };
};

const closeTerminal = async (stage: Stage, { inAllMs }: Patience): Promise<Pick<Row, 'closed'>> => {
  const programs = programsOf(stage);
  stage.terminal.close();
  const closed = await look(stage, inAllMs, programs);
  return { closed: `${closed}${programs.some((isThere) => isThere()) ? '; still there' : ''}` };
};

/** Waits until nobody is left and the programs have ended too, and says who is left or when the last of them went. */
const look = async (stage: Stage, timeoutMs: number, programs: readonly (() => boolean)[]): Promise<string> => {
  const begunMs = performance.now();
  let clearMs: number | null = null;
  await until(() => {
    const isClear = stage.survivors().length === 0;
    if (isClear) clearMs ??= performance.now() - begunMs;
    return isClear && programs.every((isThere) => !isThere());
  }, timeoutMs);
  return clearMs === null ? survivorText(stage.survivors()) : `none (${((clearMs as number) / 1_000).toFixed(1)} s)`;
};

/** The supervisor, and the program on the terminal where that is another process. */
const pidsOf = ({ supervisor, terminal }: Stage): readonly number[] => [
  ...new Set([supervisor(), terminal.pid()].filter((pid) => pid !== null)),
];

/** For each of them, whether that very process still lives. */
const programsOf = (stage: Stage): readonly (() => boolean)[] =>
  pidsOf(stage).flatMap((pid) => {
    const stat = readStat(pid);
    return stat ? [() => isAlive(stat)] : [];
  });

const survivorText = (left: readonly Role[]): string => (left.length === roles.length ? 'ALL' : left.join(', '));

/** How the program itself ended; what was typed and left a daemon behind has ended long ago. */
const endText = async (stage: Stage, programs: readonly (() => boolean)[]): Promise<string> => {
  if (programs.some((isThere) => isThere())) return '; still waiting';
  if (stage.plan.isDetached) return '';
  await until(stage.terminal.hasEnded, shellMs);
  return `; exit ${stage.terminal.exitCode() ?? '?'}`;
};

const modes = async ({ terminal }: Stage, programs: readonly (() => boolean)[]): Promise<string> => {
  if (programs.every((isThere) => !isThere())) await until(terminal.isAtRest, shellMs);
  if (!terminal.isAtRest()) return 'program still there';
  const changed = terminal.leftChanged();
  return changed.length === 0 ? 'restored' : `LEFT: ${changed.join(', ')}`;
};

/** The shell around the program notes its end a moment after it, and how the terminal is one second later. */
const shellMs = 4_000;

const nameOf = (command: readonly string[]): string =>
  command
    .filter((word, index) => index > 0 || !word.endsWith('/node'))
    .map((word) => word.split('/').at(-1))
    .filter((word) => word !== 'node')
    .join(' ');

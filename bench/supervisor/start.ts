import type { Peer, Service } from '../peers/peer.ts';
import { type Bench, withRun } from './run.ts';

/** Milliseconds from the command to the marker of the last of so many trivial processes. */
export const measureStart = (bench: Bench, peer: Peer, count: number): Promise<number> =>
  withRun(
    bench,
    peer,
    (marks) => trivialServices(bench, marks, count),
    'terminal',
    (run) => run.started(),
  );

export const trivialServices = ({ programs }: Bench, marks: string, count: number): readonly Service[] =>
  Array.from({ length: count }, (_, index) => {
    const name = `s${index + 1}`;
    return { name, command: [programs.trivial, marks, name] };
  });

/** A chain of four, each ready 250 ms after its start and needed by the next. */
export const chain = ({ programs }: Bench, marks: string): readonly Service[] =>
  ['a', 'b', 'c', 'd'].map((name, index, names) => ({
    name,
    command: [programs.obedient, marks, name, '250', '0'],
    ...(index > 0 && { needs: [names[index - 1] ?? ''] }),
  }));

/** Milliseconds from the command until the last of the chain is ready, as its own marker tells. */
export const measureChain = (bench: Bench, peer: Peer): Promise<number> =>
  withRun(
    bench,
    peer,
    (marks) => chain(bench, marks),
    'terminal',
    (run) => run.started(),
  );

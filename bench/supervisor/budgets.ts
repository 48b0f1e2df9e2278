import { byHand } from '../peers/by-hand.ts';
import { asked, type CaseName } from './rounds.ts';
import { medianOf, type Samples } from './samples.ts';

const booty = 'booty up';

/** The budgets of the design that can be measured without a screen: what, measured, budget, whether it is kept. */
export const budgetRows = (samples: (name: CaseName) => Samples): readonly (readonly string[])[] => {
  const of = (name: CaseName, contender: string): number => medianOf(samples(name), contender);
  const hand = (name: CaseName): number => of(name, byHand.name);
  const overhead = (contender: string): number => of('chain', contender) - hand('chain');
  const throughput = (contender: string): number => hand('floodSeconds') / of('floodSeconds', contender);
  const stopBudget = (name: CaseName): number => 1.2 * hand(name) + 250;
  return [
    atMost('stack ready over its slowest chain by hand, daemon up', overhead(asked.warm), 150, ms),
    plain('the same for `booty up -d --wait` with no daemon yet', ms(overhead(asked.wait))),
    atMost('20 trivial processes started, daemon up', of('start20', asked.warm), 150, ms),
    atMost('ctrl-c to prompt, 12 obedient services', of('stop12', booty), stopBudget('stop12'), ms),
    atMost('the same in three layers', of('stopLayers', booty), stopBudget('stopLayers'), ms),
    atLeast('log throughput against a file by hand, `log: file`', throughput('booty up -d, log: file'), 0.95),
    plain('the same through the pipe of own commands', throughput('booty up -d').toFixed(2)),
    plain('the same while `booty up` shows every line', throughput(booty).toFixed(2)),
    atMost('daemon idle with 12 services, of a core', of('restCpuPercent', asked.daemon), 1, percent),
    atMost('memory of the daemon, at its peak over the log', of('growthBytes', asked.peak), 110e6, megabytes),
    atMost('`booty ps`', of('listMs', booty), 150, ms),
  ];
};

type Format = (value: number) => string;

const ms: Format = (value) => `${value.toFixed(0)} ms`;
const percent: Format = (value) => `${value.toFixed(2)} %`;
const megabytes: Format = (value) => `${(value / 1e6).toFixed(0)} MB`;

const atMost = (what: string, value: number, budget: number, format: Format): readonly string[] => [
  what,
  format(value),
  `at most ${format(budget)}`,
  verdict(value <= budget, value),
];

const atLeast = (what: string, value: number, budget: number): readonly string[] => [
  what,
  value.toFixed(2),
  `at least ${budget}`,
  verdict(value >= budget, value),
];

const plain = (what: string, value: string): readonly string[] => [what, value, '', ''];

const verdict = (isKept: boolean, value: number): string =>
  Number.isNaN(value) ? 'not measured' : isKept ? 'kept' : '**over**';

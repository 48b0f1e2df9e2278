import { byHand } from '../peers/by-hand.ts';
import type { Peer } from '../peers/peer.ts';
import { budgetRows } from './budgets.ts';
import type { CaseName, Results } from './rounds.ts';
import { median, type Samples } from './samples.ts';

/** The page of results: booty's budgets, then every case side by side. */
export const resultsPage = (options: {
  readonly results: Results;
  readonly peers: readonly Peer[];
  readonly missing: readonly string[];
  readonly machine: string;
  readonly rounds: number;
}): string => {
  const { results, peers, missing, machine, rounds } = options;
  const samples = (name: CaseName): Samples => results.cases.get(name) ?? new Map<string, number[]>();
  const sections = sectionsOf(results).map(({ name, title, about, format, isAgainstHand }) =>
    section(name, title, about, samples(name), format, isAgainstHand),
  );
  const versions = peers
    .filter((peer) => peer.name !== 'pm2')
    .map((peer) => `${peer.name} ${peer.version} (${peer.origin})`)
    .join(', ');
  return `<!-- Made by \`npm run bench:supervisor\`; do not edit. -->

# Measured side by side

${machine}.

Peers: ${versions}. Each figure is the median of ${rounds}, in brackets the least and the most; every round went once through all
contenders, one after the other. *By hand* is a shell script that does the same.

## booty's budgets

${table(['what', 'measured', 'budget', ''], budgetRows(samples))}
${sections.join('\n')}${list('Did not come to an end', [...new Set(results.failures.map(({ contender, what, why }) => `${contender}, ${what}: ${why}`))])}${list(
    'Left out',
    [...missing, ...limits(peers, results.many)],
  )}`;
};

type Section = {
  readonly name: CaseName;
  readonly title: string;
  readonly about: string;
  readonly format: (value: number) => string;
  readonly isAgainstHand: boolean;
};

const ms = (value: number): string => `${value.toFixed(0)} ms`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;
const megabytes = (value: number): string => `${(value / 1e6).toFixed(0)} MB`;
const percent = (value: number): string => `${value.toFixed(2)} %`;

const sectionsOf = ({ many, floodLines, growthLines }: Results): readonly Section[] => {
  const lines = floodLines.toLocaleString('en');
  const cold = 'From the command, typed into a terminal of 120x40, to the marker file of the last process.';
  return [
    { name: 'start20', title: 'Start 20 trivial processes', about: cold, format: ms, isAgainstHand: true },
    { name: 'start200', title: `Start ${many} trivial processes`, about: cold, format: ms, isAgainstHand: true },
    {
      name: 'chain',
      title: 'A chain of four, each ready after 250 ms',
      about: 'From the command until the last is ready by its own marker; only peers that can wait for readiness.',
      format: ms,
      isAgainstHand: true,
    },
    {
      name: 'stop12',
      title: 'Stop 12 services that need 100 ms to end',
      about: 'From the key to the end of the program. Not looked at here: who is left (see docs/kill-matrix.md).',
      format: ms,
      isAgainstHand: true,
    },
    {
      name: 'stopLayers',
      title: 'Stop 12 services in three layers, in order',
      about: 'Four that need nobody, four that need those, four on top; only peers that keep the order.',
      format: ms,
      isAgainstHand: true,
    },
    {
      name: 'floodSeconds',
      title: `One service writes ${lines} lines`,
      about: 'The seconds the service itself needed, one write a line; what the peer prints goes to /dev/null.',
      format: seconds,
      isAgainstHand: true,
    },
    {
      name: 'floodCpuSeconds',
      title: `Processor time of everything else meanwhile`,
      about: 'All processes of the peer, until the service had written its last line.',
      format: seconds,
      isAgainstHand: false,
    },
    {
      name: 'floodPeakBytes',
      title: 'Peak memory of the command meanwhile',
      about: 'VmHWM of the process that was typed: for `booty up` the client, for `booty up -d` the daemon it left.',
      format: megabytes,
      isAgainstHand: false,
    },
    {
      name: 'restCpuPercent',
      title: 'Processor with 12 idle services',
      about: 'Of one core, over 30 s from the fifteenth second on, all processes but the services.',
      format: percent,
      isAgainstHand: false,
    },
    {
      name: 'restRssBytes',
      title: 'Memory with 12 idle services',
      about: 'Resident, summed over all processes but the services; shared pages count more than once.',
      format: megabytes,
      isAgainstHand: false,
    },
    {
      name: 'listMs',
      title: 'List the services',
      about: '`booty ps` and its like, with 12 services.',
      format: ms,
      isAgainstHand: false,
    },
    {
      name: 'growthBytes',
      title: `booty's daemon around ${((growthLines * 72) / 1e9).toFixed(1)} GB of log`,
      about: 'Resident memory, while a client reads every line.',
      format: megabytes,
      isAgainstHand: false,
    },
  ];
};

/** Best first; the daemon's memory in the order it was taken. */
const section = (
  name: CaseName,
  title: string,
  about: string,
  samples: Samples,
  format: (value: number) => string,
  isAgainstHand: boolean,
): string => {
  const hand = median(samples.get(byHand.name) ?? []);
  const best = name === 'growthBytes' ? [...samples] : [...samples].toSorted(([, a], [, b]) => median(a) - median(b));
  const rows = best.map(([contender, values]) => {
    const middle = median(values);
    const range = `${format(Math.min(...values))} to ${format(Math.max(...values))}`;
    return [contender, `${format(middle)} (${range})`, ...(isAgainstHand ? [`${(middle / hand).toFixed(2)} ×`] : [])];
  });
  return `## ${title}\n\n${about}\n\n${table(['', 'median', ...(isAgainstHand ? ['by hand = 1'] : [])], rows)}`;
};

const limits = (peers: readonly Peer[], many: number): readonly string[] =>
  peers
    .filter(({ servicesMax }) => servicesMax < many)
    .map(({ name, servicesMaxWhy }) => `${name} with ${many} processes: ${servicesMaxWhy ?? ''}`);

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n## ${title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;

import { faulty, parsed, type Parsed } from './fault.ts';
import { didYouMean } from './suggest.ts';

/** In the order of their Linux numbers, from 1 (signal(7)); Compose's numbers are Linux's on every platform. */
const signals = [
  ...['HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM'],
  ...['TERM', 'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF'],
  ...['WINCH', 'IO', 'PWR', 'SYS'],
] as const;

/** These never end a process: with one of them every stop would run into its grace and a SIGKILL. */
const harmless = ['CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG'];

/** Reads `SIGTERM`, `TERM`, `term` or `15` as `SIGTERM`. Signals that do not end a process are refused. */
export const parseStopSignal = (written: string | number): Parsed<string> => {
  const text = String(written).trim().toUpperCase();
  const short = /^\d+$/.test(text)
    ? signals[Number(text) - 1]
    : signals.find((name) => name === text.replace(/^SIG/, ''));
  if (short === undefined) {
    const near = didYouMean(text.replace(/^SIG/, ''), signals).replace('"', '"SIG');
    return faulty(`there is no signal ${written}${near}`, 'write a name or a number: SIGTERM, SIGINT, SIGQUIT, 15');
  }
  if (harmless.includes(short)) return faulty(`SIG${short} does not end a process`, 'write SIGTERM, SIGINT or SIGQUIT');
  return parsed(`SIG${short}`);
};

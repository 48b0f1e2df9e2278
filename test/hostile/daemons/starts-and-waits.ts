// A stand-in for a daemon, run as a process of its own: starts the launch it is given, says so, and waits to be killed.
import { chooseRung } from '../../../source/edge/choose-rung.ts';
import { createClock } from '../../../source/edge/clock.ts';
import { createProcesses } from '../../../source/edge/processes.ts';
import type { Launch } from '../../../source/ports.ts';

const [, , rung, launchText] = process.argv;
const processes = createProcesses(createClock(), {
  rung: () => chooseRung(rung === 'cgroup' ? undefined : 'tracker'),
});
const started = await processes.start(JSON.parse(launchText ?? '') as Launch, () => {});
console.log(JSON.stringify(started));

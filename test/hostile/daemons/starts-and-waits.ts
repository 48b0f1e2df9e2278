// A stand-in for a daemon, run as a process of its own: starts the launch it is given, says so, and waits to be killed.
import { createClock } from '../../../source/edge/clock.ts';
import { createProcesses } from '../../../source/edge/processes.ts';
import type { Launch } from '../../../source/ports.ts';

const launch = JSON.parse(process.argv[2] ?? '') as Launch;
const started = await createProcesses(createClock()).start(launch, () => {});
console.log(JSON.stringify(started));

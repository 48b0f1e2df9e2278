import { existsSync } from 'node:fs';
import { findTool } from './find-tool.ts';

/** prctl(2) by its number on the machines Node is made for; in none of the shells there is a word for it. */
const prctlNumbers: Readonly<Partial<Record<NodeJS.Architecture, number>>> = { x64: 157, arm64: 167 };
/** PR_SET_CHILD_SUBREAPER of linux/prctl.h. It outlasts exec. */
const setChildSubreaper = 36;

/**
Words that, put before a command, have the kernel give it whoever loses its parent below it, in place of pid 1: a daemon
that sheds everything is found by its parent then. They go by perl, which Debian and its like always have, and set
BOOTY_SHIM_REAPS when it worked; null where there is none, or where the call's number is not known.
*/
export const reaperWords = (): readonly string[] | null => {
  const number = process.platform === 'linux' ? prctlNumbers[process.arch] : undefined;
  const perl = findTool('perl');
  if (number === undefined || !existsSync(perl)) return null;
  const code = `$ENV{BOOTY_SHIM_REAPS}=1 if 0==syscall(${number},${setChildSubreaper},1,0,0,0);delete $ENV{PERL_BADLANG};exec{$ARGV[0]}@ARGV;exit 127`;
  return [perl, '-e', code];
};

/** Whether perl would be told by these variables to do more than is asked of it, or to speak into the service's log. */
export const disturbsPerl = (environment: Readonly<Record<string, string>>): boolean =>
  Object.keys(environment).some((name) => name.startsWith('PERL'));

import type { Place } from './substitute.ts';

/**
Who may see a variable of the environment. One whose name is no word of the shell travels as an argument of env(1),
in the list of processes.
*/
export const variablePlace = (name: string): Place => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? 'private' : 'public');

import type { Command } from './context.ts';
import { daemon } from './daemon.ts';
import { down } from './down.ts';
import { logs } from './logs.ts';
import { ps } from './ps.ts';
import { restart, start, stop } from './service.ts';
import { tui } from './tui.ts';
import { up } from './up.ts';

/** Every verb, in the order help lists them. */
export const commands: readonly Command[] = [tui, up, down, ps, logs, start, stop, restart, daemon];

/** Looks at a stack through its daemon's socket: what a test does many times over must not cost a process each. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createClient } from '../../source/api/client.ts';
import { BootyError } from '../../source/core/error.ts';
import type { StackRow } from '../../source/core/model.ts';
import { createChannels } from '../../source/edge/channels.ts';
import type { Booty } from './booty.ts';

const channels = createChannels();

/** The only stack of a booty, its warden included; as down when no daemon answers. Starts nothing. */
export const lookAt = async (booty: Booty): Promise<StackRow> => {
  const folder = path.join(booty.runtime, 'booty');
  const down: StackRow = { stack: '', state: 'down', daemon: null, services: [] };
  try {
    const socket = readdirSync(folder).find((name) => name.endsWith('.sock'));
    return socket === undefined ? down : await createClient(channels, '', path.join(folder, socket)).ps();
  } catch (error) {
    const isGone =
      error instanceof BootyError ? error.code === 'DAEMON_UNREACHABLE' : error instanceof Error && 'code' in error;
    if (isGone) return down;
    throw error;
  }
};

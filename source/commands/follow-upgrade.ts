import type { Session, StackClient } from '../api/protocol.ts';
import type { UpgradeProgress } from '../api/upgrade-protocol.ts';
import type { Line } from '../tui/line.ts';
import { lookFor } from '../tui/theme.ts';
import { endLines, stepLine } from '../tui/view/upgrade-progress.ts';
import type { Context } from './context.ts';

export type Followed = { readonly progress: UpgradeProgress | null; readonly exitCode: number };

type Told = {
  readonly say: (text: string) => Promise<void>;
  readonly draw: (line: Line) => string;
  readonly width: number;
};

/** A warden brings another daemon within a second; a busy machine gets more. */
const reopenTriesMax = 100;
const reopenPauseMs = 200;

/**
Begins an upgrade or the way back, or takes up one that is under way, and prints each step as it ends. The first ctrl-c asks the daemon to end it and be where
it began, the second leaves it to the daemon. Goes on with the next daemon when this one dies.
*/
export const followUpgrade = async (
  context: Context,
  client: StackClient,
  begin: () => Promise<{ readonly id: string }>,
  told: Told,
): Promise<Followed> => {
  const { terminal, print, ports } = context;
  const open = () => client.session({ type: 'hello', client: 'upgrade', own: false, onHangup: 'keep' });
  const line: { session: Session; presses: number } = { session: await open(), presses: 0 };
  const interrupted = () => {
    line.presses += 1;
    if (line.presses === 1) {
      print.note('booty: asked to end it and go back; ctrl-c again: leave it to the daemon');
      client.cancelUpgrade().catch(() => {});
    } else line.session.close();
  };
  const unlisten = (['SIGINT', 'SIGTERM'] as const).map((signal) => terminal.on(signal, interrupted));
  const state: { last: UpgradeProgress | null } = { last: null };
  try {
    const { id } = await begin();
    // Pressed before there was anything to end.
    if (line.presses > 0) await client.cancelUpgrade().catch(() => {});
    for (let tries = 0; tries < reopenTriesMax; tries += 1) {
      const end = await watch(context, line, id, state, told);
      if (end) return { progress: end, exitCode: end.result === 'done' ? 0 : 1 };
      if (line.presses > 1) break;
      await new Promise<void>((resolve) => ports.clock.after(reopenPauseMs, resolve));
      // Refused while no daemon is there: asked again after the next pause.
      line.session = await open().catch(() => line.session);
    }
    print.note('booty: it goes on in the daemon; look on: booty upgrade --follow; end it: booty upgrade --cancel');
    return { progress: state.last, exitCode: line.presses > 1 ? 130 : 3 };
  } finally {
    for (const stop of unlisten) stop();
    line.session.close();
  }
};

/** Prints what changes until it is over; null when the connection ended before. */
const watch = async (
  context: Context,
  line: { readonly session: Session; readonly presses: number },
  id: string,
  state: { last: UpgradeProgress | null },
  { say, draw, width }: Told,
): Promise<UpgradeProgress | null> => {
  const look = lookFor(context.ports.host.environment);
  const view = () => ({ nowMs: context.ports.clock.nowMs(), width, look });
  try {
    for await (const frame of line.session.frames) {
      if (line.presses > 1) return null;
      if (frame.type !== 'state' || frame.upgrade?.id !== id) continue;
      const progress = frame.upgrade;
      for (const [index, step] of progress.steps.entries()) {
        const before = state.last?.steps[index]?.state ?? 'pending';
        // The gate is the one step that takes a minute: that it began is worth a line.
        const begins = step.kind === 'gate' && step.state === 'running';
        if (step.state === before || step.state === 'pending' || (step.state === 'running' && !begins)) continue;
        const name = progress.subjects.length > 1 ? `${step.service}:` : '';
        const line = stepLine(progress, step, { ...view(), width: width - name.length });
        await say(`${name}${draw(line)}`);
      }
      state.last = progress;
      if (progress.result === null) continue;
      for (const row of endLines(progress, view())) await say(draw(row));
      return progress;
    }
  } catch {
    // The daemon died in the midst of a line; the next one is asked.
  }
  return null;
};

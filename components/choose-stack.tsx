import { Box, useInput, usePaste } from 'ink';
import { useState, type ReactNode } from 'react';
import type { Clock } from '../source/ports.ts';
import type { Choice, ChooserState } from '../source/tui/choice.ts';
import { chooserKey, chooserLines } from '../source/tui/chooser.ts';
import { keyNames } from '../source/tui/keys.ts';
import { lookFor, type Look } from '../source/tui/theme.ts';
import type { Size } from '../source/tui/ui-state.ts';
import { Pane } from './pane.tsx';
import { sizeOf, takeTerminal, type Taken, type Terminal } from './take-terminal.tsx';

export type { Choice };

/** Asks which stack to attach to or to start; null = none. Nothing happens to any stack. */
export const chooseStack = async (options: {
  /** Why it is asked: a few words. */
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly clock: Clock;
  readonly terminal: Terminal;
}): Promise<Choice | null> => {
  const { terminal, clock, choices, title } = options;
  const held: { taken: Taken | null; resize: (size: Size) => void } = { taken: null, resize: () => {} };
  try {
    return await new Promise<Choice | null>((resolve, reject) => {
      const node = (
        <Chooser
          title={title}
          choices={choices}
          size={sizeOf(terminal.stdout)}
          look={lookFor(terminal.environment)}
          onResize={(resize) => {
            held.resize = resize;
          }}
          onKey={(name) => {
            if (name === 'ctrl+z') void held.taken?.suspend();
            if (name === 'ctrl+l') held.taken?.redraw();
          }}
          onChoice={resolve}
        />
      );
      held.taken = takeTerminal(terminal, clock, node, {
        resized: (size) => held.resize(size),
        signalled: () => resolve(null),
        failed: reject,
        drew: () => {},
      });
    });
  } finally {
    held.taken?.release();
  }
};

type ChooserProps = {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly size: Size;
  readonly look: Look;
  readonly onResize: (resize: (size: Size) => void) => void;
  readonly onKey: (name: string) => void;
  readonly onChoice: (choice: Choice | null) => void;
};

/** The list, the pointer and the keys; says once what was chosen. */
const Chooser = ({ title, choices, size: sizeAtFirst, look, onResize, onKey, onChoice }: ChooserProps): ReactNode => {
  const [state, setState] = useState<ChooserState>({ title, choices, index: 0, chosen: undefined });
  const [size, setSize] = useState(sizeAtFirst);
  onResize(setSize);
  useInput((input, key) => {
    let next = state;
    for (const name of keyNames(input, key)) {
      next = chooserKey(next, name);
      onKey(name);
    }
    setState(next);
    if (next.chosen !== undefined) onChoice(next.chosen);
  });
  usePaste(() => {});
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows} overflow="hidden">
      <Pane lines={chooserLines(state, size, look)} look={look} />
    </Box>
  );
};

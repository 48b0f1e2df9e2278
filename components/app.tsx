import { Box, useInput, usePaste } from 'ink';
import { useSyncExternalStore, type ReactNode } from 'react';
import { keyNames } from '../source/tui/keys.ts';
import type { Screen } from '../source/tui/session.ts';
import type { Look } from '../source/tui/theme.ts';
import { screenOf } from '../source/tui/view/screen.ts';
import { Pane } from './pane.tsx';

/** The full screen of a stack: draws what the views say, hands keys to the screen's session, decides nothing. */
export const App = ({ screen, look }: { readonly screen: Screen; readonly look: Look }): ReactNode => {
  const state = useSyncExternalStore(screen.subscribe, screen.state);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) screen.key(name);
  });
  // Pasted text is never taken for keys: a line with an X and a y in it must not stop a stack.
  usePaste(() => {});
  return (
    <Box flexDirection="column" width={state.size.columns} height={state.size.rows} overflow="hidden">
      {screenOf(state, look).map((pane) => (
        <Pane key={pane.name} lines={pane.lines} look={look} />
      ))}
    </Box>
  );
};

import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Line } from '../source/tui/line.ts';
import { paint, type Look } from '../source/tui/theme.ts';

/** Rows of the screen, each one text already cut to the width; a row that did not change is not drawn again. */
export const Pane = ({ lines, look }: { readonly lines: readonly Line[]; readonly look: Look }): ReactNode => (
  <Box flexDirection="column" flexShrink={0}>
    {lines.map((line, index) => (
      // Rows are places on the screen, so their index is what identifies them.
      // oxlint-disable-next-line react/no-array-index-key
      <Row key={index} text={paint(line, look)} />
    ))}
  </Box>
);

const Row = memo(({ text }: { readonly text: string }) => (
  <Box height={1} flexShrink={0}>
    <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
  </Box>
));

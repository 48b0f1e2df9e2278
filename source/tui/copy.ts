import { plainText } from './text.ts';
import { count, formatBytes } from './format.ts';
import { toast } from './toast.ts';
import type { Step, UiState } from './ui-state.ts';

/**
Sends lines to the terminal's clipboard, whole and without what a terminal would obey. Terminals take 100,000 bytes of
OSC 52 at most, of base64 that is; of more the newest lines are sent.
*/
export const copyLines = (state: UiState, lines: readonly string[]): Step => {
  const safe = lines.map((line) => plainText(line));
  let first = safe.length;
  for (let bytes = 0; first > 0; first -= 1) {
    bytes += byteLength(safe[first - 1] ?? '') + 1;
    if (bytes > copiedBytesMax) break;
  }
  const sent = safe.slice(first);
  if (sent.length === 0) {
    const why = lines.length === 0 ? 'there is nothing to copy' : 'the line is too long to copy: open the log with o';
    return { state: toast(state, why, 'note'), intents: [] };
  }
  const text = `${sent.join('\n')}\n`;
  const left = first > 0 ? `, the ${count(first, 'line')} above did not fit` : '';
  const bytes = byteLength(text);
  const size = bytes < 1024 ? count(bytes, 'byte') : formatBytes(bytes);
  const told = `copied ${count(sent.length, 'line')} (${size}) to the terminal's clipboard, if it takes it${left}`;
  return { state: toast(state, told, 'done'), intents: [{ type: 'copy', text }] };
};

const copiedBytesMax = 74_994;
const byteLength = (text: string): number => new TextEncoder().encode(text).length;

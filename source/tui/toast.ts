import type { Toast, UiState } from './ui-state.ts';

const toastMs = 6000;

/** The state with a sentence in place of the hint line, for a few seconds or until a key. */
export const toast = (state: UiState, text: string, kind: Toast['kind'] = 'problem'): UiState => ({
  ...state,
  toast: { kind, text, untilMs: state.nowMs + toastMs },
});

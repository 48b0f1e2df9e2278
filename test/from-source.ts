/** What Node is told to run a program of this project from its source, `.tsx` and all, from any folder. */
export const fromSource = `--import=${new URL('../scripts/jsx.ts', import.meta.url).href}`;

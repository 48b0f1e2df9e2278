import { fittingName, type DraftService } from './draft.ts';

/**
The services a Go module tells of: `go run .` where the package of the folder is a program, else one for each folder of
`cmd/`. Empty when there is no program in either. `programs` are the folders under `cmd/`; `hasMain` says whether the
folder holds a main.go.
*/
export const readGoMod = (
  text: string,
  { hasMain, programs }: { readonly hasMain: boolean; readonly programs: readonly string[] },
): readonly DraftService[] => {
  const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1] ?? 'the module';
  const service = (name: string, target: string): DraftService => ({
    name,
    from: 'go.mod',
    about: [`Program ${target} of ${module}. Its port is in the environment as PORT.`],
    keys: { command: `go run ${target}`, ports: { http: 'auto' }, restart: 'unless-stopped' },
    hints: [],
  });
  if (hasMain) return [service('main', '.')];
  return programs.map((program) => service(fittingName(program), `./cmd/${program}`));
};

import type { ConfigProblem } from '../core/errors/config.ts';
import type { Position } from '../core/model.ts';
import type { Fault } from './fault.ts';
import type { YamlText } from './parse-yaml.ts';
import { placeKey, type Path, type Place, type TreeReading } from './tree.ts';

/** Collects what is wrong, each where it stands. */
export type Report = {
  /** Adds a fault of the key or the value at a path; what is not in the file stands where its nearest parent does. */
  add(path: Path, about: 'key' | 'value', fault: Fault): void;
  /** Adds a problem that has its position already. */
  push(problem: ConfigProblem): void;
  /** Where the key or the value of a path stands. */
  positionOf(path: Path, about: 'key' | 'value'): Position;
  /** Whether something is written at the path. */
  has(path: Path): boolean;
  readonly problems: readonly ConfigProblem[];
};

/** A report on one document. Equal problems at one place count once; of a value that could not be read nothing more is said. */
export const makeReport = (source: YamlText, { places, broken }: Pick<TreeReading, 'places' | 'broken'>): Report => {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  const placeOf = (path: Path): Place | undefined => {
    for (let length = path.length; length >= 0; length--) {
      const place = places.get(placeKey(path.slice(0, length)));
      if (place !== undefined) return place;
    }
    return undefined;
  };
  const positionOf = (path: Path, about: 'key' | 'value'): Position => {
    const place = placeOf(path);
    return place?.[places.has(placeKey(path)) ? about : 'key'] ?? { file: source.file, line: 1, column: 1 };
  };
  const excerptPosition = (path: Path, excerpt: string | undefined): Position | null => {
    const place = placeOf(path);
    if (place === undefined || excerpt === undefined) return null;
    const offset = source.text.indexOf(excerpt, place.start);
    if (offset === -1 || offset >= place.end) return null;
    const { line, col } = source.lines.linePos(offset);
    return { file: source.file, line, column: col };
  };
  const push = (problem: ConfigProblem): void => {
    const key = `${problem.file}:${problem.line}:${problem.column}:${problem.message}`;
    if (!seen.has(key)) problems.push(problem);
    seen.add(key);
  };
  return {
    problems,
    positionOf,
    push,
    has: (path) => places.has(placeKey(path)),
    add(path, about, { message, fix, excerpt }) {
      if (path.length > 0 && broken.has(placeKey(path))) return;
      const position = excerptPosition(path, excerpt) ?? positionOf(path, about);
      push({ ...position, path: path.join('.'), message, fix });
    },
  };
};

import * as z from 'zod';
import type { HealthcheckDefinition } from '../core/model.ts';
import { parseDuration } from './duration.ts';
import { faulty, parsed, type Parsed } from './fault.ts';
import { helped, readBy, text, textList, truth, wholeNumber } from './field.ts';
import { parseReferences } from './reference.ts';

type Probe = HealthcheckDefinition['probe'];

const duration = z
  .union([z.string(), z.number()], { error: 'a duration' })
  .meta({ pattern: '^(0|([0-9.]+(us|ms|s|m|h))+)$|\\$' });

/** A duration as whole milliseconds. */
export const durationMs = readBy(duration, parseDuration);

/** Docker's meaning: 0 stands for the default. */
const durationOrDefaultMs = readBy(durationMs, (value) => parsed(value === 0 ? null : value));

const fields = {
  test: helped(
    'test',
    readBy(z.union([z.string(), textList], { error: 'a string or a list of strings' }), (test) => readTest(test)),
  ),
  http: helped(
    'http',
    readBy(z.string({ error: 'a URL' }), (url) => readUrl(url)),
  ),
  tcp: helped(
    'tcp',
    readBy(text, (address) => readAddress(address)),
  ),
  exec: helped(
    'exec',
    readBy(textList, (command) => readExec(command)),
  ),
  log: helped(
    'log',
    readBy(text, (pattern) => readPattern(pattern)),
    {
      description: 'A JavaScript regular expression that its output shows when ready; write $$ for $.',
    },
  ),
  file: helped(
    'file',
    readBy(text, (path) => readFile(path)),
  ),
  interval: helped('interval', durationOrDefaultMs),
  timeout: helped('timeout', durationOrDefaultMs),
  retries: helped(
    'retries',
    readBy(wholeNumber(0, 1_000_000), (value) => parsed(value === 0 ? null : value)),
  ),
  start_period: helped('start_period', durationMs),
  start_interval: helped('start_interval', durationOrDefaultMs),
  disable: helped('disable', truth),
};

/** Keys of `healthcheck`. */
export const healthcheckKeys: readonly string[] = Object.keys(fields);

const probeKeys = ['test', 'http', 'tcp', 'exec', 'log', 'file'] as const;

/** `healthcheck` of a service: Compose's `test`, or one of booty's own probes, with Compose's timings. */
export const healthcheckSchema = readBy(z.strictObject(fields).partial(), (written): Parsed<HealthcheckDefinition> => {
  const probes = probeKeys.filter((key) => written[key] !== undefined);
  if (probes.length > 1) {
    return faulty(`there are ${probes.length} probes: ${probes.join(', ')}`, 'keep one of them');
  }
  const [key] = probes;
  const probe = written.disable === true ? ({ kind: 'none' } as const) : key === undefined ? undefined : written[key];
  return parsed({
    probe: probe ?? { kind: 'catalog' },
    intervalMs: written.interval ?? null,
    timeoutMs: written.timeout ?? null,
    retries: written.retries ?? null,
    startPeriodMs: written.start_period ?? null,
    startIntervalMs: written.start_interval ?? null,
  });
});

const readTest = (test: string | readonly string[]): Parsed<Probe> => {
  if (typeof test === 'string') {
    if (test.trim() === '') return faulty('this is empty', 'write a command: test: ["CMD", "./check"]');
    return parsed({ kind: 'exec', command: ['/bin/sh', '-c', test] });
  }
  const [word, ...rest] = test;
  if (word === 'NONE' && rest.length === 0) return parsed({ kind: 'none' });
  if (word === 'CMD' && rest.length > 0) return parsed({ kind: 'exec', command: rest });
  if (word === 'CMD-SHELL' && rest.length === 1) return parsed({ kind: 'exec', command: ['/bin/sh', '-c', ...rest] });
  return faulty(
    word === 'NONE' || word === 'CMD' || word === 'CMD-SHELL'
      ? `${word} is followed by ${rest.length} words`
      : `a test begins with NONE, CMD or CMD-SHELL, not with ${JSON.stringify(word ?? '')}`,
    'write ["NONE"], ["CMD", "./check", "--quick"] or ["CMD-SHELL", "./check | grep ok"]',
  );
};

/** The text with each reference replaced by a stand-in; its own text when the references are broken, reported elsewhere. */
const withStandIns = (written: string): string => {
  const parts = parseReferences(written);
  return parts.ok ? parts.value.map((part) => (part.kind === 'text' ? part.text : '1')).join('') : written;
};

const readUrl = (url: string): Parsed<Probe> => {
  const startsWithReference = url.startsWith('${{');
  if (startsWithReference || (/^https?:\/\/./i.test(url) && URL.canParse(withStandIns(url)))) {
    return parsed({ kind: 'http', url });
  }
  const path = url.startsWith('/') ? url : '/health';
  return faulty(
    `${JSON.stringify(url)} is no http URL`,
    `write the whole of it: http: "http://127.0.0.1:\${{ ports.http }}${path}"`,
  );
};

const readAddress = (address: string): Parsed<Probe> => {
  const port = /^(?:\[[0-9a-f:.]+\]|[^:\s]+):(\d+)$/i.exec(withStandIns(address))?.[1];
  const isReference = /^\$\{\{[^}]*\}\}$/.test(address);
  if (isReference || (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535)) {
    return parsed({ kind: 'tcp', address });
  }
  const example = /^\d+$/.test(address) ? address : '${{ ports.http }}';
  return faulty(`${JSON.stringify(address)} is no host:port`, `write tcp: "127.0.0.1:${example}"`);
};

const readExec = (command: readonly string[]): Parsed<Probe> =>
  command.length > 0 ? parsed({ kind: 'exec', command }) : faulty('this is an empty list', 'write exec: ["./check"]');

const readPattern = (pattern: string): Parsed<Probe> => {
  try {
    RegExp(withStandIns(pattern));
    return parsed({ kind: 'log', pattern });
  } catch (error) {
    return faulty(
      `${JSON.stringify(pattern)} is no regular expression: ${error instanceof Error ? error.message : String(error)}`,
      'mend it; a backslash before ( ) [ ] { } . * + ? makes it a plain character',
    );
  }
};

const readFile = (path: string): Parsed<Probe> =>
  path === '' ? faulty('this is empty', 'write file: ./ready') : parsed({ kind: 'file', path });

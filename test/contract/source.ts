import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { valid } from 'semver';
import { BootyError } from '../../source/core/error.ts';
import type { Fetched, Pick, Source, Wanted } from '../../source/store/sources/source.ts';
import type { InstallProgress } from '../../source/store/store.ts';

/** A source on a machine where it can be used, and a package it has. */
export type SourceScene = {
  readonly name: string;
  /** Why it cannot be tried on this machine; null: it can. */
  readonly lack: string | null;
  readonly open: (t: ExecutionContext) => Promise<{
    readonly source: Source;
    readonly wanted: Wanted;
    /** Empty, for what is fetched. */
    readonly folder: string;
  }>;
  /** What the program says must hold the version; null: it is not asked. */
  readonly run: ((file: string) => Promise<string>) | null;
};

const never = new AbortController().signal;
const timeoutMs = 120_000;

/** What every Source promises. */
export const sourceContract = ({ name, lack, open, run }: SourceScene): void => {
  const rule = (
    what: string,
    hold: (t: ExecutionContext, scene: Awaited<ReturnType<SourceScene['open']>>) => Promise<void>,
  ): void => {
    const title = `source ${name}: ${what}${lack === null ? '' : ` (SKIPPED: ${lack})`}`;
    (lack === null ? test.serial : test.serial.skip)(title, async (t) => {
      t.timeout(timeoutMs);
      await hold(t, await open(t));
    });
  };
  const newest = async (source: Source, wanted: Wanted): Promise<Pick> => {
    const offer = await source.offer([wanted], () => undefined, never);
    const [candidate] = offer.candidates.get(wanted.package) ?? [];
    if (candidate === undefined) throw new Error(`source ${name} offers no ${wanted.package}`);
    return { package: wanted.package, entry: wanted.entry, candidate };
  };
  const fetch = async (source: Source, picks: readonly Pick[], folder: string, signal: AbortSignal = never) => {
    const settled: (readonly [Pick, Fetched | Error])[] = [];
    const progress: InstallProgress[] = [];
    const on = {
      progress: (_: Pick, one: InstallProgress) => void progress.push(one),
      settled: (pick: Pick, result: Fetched | Error) => void settled.push([pick, result]),
    };
    const rejected = await source.fetch(picks, folder, on, signal).then(
      () => null,
      (error: unknown) => error,
    );
    return { settled, progress, rejected };
  };

  rule('has a name and can be used', async (t, { source }) => {
    t.is(source.name, name);
    t.is(await source.unusable(), null);
  });

  rule('offers versions that are semver, with its own words for them, again when asked again', async (t, scene) => {
    const { source, wanted } = scene;
    for (let times = 0; times < 2; times += 1) {
      const offer = await source.offer([wanted], () => undefined, never);
      t.is(offer.trouble, null);
      t.is(offer.refusal?.(wanted.package, null) ?? null, null);
      const candidates = offer.candidates.get(wanted.package) ?? [];
      t.true(candidates.length > 0);
      for (const { version, sourceVersion } of candidates) {
        t.is(valid(version), version);
        t.true(sourceVersion.length > 0);
      }
    }
  });

  rule('knows nothing of what nobody has, and says no trouble for it', async (t, { source, wanted }) => {
    const { go: _go, apt: _apt, ...bare } = wanted.entry;
    const entry = { ...bare, executables: ['no-such-program'], versions: {} };
    const offer = await source.offer([{ package: 'no-such-package', entry, range: null }], () => undefined, never);
    t.deepEqual(offer.candidates.get('no-such-package') ?? [], []);
    t.is(offer.trouble, null);
  });

  rule('fetches: all executables are files where they should be, and the bytes are named', async (t, scene) => {
    const { source, wanted, folder } = scene;
    const pick = await newest(source, wanted);
    const { settled, progress, rejected } = await fetch(source, [pick], folder);
    t.is(rejected, null);
    t.is(settled.length, 1);
    const result = settled[0]?.[1];
    if (result === undefined || result instanceof Error) throw result ?? new Error('it was not settled');
    for (const executable of wanted.entry.executables) {
      const file = result.files[executable] ?? '';
      t.true(lstatSync(file).isFile(), executable);
      t.is(file.startsWith(`${folder}/`), result.isReference !== true, file);
      if (run !== null) t.true((await run(file)).includes(pick.candidate.version));
    }
    for (const bytes of [result, ...(result.others ?? [])]) {
      t.regex(bytes.sha256, /^[0-9a-f]{64}$/);
      t.true(bytes.sizeBytes > 0);
      t.notRegex(bytes.url, /\/\/[^/]*@/, 'no user name or password');
      t.regex(bytes.url, /^(https?|file|pkg):/);
    }
    for (const one of progress) {
      t.is(one.source, name);
      t.true(one.totalBytes === null || one.doneBytes <= one.totalBytes);
      t.true(one.etaMs === null || one.etaMs >= 0);
    }
  });

  rule('one that cannot be fetched is settled with its error and does not stop another', async (t, scene) => {
    const { source, wanted, folder } = scene;
    const good = await newest(source, wanted);
    const { apt, go } = wanted.entry;
    const bad: Pick = {
      package: 'other',
      entry: {
        ...wanted.entry,
        versions: {},
        ...(apt && { apt: { ...apt, package: 'no-such-package-anywhere' } }),
        ...(go && { go: { ...go, executables: { other: `${go.module}/no/such/folder` } } }),
      },
      candidate: { version: '0.0.1', sourceVersion: '0.0.1-nobody', suite: null },
    };
    const { settled, rejected } = await fetch(source, [bad, good], folder);
    t.is(rejected, null);
    t.is(settled.length, 2);
    const results = new Map(settled);
    t.true(results.get(bad) instanceof BootyError);
    t.false(results.get(good) instanceof Error);
  });

  rule('once the signal aborts it ends, and nothing is delivered afterwards', async (t, { source, wanted, folder }) => {
    const pick = await newest(source, wanted);
    const abort = AbortSignal.abort();
    const { settled, rejected } = await fetch(source, [pick], join(folder, 'late'), abort);
    // What lies on this machine already may be referred to all the same; whoever asked is gone.
    const delivered = settled.filter(([, result]) => !(result instanceof Error) && result.isReference !== true);
    t.deepEqual(delivered, []);
    t.true(rejected !== null || settled.length === 1);
    t.false(rejected instanceof BootyError, 'an abort is not told as a failure of the source');
  });
};

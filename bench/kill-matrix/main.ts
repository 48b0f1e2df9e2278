/**
Measures what each supervisor leaves behind and writes docs/kill-matrix.md: `npm run bench:kill-matrix`.

`--only a,b` plays only these and prints the page without writing it; `--quick` does the same with little patience for
everybody; `--peers DIR` says where the peers are kept (else `~/.cache/booty-bench`), `--commit REF` which booty to build.
*/
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineLine } from '../field/machine.ts';
import { writePrograms } from '../field/programs.ts';
import { makeScratch } from '../field/scratch.ts';
import { bootyPeer, installBooty } from '../peers/booty.ts';
import { installPeers } from '../peers/install.ts';
import { killMatrixPage } from './page.ts';
import { measureRow, type Row } from './row.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    commit: { type: 'string', default: 'HEAD' },
    peers: { type: 'string', default: path.join(homedir(), '.cache', 'booty-bench') },
  },
});

const root = path.resolve(import.meta.dirname, '..', '..');
const seconds = values.quick ? { first: 1, second: 1, inAll: 4 } : { first: 4, second: 4, inAll: 17 };
const patience = { firstMs: seconds.first * 1_000, secondMs: seconds.second * 1_000, inAllMs: seconds.inAll * 1_000 };
const scratch = makeScratch();
try {
  const booty = installBooty(root, values.commit, path.join(scratch.folder, 'booty'));
  const { peers, missing } = installPeers(path.resolve(values.peers));
  const only = values.only?.split(',');
  const machine = machineLine(root, values.commit);
  const programsFolder = path.join(scratch.folder, 'programs');
  mkdirSync(programsFolder);
  const programs = writePrograms(programsFolder);
  const rows: Row[] = [];
  const failed: string[] = [];
  for (const peer of [bootyPeer(booty, 'tui'), bootyPeer(booty, 'up'), ...peers]) {
    if (only && !only.includes(peer.name)) continue;
    console.error(`${peer.name} …`);
    await measureRow(peer, programs, scratch, patience).then(
      (row) => rows.push(row),
      (error: unknown) => failed.push(`${peer.name}: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
  const page = killMatrixPage({ rows, failed, missing, machine, seconds });
  console.log(page);
  const isWhole = !values.quick && !only;
  if (isWhole) writeFileSync(path.join(root, 'docs', 'kill-matrix.md'), page);
  else console.error('not written: only a whole run may make docs/kill-matrix.md');
} finally {
  await scratch.remove();
}
// A pty that was closed keeps handles in this process.
process.exit();

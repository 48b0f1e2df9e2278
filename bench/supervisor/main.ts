/**
Measures booty beside other supervisors in one run and writes results.md here: `npm run bench:supervisor`.

`--rounds N` (5), `--only a,b` for some contenders, `--quick` for one short round; neither of the last two writes.
`--peers DIR` says where the peers are kept (else `~/.cache/booty-bench`), `--commit REF` which booty to build.
*/
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { machineLine } from '../field/machine.ts';
import { writePrograms } from '../field/programs.ts';
import { makeScratch } from '../field/scratch.ts';
import { installBooty } from '../peers/booty.ts';
import { installPeers } from '../peers/install.ts';
import { resultsPage } from './page.ts';
import { measureRounds } from './rounds.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    commit: { type: 'string', default: 'HEAD' },
    peers: { type: 'string', default: path.join(homedir(), '.cache', 'booty-bench') },
  },
});

const root = path.resolve(import.meta.dirname, '..', '..');
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const scratch = makeScratch();
try {
  const booty = installBooty(root, values.commit, path.join(scratch.folder, 'booty'));
  const { peers: all, missing } = installPeers(path.resolve(values.peers));
  const only = values.only?.split(',');
  const peers = only ? all.filter(({ name }) => only.includes(name)) : all;
  const machine = machineLine(root, values.commit);
  const programsFolder = path.join(scratch.folder, 'programs');
  mkdirSync(programsFolder);
  const bench = { scratch, programs: writePrograms(programsFolder), booty, isQuick: values.quick };
  const results = await measureRounds(bench, peers, rounds, (line) => console.error(line));
  const page = resultsPage({ results, peers, missing, machine, rounds });
  console.log(page);
  if (values.quick || only) console.error('not written: only a whole run may make results.md');
  else writeFileSync(path.join(import.meta.dirname, 'results.md'), page);
} finally {
  await scratch.remove();
}
// A pty that was closed keeps handles in this process.
process.exit();

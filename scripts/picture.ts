/**
Makes the pictures of the README from a real run: `npm run picture`. Fetches and starts the built-in stack `observe` in
folders of its own, draws what the terminal shows, and takes everything down again.
*/
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dark, light, toSvg } from './picture/svg.ts';
import { makeFolders, openStage, type Stage } from './picture/stage.ts';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'docs', 'pictures');
mkdirSync(target, { recursive: true });
const size = { cols: 100, rows: 28 };
const booty = path.join(root, 'bin', 'booty');

const draw = (stage: Stage, name: string, title: string): void => {
  for (const [tone, palette] of Object.entries({ dark, light })) {
    writeFileSync(path.join(target, `${name}-${tone}.svg`), toSvg(stage.terminal, palette, title));
  }
  console.log(`docs/pictures/${name}-{dark,light}.svg`);
};

const observe = makeFolders('shop');
try {
  const stage = openStage([booty, 'tui', '--stack', 'observe'], observe, size);
  await stage.shows(/6\/6 ready/);
  stage.type('jjjj');
  await stage.shows(/tick/, /main\s+● ready\s+[1-9]\d+s/);
  await stage.quiet(300);
  draw(stage, 'observe', 'booty tui: six servers ready, the log of the selected one below');
  stage.type('\x03');
  await stage.ended;
} finally {
  observe.remove();
}

const shop = makeFolders('shop');
writeFileSync(
  path.join(shop.folder, 'booty.yaml'),
  `name: shop
services:
  db:
    command: sh -c 'trap "echo flushing 12 MB; sleep 1; echo closed; exit 0" TERM; echo db is up; while :; do sleep 0.1; done'
    healthcheck: {log: "db is up"}
  worker:
    command: [sh, -c, 'echo "worker.toml, line 7: unknown key retires"; exit 2']
    depends_on: {db: {condition: service_healthy}}
    restart: on-failure:2
  web:
    command: sh -c 'trap "echo draining 3 requests; sleep 1; exit 0" TERM; echo web listens; while :; do sleep 0.1; done'
    depends_on: {db: {condition: service_healthy}}
`,
);
try {
  const stage = openStage([booty, 'tui'], shop, size);
  await stage.shows(/1 FAILED/);
  await stage.shows(/LAST WORDS/);
  await stage.quiet(300);
  draw(stage, 'failed', 'booty tui: a failed service, why it failed and its last words');
  stage.type('\x03');
  await stage.shows(/STOPPING/, /flushing 12 MB/);
  draw(stage, 'stopping', 'booty tui: the shutdown cascade, who is waited for and its last line');
  await stage.ended;
} finally {
  shop.remove();
}
process.exit();

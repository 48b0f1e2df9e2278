import { add } from './add.ts';
import { createComplete } from './complete.ts';
import { createCompletion } from './completion.ts';
import { config } from './config.ts';
import { bundle } from './bundle.ts';
import type { Command } from './context.ts';
import { daemon } from './daemon.ts';
import { destroy } from './destroy.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { gc } from './gc.ts';
import { history } from './history.ts';
import { init } from './init.ts';
import { install } from './install.ts';
import { kill } from './kill.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { mirror } from './mirror.ts';
import { outdated } from './outdated.ts';
import { ps } from './ps.ts';
import { registry } from './registry.ts';
import { rollback } from './rollback.ts';
import { schema } from './schema.ts';
import { self } from './self.ts';
import { restart, start, stop } from './service.ts';
import { stacks } from './stacks.ts';
import { tui } from './tui.ts';
import { uninstall } from './uninstall.ts';
import { up } from './up.ts';
import { upgrade } from './upgrade.ts';
import { verify } from './verify.ts';
import { withStack } from './with.ts';
import { x } from './x.ts';

/** Every verb, in the order help lists them. */
export const commands: readonly Command[] = [
  tui,
  up,
  down,
  ps,
  logs,
  start,
  stop,
  restart,
  kill,
  events,
  exec,
  withStack,
  x,
  outdated,
  upgrade,
  rollback,
  history,
  list,
  registry,
  install,
  uninstall,
  verify,
  gc,
  mirror,
  bundle,
  init,
  add,
  config,
  schema,
  stacks,
  destroy,
  doctor,
  self,
  createCompletion(() => commands),
  createComplete(() => commands),
  daemon,
];

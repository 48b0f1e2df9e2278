import { BootyError, reasonOf } from '../../core/error.ts';
import type { JournalSubject } from '../../core/upgrade/journal.ts';
import { compareVersions } from '../../core/upgrade/version.ts';
import type { World } from '../../ports.ts';
import type { Installed, Store } from '../../store/store.ts';
import type { Held } from '../held.ts';

const versionMsMax = 10_000;
const configMsMax = 60_000;
const linesShownMax = 6;

/** What a check found, in words; null: there is no such check for this system. */
export type Found = string | null;

const failed = (service: string, problem: string): BootyError =>
  new BootyError('UPGRADE_STEP_FAILED', { service, problem });

/** Asks a new binary which version it is. Throws UPGRADE_STEP_FAILED when it does not run, or says another one. */
export const checkVersion = async (
  host: World['host'],
  store: Pick<Store, 'entry'>,
  { service, component, to }: JournalSubject,
  installed: Installed,
): Promise<Found> => {
  const command = store.entry(component)?.versionCommand;
  const file = command && installed.executables[command.executable];
  if (!command || !file) return null;
  const name = `${command.executable} ${to}`;
  const result = await host.run([file, ...command.arguments], { timeoutMs: versionMsMax }).catch((error: unknown) => {
    throw failed(service, `${name} does not run: ${reasonOf(error)}`);
  });
  if (result.timedOut) {
    const asked = [command.executable, ...command.arguments].join(' ');
    throw failed(service, `${name} did not answer \`${asked}\` within ${versionMsMax / 1000} s`);
  }
  const said = /\bv?(\d+\.\d+\.\d+)\b/.exec(`${result.stdout}\n${result.stderr}`)?.[1];
  if (said === undefined) {
    if (result.code === 0) return 'it runs, and does not say which version it is';
    throw failed(service, `${name} ends with ${result.code ?? result.signal}${saidBy(result)}`);
  }
  if (compareVersions(said, to) !== 0) throw failed(service, `${name} says it is ${said}`);
  return `it says ${said}`;
};

/**
Lets a new binary read the configuration it would be started with, from a folder of its own. Throws UPGRADE_STEP_FAILED
with its own words when it does not accept it.
*/
export const checkConfig = async (
  { files, host }: Pick<World, 'files' | 'host'>,
  held: Held,
  { service }: JournalSubject,
  installed: Installed,
  folder: string,
): Promise<Found> => {
  const rendered = held.renderInto(folder, service, installed);
  if (rendered.configCheck === null) return null;
  try {
    for (const each of rendered.folders) await files.makeFolder(each.path, each.mode);
    for (const file of rendered.files) await files.writeAtomic(file.path, file.text, file.mode);
    const { environment, workingDir } = rendered;
    const result = await host.run(rendered.configCheck, { timeoutMs: configMsMax, environment, workingDir });
    if (result.code === 0) return 'it accepts the configuration';
    if (result.timedOut) throw failed(service, `it did not check the configuration within ${configMsMax / 1000} s`);
    throw failed(service, `it refuses the configuration${held.mask(saidBy(result)).replaceAll(folder, 'config')}`);
  } finally {
    await files.remove(folder);
  }
};

/** `: its last lines`, in one row; empty where it said nothing. */
const saidBy = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string => {
  const lines = (stderr.trim() || stdout.trim()).split('\n').slice(-linesShownMax);
  const said = lines.map((line) => line.trim()).join(' / ');
  return said === '' ? ', and says nothing' : `: ${said}`;
};

import { cpus, release, totalmem } from 'node:os';
import type { Machine } from '../ports.ts';

/** This machine, by what Node knows of it. */
export const createMachine = (): Machine => ({
  nodeVersion: process.versions.node,
  release: release(),
  get cores() {
    return cpus().length;
  },
  memoryBytes: totalmem(),
  libc: () => {
    if (process.platform !== 'linux') return null;
    const { glibcVersionRuntime } = reportHeader();
    return glibcVersionRuntime ? { name: 'glibc', version: glibcVersionRuntime } : { name: 'musl', version: null };
  },
});

/** Of Node's diagnostic report: it names the C library it was linked with at run time. */
const reportHeader = (): { readonly glibcVersionRuntime?: string } => {
  // The report would look up the names of all addresses this process speaks to, which may take seconds.
  Object.assign(process.report, { excludeNetwork: true });
  return (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;
};

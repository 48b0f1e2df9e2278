import { builtinModules } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/**
Has the bundle ask Node for its own modules in place of importing them. An import reads every export of such a module, and
among those are getters that load others: undici behind node:http, the Web Crypto API behind node:crypto. That was a tenth of
a daemon's start. What is imported on demand stays as it is written, and what packages import, too: shared with those, the
modules would not come to lie in the chunk of the start.
*/
export const builtinsByName = (root: string): Plugin => ({
  name: 'builtin-modules',
  setup: (plugin) => {
    plugin.onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path: wanted, kind, importer }) => {
      const name = wanted.replace(/^node:/, '');
      const isOurs = !path.relative(root, importer).includes('node_modules');
      if (!isOurs || kind !== 'import-statement' || !builtinModules.includes(name)) return null;
      return { path: `node:${name}`, namespace: 'builtin' };
    });
    plugin.onLoad({ filter: /^/, namespace: 'builtin' }, ({ path: name }) => {
      const names = Object.keys(process.getBuiltinModule(name) ?? {}).filter((each) => /^[A-Za-z_$][\w$]*$/.test(each));
      const exported = names.filter((each) => each !== 'default').map(exportOf);
      const found = `const found = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(name)});`;
      return { contents: [found, 'export default found;', ...exported].join('\n') };
    });
  },
});

/** Left out of the bundle where nobody uses it: only then is a getter not asked. */
const exportOf = (name: string): string =>
  `const own_${name} = /* @__PURE__ */ (() => found.${name})();\nexport { own_${name} as ${name} };`;

/** How a stand-in server of some version behaves. */
export type Behaviour =
  | 'obeys'
  | 'exits at once'
  | 'is never ready'
  | 'dies when ready'
  | 'refuses the config'
  | 'eats the data'
  | 'eats the data and is ready'
  | 'dies half-way through its gate';

/** Enough data to be missed. */
const ballastBytes = 8_192;

/**
The text of a stand-in for Prometheus and promtool: it knows the flags its recipe gives it, writes into its data which
version ran, and behaves as told. It is a program of its own, run by Node.
*/
export const serverText = (
  name: 'prometheus' | 'promtool',
  version: string,
  behaviour: Behaviour,
): string => `#!${process.execPath}
const { appendFileSync, existsSync, readdirSync, rmSync } = require('node:fs');
const { createServer } = require('node:http');
const behaviour = ${JSON.stringify(behaviour)};
const args = process.argv.slice(2);
const flag = (name) => args.find((each) => each.startsWith('--' + name + '='))?.slice(name.length + 3);
if (args.includes('--version')) {
  console.log('prometheus, version ${version}');
  process.exit(0);
}
if (${JSON.stringify(name)} === 'promtool') {
  if (behaviour === 'refuses the config') console.error('unknown field "foo" in config');
  process.exit(behaviour === 'refuses the config' ? 1 : 0);
}
const data = flag('storage.tsdb.path');
if (behaviour.startsWith('eats the data')) for (const each of readdirSync(data)) rmSync(data + '/' + each, { recursive: true });
appendFileSync(data + '/written', '${version}\\n');
if (behaviour === 'obeys' && !existsSync(data + '/ballast')) appendFileSync(data + '/ballast', '.'.repeat(${ballastBytes}));
if (behaviour === 'exits at once') {
  console.error('cannot open the data: format 7');
  process.exit(3);
}
process.on('SIGTERM', () => process.exit(0));
const [host, port] = flag('web.listen-address').split(':');
createServer((request, response) => {
  response.statusCode = behaviour === 'is never ready' || behaviour === 'eats the data' ? 503 : 200;
  response.end('${version}');
  if (behaviour === 'dies when ready') setTimeout(() => process.exit(9), 100);
  if (behaviour === 'dies half-way through its gate') setTimeout(() => process.exit(9), 200);
}).listen(Number(port), host);
`;

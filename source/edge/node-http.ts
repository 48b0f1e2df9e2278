/**
node:http, asked for rather than imported: an import reads every export of the module, and one of them is a getter that
loads undici. That was 23 of the 110 ms of a `booty ps`.
*/
export const nodeHttp = process.getBuiltinModule('node:http');

import test from 'ava';
import { portRequests } from '../../source/stack/ports.ts';
import { service, stack } from './definitions.ts';

test('numbers somebody wrote come first and are strict, defaults are not, auto comes last', (t) => {
  const services = [
    service({ name: 'web', command: ['web'], ports: { http: 'auto', admin: 8222 } }),
    service({ name: 'nats', component: 'nats-server', ports: { client: 4333 }, bind: '0.0.0.0' }),
  ];
  const common = { bind: '127.0.0.1', where: null };
  t.deepEqual(portRequests(stack(services, { 'services.nats.ports.client': [9, 7] })), [
    { ...common, service: 'web', port: 'admin', wanted: 8222, strict: true },
    { service: 'nats', port: 'client', wanted: 4333, strict: true, bind: '0.0.0.0', where: 'booty.yaml:9:7' },
    { service: 'nats', port: 'monitor', wanted: 8222, strict: false, bind: '0.0.0.0', where: null },
    { ...common, service: 'web', port: 'http', wanted: 'auto', strict: false },
  ]);
});

test('booty asks for a port of its own when something scrapes', (t) => {
  const own = (component: string) =>
    portRequests(stack([service({ name: 'one', component })])).filter((request) => request.service === 'booty');
  const request = { service: 'booty', port: 'metrics', wanted: 9400, strict: false, bind: '127.0.0.1', where: null };
  t.deepEqual(own('prometheus'), [request]);
  t.deepEqual(own('caddy'), []);
});

import type { BadFile } from '../in-folder.ts';

const web = (body: string): string => `services:\n  web:\n    command: ./web\n    ${body}\n`;

/** Files whose services offer what they cannot. */
export const badOffers: readonly BadFile[] = [
  [
    'an offer without a port',
    web('offers: {metrics: /metrics}'),
    ['4:14 services.web offers metrics and has no ports => write `ports: {http: auto}` in services.web'],
  ],
  [
    'an offer at a port it does not have',
    web('ports: {http: auto}\n    offers: {metrics: {port: htp, path: /metrics}}'),
    ['5:30 services.web offers metrics at its port "htp", which it does not have; did you mean "http"? => write http'],
  ],
  [
    'an offer at one of the ports of a component',
    'services: {nats: {component: nats-server, offers: {metrics: /varz}}}',
    [
      '1:52 services.nats offers metrics, and which port of the component is meant is missing => name the port: `metrics: {port: http, path: /varz}`',
    ],
  ],
  [
    'a path without its slash',
    web('ports: {http: auto}\n    offers: {metrics: metrics}'),
    ['5:23 services.web.offers.metrics: "metrics" is no path => write /metrics'],
  ],
  [
    'a whole URL',
    web('ports: {http: auto}\n    offers: {metrics: {path: "http://127.0.0.1/metrics"}}'),
    [
      '5:30 services.web.offers.metrics.path: "http://127.0.0.1/metrics" is a whole URL, and the port is known already => write its path alone: /metrics',
    ],
  ],
  [
    'an unknown key of the long form',
    web('ports: {http: auto}\n    offers: {metrics: {prot: http}}'),
    ['5:24 services.web.offers.metrics has no key "prot"; did you mean "port"? => write port'],
  ],
  [
    'a list of offers',
    web('ports: {http: auto}\n    offers: [metrics]'),
    ['5:13 services.web.offers expects a map, found a list => write for example `offers: {metrics: /metrics}`'],
  ],
  [
    'a reference to what is not among the offers',
    web(
      'ports: {http: auto}\n    offers: {metrics: /metrics}\n    environment: {A: "${{ services.web.metric }}", B: "${{ services.web.sql }}"}',
    ),
    [
      '6:23 ${{ services.web.metric }}: web offers no metric; did you mean "metrics"? => write metrics',
      '6:56 ${{ services.web.sql }}: web offers no sql => remove it, or write one of: metrics',
    ],
  ],
];

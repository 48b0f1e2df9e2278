import type { Provider } from './recipe.ts';
import { routePrefix } from './route.ts';

/** The page at `/` of the front door. Holds no braces: Caddy takes what is between them for a placeholder. */
export const frontDoorPage = (stack: string, port: number, providers: readonly Provider[]): string => {
  const rows = providers.map((provider) => {
    const path = `${routePrefix(provider.service)}${provider.path}`;
    const host = `http://${provider.service}.localhost:${port}${provider.path}`;
    return `<tr><td>${escape(provider.title)}</td><td><a href="${escape(path)}">${escape(path)}</a></td><td><a href="${escape(host)}">${escape(host)}</a></td></tr>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${escape(stack)}</title></head>`,
    '<body style="font: 16px/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 48rem; padding: 0 1rem">',
    `<h1>${escape(stack)}</h1>`,
    rows.length === 0
      ? '<p>No service of this stack has a page to show.</p>'
      : `<table cellpadding="6"><tbody>${rows.join('\n')}</tbody></table>`,
    '</body></html>',
    '',
  ].join('\n');
};

const escape = (text: string): string => text.replace(/[&<>"{}]/g, (character) => `&#${character.charCodeAt(0)};`);

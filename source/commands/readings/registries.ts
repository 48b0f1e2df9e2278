import type { Finding } from '../../doctor/finding.ts';
import { judgeRegistry } from '../../doctor/registries.ts';
import type { Context } from '../context.ts';
import { registriesOf } from '../registries-of.ts';

/** Every registry of the user and the project; nothing where there is but the one that came with booty. */
export const lookAtRegistries = async (context: Context, project: string | undefined): Promise<readonly Finding[]> => {
  const { layers, overrides } = await registriesOf(context, project);
  const { freshnessText } = await import('../../trust/freshness-text.ts');
  const nowMs = context.ports.clock.nowMs();
  return layers
    .filter(({ kind }) => kind !== 'built-in')
    .map(({ name, place, error, freshness }) =>
      judgeRegistry({
        name,
        place,
        problem: error === null ? null : { found: error.message, fix: error.hint },
        age:
          freshness === null
            ? null
            : { text: freshnessText(freshness, nowMs), isExpired: freshness.expiresAtMs <= nowMs },
        overrides: overrides
          .filter(({ by }) => by === name)
          .map((one) => `${one.package} ${one.version} for ${one.platform}`),
      }),
    );
};

import { ageText } from './age.ts';
import type { Freshness } from './believe.ts';

/** How old a copy is, and what follows from it; without the name of the registry. */
export const freshnessText = (freshness: Freshness, nowMs: number): string => {
  const { fetchedAtMs, expiresAtMs, usedWhenExpired } = freshness;
  const age = `${ageText(nowMs - fetchedAtMs)} old`;
  if (expiresAtMs > nowMs) return `${age}, good for ${ageText(expiresAtMs - nowMs)}`;
  const so = usedWhenExpired
    ? 'what it knows is used all the same, as you chose'
    : 'new versions are not taken from it, what is installed or locked runs on';
  return `${age}, expired ${ageText(nowMs - expiresAtMs)} ago: ${so}`;
};

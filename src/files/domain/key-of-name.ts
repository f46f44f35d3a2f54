import { romanize } from 'es-hangul';

const LONGEST = 48;

/** A key that reads like the name: `환영 시리즈` becomes `hwannyeong-sirijeu`. A name without letters or digits gives the kind. */
export function keyOfName(name: string, kind: string): string {
  // Only what is Hangul: the library looks words up by their name, and a campaign may be called `constructor`.
  const latin = name.normalize('NFC').replaceAll(/[가-힣ㄱ-ㆎ]+/g, (hangul) => romanize(hangul)).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = latin.replaceAll(/[^a-z0-9]+/g, '-').slice(0, LONGEST).replaceAll(/^-+|-+$/g, '');
  return words === '' ? kind : words;
}

/** The first of `key`, `key-2`, `key-3` … that is free. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  if (!taken.has(key)) return key;
  for (let number = 2; ; number += 1) if (!taken.has(`${key}-${number}`)) return `${key}-${number}`;
}

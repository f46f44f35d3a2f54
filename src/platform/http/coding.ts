export const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

/** The smallest coding a client takes, from its Accept-Encoding (RFC 9110 12.5.3). What it does not name, it does not get. */
export function chooseCoding(accepted: string | undefined): Coding {
  const weights = new Map((accepted ?? '').slice(0, 1_000).toLowerCase().split(',').map((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return [name, weight === undefined ? 1 : Number(weight)] as const;
  }));
  return CODINGS.find((coding) => (weights.get(coding) ?? 0) > 0) ?? 'identity';
}

/** Does `If-None-Match` name this tag? Weakness does not matter (RFC 9110 13.1.2). */
export function isKnown(tag: string, ifNoneMatch: string | undefined): boolean {
  const known = (ifNoneMatch ?? '').slice(0, 1_000).split(',').map((one) => one.trim().replace(/^W\//, ''));
  return known.includes(tag) || known.includes('*');
}

/** Currencies that Stripe counts in whole units. Source: docs.stripe.com/currencies, "zero-decimal currencies". */
const WHOLE = new Set(['bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf']);
/** In thousandths. Source: the same page, "three-decimal currencies". */
const THOUSANDTHS = new Set(['bhd', 'jod', 'kwd', 'omr', 'tnd']);

/** By how many decimals an amount in the smallest unit is written: 0 of won and yen, 2 of most, 3 of dinars. */
export const currencyDigits = (currency: string): number => (WHOLE.has(currency.toLowerCase()) ? 0 : THOUSANDTHS.has(currency.toLowerCase()) ? 3 : 2);

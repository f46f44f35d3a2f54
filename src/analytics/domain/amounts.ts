/** The exact sum of decimals written as PostgreSQL writes a numeric; null when there is none. */
export function addAmounts(amounts: readonly (string | null)[]): string | null {
  const given = amounts.filter((amount) => amount !== null);
  if (given.length === 0) return null;
  const scale = Math.max(...given.map((amount) => (amount.split('.')[1] ?? '').length));
  const sum = given.reduce((total, amount) => total + scaled(amount, scale), 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${sum < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
}

function scaled(amount: string, scale: number): bigint {
  const [whole, fraction = ''] = amount.split('.');
  return BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
}

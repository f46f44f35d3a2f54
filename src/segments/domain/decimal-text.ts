/** A number as PostgreSQL writes one inside a JSON document: always in full, never with an exponent. */
export function decimalText(number: number): string {
  const [mantissa, exponent] = String(number).split('e') as [string, string?];
  if (exponent === undefined) return mantissa;
  const [, sign, whole, fraction] = /^(-?)(\d)(?:\.(\d+))?$/.exec(mantissa) as unknown as [string, string, string, string?];
  const digits = whole + (fraction ?? '');
  const point = 1 + Number(exponent);
  // JavaScript writes exponents from 1e21 up, where no digit is left behind the point, and from 1e-7 down.
  return point > 0 ? sign + digits.padEnd(point, '0') : `${sign}0.${'0'.repeat(-point)}${digits}`;
}

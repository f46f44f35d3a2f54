/** The eight groups of an IPv6 address, lower-case, without leading zeros; the address must be one. */
export function ipv6Groups(address: string): string[] {
  const [before = '', after = ''] = address.replace(/%.*$/, '').split('::') as [string, string?];
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [head, tail] = [groups(before), groups(after)];
  return [...head, ...Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0'), ...tail].map((group) => Number.parseInt(group, 16).toString(16));
}

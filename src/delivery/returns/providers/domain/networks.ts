import ipaddr from 'ipaddr.js';

/** A network or a single address in its shortest form; null when it is neither. */
export function networkFrom(text: string): string | null {
  try {
    if (!text.includes('/')) return ipaddr.process(text).toString();
    const [address, bits] = ipaddr.parseCIDR(text);
    return `${address.toString()}/${bits}`;
  } catch {
    return null;
  }
}

/** Whether an address lies in one of the networks. IPv4 written as IPv6 counts as IPv4. */
export function isInside(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const ip = ipaddr.process(address);
  return networks.some((network) => {
    const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.process(network), -1];
    return base.kind() === ip.kind() && ip.match(base, bits === -1 ? (ip.kind() === 'ipv4' ? 32 : 128) : bits);
  });
}

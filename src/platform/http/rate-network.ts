import { isIPv6 } from 'node:net';
import { ipv6Groups } from '../../kernel/ip-groups.js';

/** Who is counted as one when requests are counted by address: an address, or for IPv6 the network of one customer, who has 2^64 of them. */
export const rateNetworkOf = (address: string): string => (isIPv6(address) && !address.includes('.') ? ipv6Groups(address).slice(0, 4).join(':') : address);

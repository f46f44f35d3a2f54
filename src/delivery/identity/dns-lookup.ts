import { Injectable } from '@nestjs/common';
import { promises as dns } from 'node:dns';
import { Config } from '../../platform/config.js';
import type { Answers, DnsAnswer } from './domain/dns-findings.js';

/** One question waits so long for one server, and is asked twice. */
const TIMEOUT_MS = 2_000;
/** Everything asked about a domain must be answered within this. */
const ALL_MS = 8_000;
/** What a name without such a record answers. */
const ABSENT = new Set(['ENODATA', 'ENOTFOUND']);

/** Asks DNS: the system's servers, or those of DNS_SERVERS. */
@Injectable()
export class DnsLookup {
  constructor(private readonly config: Config) {}

  /** Asks everything at once. Never throws: a server that says nothing is an answer too. */
  async ask(questions: readonly { type: 'TXT' | 'MX'; name: string }[]): Promise<Answers> {
    const resolver = new dns.Resolver({ timeout: TIMEOUT_MS, tries: 2 });
    if (this.config.dnsServers.length > 0) resolver.setServers(this.config.dnsServers);
    const late = setTimeout(() => resolver.cancel(), ALL_MS);
    try {
      return new Map(await Promise.all(questions.map(async ({ type, name }): Promise<[string, DnsAnswer]> => [`${type} ${name}`, await answerTo(resolver, type, name)])));
    } finally {
      clearTimeout(late);
    }
  }
}

async function answerTo(resolver: dns.Resolver, type: 'TXT' | 'MX', name: string): Promise<DnsAnswer> {
  try {
    const values = type === 'TXT'
      ? (await resolver.resolveTxt(name)).map((strings) => strings.join(''))
      : (await resolver.resolveMx(name)).toSorted((one, other) => one.priority - other.priority).map(({ priority, exchange }) => `${priority} ${exchange}.`);
    return values.length > 0 ? { kind: 'found', values } : { kind: 'none' };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return ABSENT.has(code) ? { kind: 'none' } : { kind: 'silent', why: code };
  }
}

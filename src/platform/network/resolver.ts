import { Injectable } from '@nestjs/common';
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';

/** The network's directory. A class, so that it can be injected. */
@Injectable()
export class Resolver {
  /** All addresses of a name. Rejects when there is none. */
  resolve(name: string): Promise<LookupAddress[]> {
    return lookup(name, { all: true, verbatim: true });
  }
}

import type { Provider, Type } from '@nestjs/common';
import type { Worker } from './jobs/worker.js';

/** What a module of the house adds to the service: plain lists, assembled in `app.module.ts`. */
export interface ModuleParts {
  providers: Provider[];
  controllers: Type[];
  /** Queue consumers, run by processes of role `all` and `worker`. Also listed in `providers` by `app.module.ts`. */
  workers: Type<Worker>[];
}

/** A module made of several capabilities, each with its own list. */
export function joined(...parts: ModuleParts[]): ModuleParts {
  return { providers: parts.flatMap((part) => part.providers), controllers: parts.flatMap((part) => part.controllers), workers: parts.flatMap((part) => part.workers) };
}

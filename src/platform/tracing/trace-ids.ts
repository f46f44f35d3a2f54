import { createHash } from 'node:crypto';

/** The trace of an id: a UUID has as many bits as a trace id, so every process knows it without asking or keeping anything. */
export const traceOf = (uuid: string): string => uuid.replaceAll('-', '').toLowerCase();

/** The span of a step of something: the same from whichever process, so that the next step knows its parent. */
export const spanOf = (step: string, uuid: string): string => createHash('sha256').update(`${step}:${uuid}`).digest('hex').slice(0, 16);

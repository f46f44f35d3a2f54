import type { StreamFrame } from '../../../src/contract/visitor-wire.js';

/** What a line of the stream says: up to where it goes, when to come back, a frame. */
export function readLine(line: string): { id?: string; retry?: number; frame?: StreamFrame } {
  const [, name, value] = /^(\w+): (.+)/.exec(line) ?? [];
  return name === 'data' ? { frame: JSON.parse(value!) as StreamFrame } : name === 'retry' ? { retry: Number(value) } : name === 'id' ? { id: value } : {};
}

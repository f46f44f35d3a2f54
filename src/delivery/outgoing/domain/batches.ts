/** Segment takes batches to 500 kB (its HTTP API, "Batch"); room is left for what stands around the calls. */
const BATCH_BYTES = 480_000;
const MOST_CALLS = 100;

/** Parts that each fit into one batch, in their order. A call that is too large alone is one by itself. */
export function batchesOf<T extends { payload: object }>(events: readonly T[], bytes = BATCH_BYTES): T[][] {
  const batches: T[][] = [];
  let used = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event.payload)) + 1;
    const last = batches.at(-1);
    if (!last || used + size > bytes || last.length >= MOST_CALLS) { batches.push([event]); used = size; } else { last.push(event); used += size; }
  }
  return batches;
}

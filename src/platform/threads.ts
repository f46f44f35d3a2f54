import { Worker } from 'node:worker_threads';

/** What a thread needs besides to load its file; the tests run TypeScript, which Node cannot load by itself. */
let loading: readonly string[] = [];

/** Says with which flags of Node threads are started from now on. Only the tests need any. */
export function loadThreadsWith(flags: readonly string[]): void {
  loading = flags;
}

/**
 * Starts a thread of this process.
 * @param from  `import.meta.url` of whoever asks
 * @param name  the file beside it, without its ending: it is `.js` when built, and that of the asker while it is not
 * @param heapMb most memory of what it keeps; a thread that needs more ends with the error `ERR_WORKER_OUT_OF_MEMORY`, and the process goes on
 */
export function startThread(from: string, name: string, { data, heapMb }: { data: unknown; heapMb: number }): Worker {
  return new Worker(new URL(`./${name}${from.slice(from.lastIndexOf('.'))}`, from), { name, workerData: data, execArgv: [...loading], resourceLimits: { maxOldGenerationSizeMb: heapMb } });
}

/** Name of the worker that reads imported files, for whoever wakes it. */
export const IMPORT_WORKER = 'people.import';

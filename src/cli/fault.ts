/** Something to be told to whoever gave the command, in a sentence; anything else is a fault of ours. */
export class Fault extends Error {}

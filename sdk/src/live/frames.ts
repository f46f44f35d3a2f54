/** What a line of the stream says: `data` a frame, `id` up to where it goes, `retry` when to come back (ms). */
export const readLine = (line: string): string[] => /^(\w+): (.+)/.exec(line)?.slice(1) ?? [];

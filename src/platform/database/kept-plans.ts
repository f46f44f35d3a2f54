/** What a text of a statement begins with whose plan is kept: so that the same statement over many rows can be planned each time. */
const MARK = '/* plan kept */ ';

const names = new Map<string, string>();

/**
 * Has each connection parse and plan this statement once: of one that reads a few rows by index, planning costs several times what running it costs
 * (docs/measurements.md, claims). For texts that never change, of one person or key at a time: a kept plan knows nothing of how many values it
 * is given. Name the columns it answers: a plan does not outlive a change of their types.
 *
 * @returns the text to run, with `rows` and its like as ever
 */
export function keepPlan(sql: string): string {
  const text = MARK + sql.trim();
  if (!names.has(text)) names.set(text, `danbi_${names.size}`);
  return text;
}

/** The name under which a connection keeps the plan of this text; undefined when it does not. */
export const planName = (text: unknown): string | undefined => (typeof text === 'string' && text.startsWith(MARK) ? names.get(text) : undefined);

/** The same for a statement over any number of rows: its plan is kept for a single one. @returns the text to run for so many */
export function keepPlanForOne(sql: string): (count: number) => string {
  const kept = keepPlan(sql);
  return (count) => (count === 1 ? kept : sql);
}

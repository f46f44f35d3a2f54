/**
 * Does each on its own: one that fails does not keep the others from their turn. The first failure is thrown at the end, so
 * that it is logged and tried again.
 *
 * @returns the sum of what was done
 */
export async function eachApart<T>(ids: readonly T[], work: (id: T) => Promise<number>, finished: (done: number) => void): Promise<number> {
  const failures: unknown[] = [];
  let done = 0;
  for (const id of ids) {
    try {
      done += await work(id);
    } catch (error) {
      failures.push(error);
    }
  }
  finished(done);
  if (failures.length > 0) throw failures[0];
  return done;
}

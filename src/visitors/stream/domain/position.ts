const SHAPE = /^(\d{1,18}):(\d{1,18}):((?:\d{1,18})(?:,\d{1,18}){0,499})?$/;

/** Whether a text from outside is a snapshot that PostgreSQL reads without complaint. */
export function isPosition(text: string): boolean {
  const parts = SHAPE.exec(text);
  if (!parts) return false;
  const [least, most] = [BigInt(parts[1]!), BigInt(parts[2]!)];
  const running = (parts[3] ?? '').split(',').filter((each) => each !== '').map(BigInt);
  return least > 0n && least <= most && running.every((each, index) => each >= least && each < most && (index === 0 || each > running[index - 1]!));
}

/**
 * The lift of opens that is seen when a share of all messages is opened by machines in every arm alike, given what people
 * themselves do (section 5): a true 20 % shows as 3.3 % at half the mail. Null when nothing is opened in `a`.
 */
export function observedOpenLift({ machineShare, openA, openB }: { machineShare: number; openA: number; openB: number }): number | null {
  const seen = (open: number) => machineShare + (1 - machineShare) * open;
  return seen(openA) > 0 ? seen(openB) / seen(openA) - 1 : null;
}

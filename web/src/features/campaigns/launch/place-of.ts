/** Where in the editor a finding is: the card or step to open (`at` of its address), by the path the API gives. */
export function placeOf(given: object, path: string): string | undefined {
  const definition = given as { type: string; steps?: readonly { id?: string }[] | null };
  const [first = '', index] = path.split('.');
  if (definition.type === 'broadcast') return BROADCAST[first];
  if (first === 'steps') return definition.steps?.[Number(index)]?.id;
  return SERIES[first];
}

const BROADCAST: Record<string, string> = { segmentId: 'who', audience: 'who', exitRules: 'who', launchAt: 'when', localTime: 'when', message: 'message', goals: 'goals', pacing: 'pace', ramp: 'ramp', recheckAudience: 'ramp' };
const SERIES: Record<string, string> = { entry: '$entry', audience: '$entry', reentry: '$entry', start: '$entry', goals: '$goals', exitRules: '$exits', pacing: '$pace', ramp: '$pace' };

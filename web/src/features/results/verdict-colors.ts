import type { Api } from '../../lib/api.ts';

/** Colours that repeat what the word beside them says. */
export const VERDICT_COLORS: Record<Api<'ExperimentResult'>['verdict']['state'], string> = { collecting: 'gray', traffic_problem: 'red', not_enough_data: 'gray', winner: 'green', practically_same: 'gray', no_clear_winner: 'gray' };

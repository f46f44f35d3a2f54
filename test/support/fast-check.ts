import fc from 'fast-check';

/** CI sees the same worlds every time, so that what failed fails again; `DANBI_SEED=random` (nightly) looks for others, a number tells those of that seed. */
const SEED = process.env.DANBI_SEED ?? '8';
if (SEED !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(SEED) });

export default fc;

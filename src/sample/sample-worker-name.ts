export const SAMPLE_WORKER = 'sample.people';

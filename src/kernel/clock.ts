/** The only source of "now". Injected everywhere, so tests and simulation choose the time. */
export abstract class Clock {
  abstract now(): Date;
}

export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}

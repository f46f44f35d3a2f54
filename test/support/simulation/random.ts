/** Taken out once: a test runner gives each file its own global objects, and every look-up of one costs. */
const { imul, log, log1p, expm1, sqrt, cos } = Math;

/** A seeded generator (xoshiro128**, public domain by Blackman and Vigna) with the few distributions the simulations need. */
export class Random {
  private readonly state = new Uint32Array(4);

  constructor(seed: number) {
    // SplitMix32 spreads a small seed over the state.
    let mixed = seed >>> 0;
    for (let i = 0; i < 4; i += 1) {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let z = mixed;
      z = imul(z ^ (z >>> 16), 0x85ebca6b);
      z = imul(z ^ (z >>> 13), 0xc2b2ae35);
      this.state[i] = z ^ (z >>> 16);
    }
  }

  /** 32 random bits. */
  bits(): number {
    const s = this.state;
    const [a, b, c, d] = [s[0]!, s[1]!, s[2]!, s[3]!];
    const turned = imul(b, 5);
    const result = imul((turned << 7) | (turned >>> 25), 9) >>> 0;
    const e = c ^ a;
    const f = d ^ b;
    s[1] = b ^ e;
    s[0] = a ^ f;
    s[2] = e ^ (b << 9);
    s[3] = (f << 11) | (f >>> 21);
    return result;
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return (this.bits() + 0.5) / 4_294_967_296;
  }

  /**
   * How many of `n` independent trials succeed: a sum of Bernoulli draws, 32 at a time. Each trial compares its own uniform
   * number with `p` bit by bit, from the highest on, until they differ; most are decided after two bits.
   */
  binomial(n: number, p: number): number {
    let successes = 0;
    for (let left = n; left > 0; left -= 32) successes += ones(this.trials(left >= 32 ? 0xffffffff : (1 << left) - 1, p));
    return successes;
  }

  private trials(mask: number, p: number): number {
    let undecided = mask | 0;
    let won = 0;
    let rest = p;
    for (let bit = 0; undecided !== 0 && bit < 64; bit += 1) {
      rest *= 2;
      const random = this.bits() | 0;
      if (rest >= 1) {
        rest -= 1;
        won |= undecided & ~random;
        undecided &= random;
      } else undecided &= ~random;
    }
    return won;
  }

  /** `n` people on arms by their shares. */
  multinomial(n: number, shares: readonly number[]): number[] {
    let [left, mass] = [n, 1];
    return shares.map((share, i) => {
      const count = i === shares.length - 1 ? left : this.binomial(left, share / mass);
      left -= count;
      mass -= share;
      return count;
    });
  }

  /** Exponential with this mean, given that it is below `limit`. */
  exponentialBelow(limit: number, mean: number): number {
    return -mean * log1p(-this.uniform() * -expm1(-limit / mean));
  }

  /** Standard normal (Box and Muller). */
  normal(): number {
    return sqrt(-2 * log(this.uniform())) * cos(2 * Math.PI * this.uniform());
  }
}

function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

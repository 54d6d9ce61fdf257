/** The standard normal distribution. */

export const normalPdf = (t: number) => Math.exp(-0.5 * t * t) * 0.3989422804014327;

/** The distribution function; absolute error below 7.5e-8 (Abramowitz and Stegun 26.2.17). */
export const normalCdf = (t: number): number => cdfFrom(t, normalPdf(t));

/** The same where the density at `t` is known: half of the time. */
export function cdfFrom(t: number, density: number): number {
  const k = 1 / (1 + 0.2316419 * Math.abs(t));
  const tail =
    density *
    k *
    (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  return t > 0 ? 1 - tail : tail;
}

/** Its inverse for 0 < p < 1; absolute error below 4.5e-4 (Abramowitz and Stegun 26.2.23). */
export function normalQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const size =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -size : size;
}

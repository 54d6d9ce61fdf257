/** Numbers as people read them, with their units. */

/** Three significant digits without an exponent: 0.00123, 1.23, 123, 1230. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  // Decimals of the rounded value: 0.9999 is 1.00, not 1.000.
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return value.toFixed(Math.min(decimals, 12));
}

/** 4134606 as `4.13 M`. */
export function formatCount(value: number): string {
  const scales = [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const;
  for (const [scale, unit] of scales) {
    // 999,999 rounds to `1.00 M`, not to `1000 k`.
    if (Math.abs(value) >= scale * 0.9995) return `${significant(value / scale)} ${unit}`;
  }
  return Number.isInteger(value) ? String(value) : significant(value);
}

/** Bytes in powers of ten: `1.25 MB`. */
export function formatBytes(bytes: number): string {
  const text = formatCount(bytes);
  return /[kMG]$/.test(text) ? `${text}B` : `${text} B`;
}

/** A latency in milliseconds: `12.3 ms`. */
export function formatMs(ms: number): string {
  return `${significant(ms)} ms`;
}

/** A share as percent with one decimal: `71.2 %`. */
export function formatPercent(share: number, decimals = 1): string {
  return `${(share * 100).toFixed(decimals)} %`;
}

/** A duration: `8.3 s`, `3 min 12 s`, `1 h 02 min`, `2 d 3 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'unknown';
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Seconds from `90`, `90s`, `15min`, `2h`, `1d`; undefined for what is not a duration above 0. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(s|m|min|h|d)?$/.exec(text.trim());
  const seconds = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 }[match?.[2] ?? 's'] ?? 1;
  const value = Number(match?.[1]) * seconds;
  return value > 0 ? value : undefined;
}

/** A whole number with thousands apart: `4,134,606`. */
export function formatInteger(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

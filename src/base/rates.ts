/** Rates and times of networks as people write them. */

const perMbps: Readonly<Record<string, number>> = { kbps: 1e-3, mbps: 1, gbps: 1e3 };

/** Megabits a second from `20Mbps`, `500kbps`, `1Gbps`, `20` or 20; undefined for what is no bandwidth. */
export function parseBandwidth(text: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kMG]bps)?$/i.exec(String(text).trim());
  const value = Number(match?.[1]) * (perMbps[(match?.[2] ?? 'Mbps').toLowerCase()] ?? Number.NaN);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

/** Milliseconds from `30ms`, `0.1s`, `30` or 30; undefined for what is no time. */
export function parseMilliseconds(text: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s)?$/i.exec(String(text).trim());
  const value = Number(match?.[1]) * (match?.[2]?.toLowerCase() === 's' ? 1000 : 1);
  return value >= 0 && Number.isFinite(value) ? value : undefined;
}

/** The report: a page with plots about one run, or about several side by side. Loads Vega and sharp when it draws. */
export { type ReportOptions, type WrittenReport, writeReport } from './write.js';

import type { AgreementPoint } from './plots/agreement-plot.js';

/** A profile's predicted over measured latencies as the text of an SVG file. Loads Vega. */
export async function agreementSvg(
  profile: string,
  subtitle: string,
  points: readonly AgreementPoint[],
): Promise<string> {
  const { agreementPlot } = await import('./plots/agreement-plot.js');
  const { renderSvg } = await import('./plots/render.js');
  return renderSvg(agreementPlot(profile, subtitle, points));
}

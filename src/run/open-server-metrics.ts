import { nowUs } from '../engine/clock.ts'
import { openServerMetrics, type ServerMetrics } from '../observe/server-metrics.ts'
import type { Target } from '../plan/plan.ts'
import { redactUrl } from '../plan/target-url.ts'

/** The page that `--server-metrics` names, read once; null without the option. @throws RunError when it tells nothing */
export async function openMetricsOf({ serverMetrics: url, tls }: Target): Promise<ServerMetrics | null> {
  return url === null ? null : openServerMetrics({ url, shownUrl: redactUrl(url), tls, nowUs })
}

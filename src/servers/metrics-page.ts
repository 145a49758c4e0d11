/** `/metrics` of the demo servers: what `--server-metrics` reads, as Prometheus text. */
import cluster from 'node:cluster'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { availableParallelism } from 'node:os'

export function asksForMetrics({ method, url = '/' }: IncomingMessage): boolean {
  return method === 'GET' && /^\/metrics(?:\?|$)/.test(url)
}

/** Sends the process's memory and CPU; 404 from one of several processes, which knows nothing of the others. */
export function sendMetrics(http: Server, response: ServerResponse): void {
  if (cluster.isWorker) {
    send(response, 404, 'text/plain; charset=utf-8', 'one of several processes: no metrics of all\n')
    return
  }
  http.getConnections((_, connections) => {
    send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', renderMetrics(connections))
  })
}

function renderMetrics(connections: number): string {
  const { user, system } = process.cpuUsage()
  return [
    ...describe('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss()),
    ...describe('process_cpu_seconds_total', 'counter', 'User and system time.', (user + system) / 1e6),
    ...describe('process_start_time_seconds', 'gauge', 'Unix time of the start.', START_SEC),
    ...describe('system_cpu_count', 'gauge', 'Cores this process may use.', availableParallelism()),
    ...describe('stress_connections_open', 'gauge', 'Connections, with the one that asks.', connections),
    '',
  ].join('\n')
}

const START_SEC = Math.round(Date.now() / 1000 - process.uptime())

function describe(name: string, type: 'counter' | 'gauge', help: string, value: number): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`]
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text)
}

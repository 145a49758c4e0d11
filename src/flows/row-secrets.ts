import type { DataRow } from '../plan/plan.ts'

/** Columns of data that are not for reports. */
const SECRET_COLUMN = /pass|secret|token|key|auth|pin|session|cookie|credential/i

export function listRowSecrets(row: DataRow): string[] {
  return Object.entries(row)
    .filter(([name]) => SECRET_COLUMN.test(name))
    .map(([, value]) => String(value))
}

/** What `--debug` sees of a flow. */
export interface FlowTrace {
  event(client: number, text: string): void
  sent(client: number, opcode: number, payload: Uint8Array): void
  received(client: number, opcode: number, payload: Uint8Array): void
  step(client: number, name: string, what: 'begin' | 'end' | 'fail', tookUs: number): void
}

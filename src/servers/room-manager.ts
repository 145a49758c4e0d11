/** Who is in which room, as the documents' room manager has it; an empty room is gone. */
export class RoomManager<Member> {
  readonly #rooms = new Map<string, Map<Member, string>>()
  readonly #roomsOf = new Map<Member, Set<string>>()

  /** Rooms that have members. */
  get roomCount(): number {
    return this.#rooms.size
  }

  /** Members that are in at least one room. */
  get memberCount(): number {
    return this.#roomsOf.size
  }

  /** Makes the room when it is missing; joining again changes the name. */
  join(room: string, member: Member, username: string): void {
    const members = this.#rooms.get(room) ?? new Map<Member, string>()
    this.#rooms.set(room, members.set(member, username))
    this.#roomsOf.set(member, (this.#roomsOf.get(member) ?? new Set()).add(room))
  }

  /** False when the member was not in that room. */
  leave(room: string, member: Member): boolean {
    const members = this.#rooms.get(room)
    const rooms = this.#roomsOf.get(member)
    if (members === undefined || !members.delete(member)) return false
    if (members.size === 0) this.#rooms.delete(room)
    rooms?.delete(room)
    if (rooms?.size === 0) this.#roomsOf.delete(member)
    return true
  }

  leaveAll(member: Member): void {
    for (const room of [...(this.#roomsOf.get(member) ?? [])]) this.leave(room, member)
  }

  /** The member's name in that room; null when it is not in it. */
  nameIn(room: string, member: Member): string | null {
    return this.#rooms.get(room)?.get(member) ?? null
  }

  membersOf(room: string): Iterable<Member> {
    return this.#rooms.get(room)?.keys() ?? []
  }

  /** Members of other rooms that are not in this one. */
  strangersTo(room: string): Member[] {
    const members = this.#rooms.get(room)
    return [...this.#roomsOf.keys()].filter((member) => members?.has(member) !== true)
  }
}

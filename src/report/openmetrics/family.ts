/** A metric with its samples, as Prometheus and OpenMetrics have it. */
export interface Family {
  /** With the unit at its end, and without `_total`. */
  readonly name: string
  readonly type: 'gauge' | 'counter' | 'summary'
  /** Base units only; empty: it has none. */
  readonly unit: 'seconds' | 'bytes' | 'ratio' | ''
  readonly help: string
  readonly samples: readonly Sample[]
}

export interface Sample {
  /** Behind the family's name: `_count`, `_sum`; a counter's `_total` comes by itself. */
  readonly suffix: '' | '_count' | '_sum'
  readonly labels: Labels
  readonly value: number
}

export type Labels = Readonly<Record<string, string>>

/** A sample of something measured; what was not measured has none. */
export function sampleOf(value: number | null, labels: Labels, suffix: Sample['suffix'] = ''): Sample[] {
  return value === null || !Number.isFinite(value) ? [] : [{ suffix, labels, value }]
}

/** A sample for each of the states, 1 for the one that is. */
export function samplesOfState(states: readonly string[], state: string, labels: Labels): Sample[] {
  return states.map((one) => ({
    suffix: '',
    labels: { ...labels, state: one },
    value: one === state ? 1 : 0,
  }))
}

/** Families of one name are one, in the order of the first, and no sample is there twice: else a file is not read at all. */
export function mergeFamilies(families: readonly Family[]): Family[] {
  const merged = new Map<string, { family: Family; samples: Map<string, Sample> }>()
  for (const family of families) {
    const known = merged.get(family.name) ?? { family, samples: new Map<string, Sample>() }
    merged.set(family.name, known)
    for (const sample of family.samples) {
      const key = JSON.stringify([sample.suffix, sample.labels])
      if (!known.samples.has(key)) known.samples.set(key, sample)
    }
  }
  return [...merged.values()]
    .map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }))
    .filter(({ samples }) => samples.length > 0)
}

/**
 * JUnit XML for the test views of Jenkins, GitLab and GitHub. The shape is what both the schema of Jenkins' xUnit plugin
 * and the stricter one of Ant's reports take: no attributes on testsuites, no output inside a case.
 */
import { createRequire } from 'node:module'
import type { RunResult } from '../result/run-result.ts'
import { type Case, listSuites, type Problem, type Suite } from './junit-suites.ts'
import { toXmlLine, toXmlText } from './xml-text.ts'

const load = createRequire(import.meta.url)

export function renderJunit(result: RunResult): string {
  // 28 ms to load, so only for those who want it.
  const { XMLBuilder } = load('fast-xml-parser') as typeof import('fast-xml-parser')
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    format: true,
    suppressEmptyNode: true,
    // Or the value "true" would be left out, which no reader of XML takes.
    suppressBooleanAttributes: false,
  })
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: {
      testsuite: listSuites(result).map((suite, index) => toElement(suite, index, result)),
    },
  })
}

function toElement(suite: Suite, index: number, result: RunResult): Record<string, unknown> {
  const { name, cases, seconds, output } = suite
  const count = (kind: Problem['kind']) => cases.filter(({ problem }) => problem?.kind === kind).length
  return {
    '@_name': toXmlLine(name),
    '@_package': toXmlLine(result.tool.name),
    '@_id': index,
    '@_timestamp': result.startedAt.replace(/(?:\.\d+)?Z$/, ''),
    '@_hostname': 'localhost',
    '@_tests': cases.length,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_skipped': 0,
    '@_time': seconds.toFixed(3),
    properties: { property: listProperties(result) },
    // The whole time stands with the first case: what the others need is not worth a figure, and readers add them up.
    testcase: cases.map((one, place) =>
      toCase(one, `${result.tool.name}.${name}`, place === 0 ? seconds : 0),
    ),
    'system-out': toXmlText(output.join('\n')),
    'system-err': '',
  }
}

function toCase({ name, problem }: Case, classname: string, seconds: number): Record<string, unknown> {
  return {
    '@_classname': toXmlLine(classname),
    '@_name': toXmlLine(name),
    '@_time': seconds.toFixed(3),
    ...(problem === null
      ? {}
      : {
          [problem.kind]: {
            '@_type': problem.type,
            '@_message': toXmlLine(problem.message),
            '#text': toXmlText(problem.text),
          },
        }),
  }
}

/** The summary and where it ran; what was not measured is left out. */
function listProperties({
  tool,
  target,
  environment,
  status,
  exitCode,
  summary,
}: RunResult): Record<string, unknown>[] {
  const { node, os, cpuModel } = environment
  const all = {
    tool: `${tool.name} ${tool.version}`,
    target: target.url,
    node,
    os,
    cpuModel,
    status,
    exitCode,
    ...summary,
  }
  return Object.entries(all)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => ({ '@_name': name, '@_value': toXmlLine(String(value)) }))
}

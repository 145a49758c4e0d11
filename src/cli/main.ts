/** From arguments to exit code: the whole program in one page. */
import { EXIT, formatMistake, RunError, UsageError } from '../errors.ts'
import { escapeControls } from '../plan/escape-controls.ts'
import { writeText } from '../report/write.ts'
import { TOOL } from '../result/tool.ts'
import { renderHelp, renderTopic } from './help.ts'
import { parseCommandLine } from './parse-arguments.ts'
import { listenForSignals } from './signals.ts'

/** Runs one command line; returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const { stdout, stderr, env } = process
  const signals = listenForSignals(process)
  for (const stream of [stdout, stderr]) stream.on('error', ignoreGoneReader)
  try {
    const commandLine = parseCommandLine(argv, env)
    switch (commandLine.command) {
      case 'help':
        await writeText(stdout, commandLine.topic === null ? renderHelp() : renderTopic(commandLine.topic))
        return EXIT.passed
      case 'version':
        await writeText(stdout, `${TOOL.name} ${TOOL.version}\n`)
        return EXIT.passed
      case 'completion': {
        const { renderCompletionScript } = await import('./completion-script.ts')
        await writeText(stdout, renderCompletionScript(commandLine.shell))
        return EXIT.passed
      }
      case 'serve': {
        // Loaded here: a run has no use for the servers' packages.
        const { serve } = await import('./serve.ts')
        await serve(commandLine, { stdout, signal: signals.signal })
        return EXIT.passed
      }
      case 'client': {
        const { runClient } = await import('./client.ts')
        return await runClient(commandLine, { stdin: process.stdin, stdout, stderr, signals })
      }
      case 'watch': {
        const { runWatch } = await import('./client.ts')
        return await runWatch(commandLine, { stdout, signals })
      }
      case 'verify': {
        const { verify } = await import('./verify.ts')
        return await verify(commandLine, { stdout, signals })
      }
      case 'import': {
        const { importHar } = await import('./import.ts')
        await importHar(commandLine, stdout)
        return EXIT.passed
      }
      case 'doctor': {
        const { runDoctor } = await import('./doctor.ts')
        return await runDoctor(commandLine, { stdout, stderr, env, signals })
      }
      case 'report': {
        const { runReport } = await import('./report.ts')
        return await runReport(commandLine, { stdin: process.stdin, stdout, signals })
      }
      case 'compare': {
        const { compareFiles } = await import('./compare.ts')
        return await compareFiles(commandLine, { stdin: process.stdin, stdout, stderr, env, signals })
      }
      case 'compare-servers': {
        const { compareServers } = await import('./compare-servers.ts')
        return await compareServers(commandLine, { process, signals })
      }
      case 'run':
        // And a server has none for what makes and measures load.
        return await (await import('./run.ts')).runCommand(commandLine, signals)
    }
  } catch (error) {
    if (error instanceof UsageError) {
      const count = error.mistakes.length
      const head = `${count === 1 ? 'a mistake' : `${count} mistakes`} in the command line or scenario; nothing was started\n`
      const lines = error.mistakes.map((mistake) => escapeControls(formatMistake(mistake)))
      await writeText(stderr, `${head}${lines.join('\n')}\n`)
      return EXIT.usage
    }
    if (error instanceof RunError) {
      await writeText(stderr, `stress: ${error.message}\n`)
      return signals.exitCode() ?? EXIT.unreachable
    }
    if (error instanceof Error && 'syscall' in error) {
      await writeText(stderr, `stress: cannot write: ${error.message}\n`)
      return EXIT.bug
    }
    await writeText(
      stderr,
      `stress: unexpected error (a bug, please report it)\n${error instanceof Error ? error.stack : String(error)}\n`,
    )
    return EXIT.bug
  } finally {
    signals.stop()
  }
}

/** With `| head` what is left is not printed, but the run and its files go on; other errors come to who writes, too. */
function ignoreGoneReader(): void {}

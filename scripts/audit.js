// `npm run audit`: known faults of the packages that run, from the registry's advisories. High and critical ones fail. A
// registry that cannot be reached is said so, and fails only with --strict, since CI also runs without a network.
import { spawnSync } from 'node:child_process'
import process from 'node:process'

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', shell: false })
const told = parse(stdout)
const counts = told?.metadata?.vulnerabilities

if (counts === undefined) {
  const reason = told?.message ?? told?.error?.summary ?? stderr.trim().split('\n')[0] ?? ''
  process.stdout.write(`NOT AUDITED: the registry gave no advisories (${reason})\n`)
  process.exitCode = process.argv.includes('--strict') ? 1 : 0
} else {
  const bad = counts.high + counts.critical
  for (const { name, severity, via } of Object.values(told.vulnerabilities)) {
    const titles = via.flatMap((one) => (typeof one === 'string' ? [] : [`${one.title} ${one.url}`]))
    process.stdout.write(`${severity}: ${name} ${titles.join('; ')}\n`)
  }
  process.stdout.write(
    `audited ${told.metadata.dependencies.prod} packages: ${bad} high or critical, ${counts.total} in all\n`,
  )
  process.exitCode = bad > 0 ? 1 : 0
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

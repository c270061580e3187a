import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseConfig } from '../../src/config.ts'
import { shutdownMs } from '../../src/serve.ts'
import { documentsOf, settingNames, yamlOf } from './files.ts'

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; labels?: Record<string, string> }
  data?: Record<string, string>
  stringData?: Record<string, string>
  spec?: Record<string, unknown>
}
interface Container {
  image: string
  args: string[]
  env?: { name: string; value: string }[]
  envFrom: { configMapRef?: { name: string }; secretRef?: { name: string } }[]
  ports?: { name: string; containerPort: number }[]
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
  resources: { requests: object; limits: { memory: string; cpu?: string } }
  securityContext: object
  startupProbe?: Probe
  livenessProbe?: Probe
  readinessProbe?: Probe & { periodSeconds: number; timeoutSeconds: number }
}
interface Probe {
  httpGet: { path: string; port: string }
}
interface Pod {
  securityContext: object
  terminationGracePeriodSeconds?: number
  automountServiceAccountToken: boolean
  containers: Container[]
  volumes?: { name: string; secret?: { secretName: string }; persistentVolumeClaim?: { claimName: string } }[]
}

const require = createRequire(import.meta.url)
const folder = 'deploy/kubernetes'
const files = readdirSync(join(import.meta.dirname, '../..', folder), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('kustomization.yaml'))
  .map((file) => join(folder, file))
const manifests = files.flatMap((file) => documentsOf<Manifest>(file))
const named = (kind: string, name: string) => manifests.find((one) => one.kind === kind && one.metadata.name === name)!
const podOf = (kind: string, name: string) =>
  (named(kind, name).spec as { template: { metadata: { labels: object }; spec: Pod } }).template
const pods = [podOf('Deployment', 'serve'), podOf('Deployment', 'jobs'), podOf('Job', 'migrate')]
const settings = named('ConfigMap', 'xinjian-settings').data ?? {}

it('is valid, each by the schema of its kind (Kubernetes 1.31, Prometheus Operator)', () => {
  expect(manifests.length).toBeGreaterThan(15)
  for (const manifest of manifests) {
    const models = manifest.apiVersion.startsWith('monitoring.')
      ? '@kubernetes-models/prometheus-operator'
      : 'kubernetes-models'
    const kinds = require(`${models}/${manifest.apiVersion}`) as Record<
      string,
      new (data: Manifest) => { validate(): void }
    >
    const Model = kinds[manifest.kind]
    expect(Model, `${manifest.apiVersion} ${manifest.kind}`).toBeDefined()
    expect(() => new Model!(manifest).validate(), `${manifest.kind} ${manifest.metadata.name}`).not.toThrow()
  }
})

it('would be found invalid with a value that is none', () => {
  const { Deployment } = require('kubernetes-models/apps/v1') as {
    Deployment: new (data: object) => { validate(): void }
  }
  const serve = structuredClone(named('Deployment', 'serve')) as unknown as { spec: Record<string, unknown> }
  serve.spec['revisionHistoryLimit'] = 'five'
  expect(() => new Deployment(serve).validate()).toThrow('must be integer')
})

it('is named by the kustomizations, all but the example of the secrets', () => {
  const listed = ['', 'migrate/'].flatMap((under) =>
    (yamlOf(`${folder}/${under}kustomization.yaml`) as { resources: string[] }).resources.map((file) =>
      join(folder, under, file),
    ),
  )
  expect([...listed, `${folder}/secrets.example.yaml`].sort()).toEqual([...files].sort())
})

it('gives processes settings that the service knows and can read', () => {
  for (const name of Object.keys(settings)) expect(settingNames.has(name), name).toBe(true)
  for (const secret of ['xinjian-serve', 'xinjian-migrate']) {
    for (const name of Object.keys(named('Secret', secret).stringData ?? {}))
      expect(settingNames.has(name), name).toBe(true)
  }
  for (const { spec } of pods) {
    for (const { name } of spec.containers[0]?.env ?? []) expect(settingNames.has(name), name).toBe(true)
  }
  const secrets = { DATABASE_URL: 'postgres://xinjian_serve:x@postgres.example:5432/xinjian' }
  expect(parseConfig({ ...settings, ...secrets })).toMatchObject({ PORT: 3000, SHUTDOWN_DELAY_MS: 10_000 })
})

it('has what its pods ask for', () => {
  for (const { spec } of pods) {
    const [container] = spec.containers
    for (const { configMapRef, secretRef } of container!.envFrom) {
      if (configMapRef) expect(named('ConfigMap', configMapRef.name)).toBeDefined()
      if (secretRef) expect(named('Secret', secretRef.name)).toBeDefined()
    }
    const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]))
    for (const { name } of container!.volumeMounts ?? []) expect(volumes.has(name), name).toBe(true)
    for (const { secret, persistentVolumeClaim } of volumes.values()) {
      if (secret) expect(named('Secret', secret.secretName)).toBeDefined()
      if (persistentVolumeClaim) expect(named('PersistentVolumeClaim', persistentVolumeClaim.claimName)).toBeDefined()
    }
  }
  // The key file and the snapshots lie where volumes are.
  const mounts = pods[0]!.spec.containers[0]!.volumeMounts!.map(({ mountPath }) => mountPath)
  expect(mounts).toContain(settings['SNAPSHOT_DIR'])
  expect(mounts.some((path) => settings['SIGNING_KEY_FILE']?.startsWith(`${path}/`))).toBe(true)
})

it('runs nothing as root, nothing that can write to its image, nothing with a token of the cluster', () => {
  for (const { spec } of pods) {
    expect(spec.securityContext).toMatchObject({
      ...{ runAsNonRoot: true, runAsUser: 10_001 },
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(spec.automountServiceAccountToken).toBe(false)
    for (const { securityContext, resources } of spec.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
      expect(resources.limits.memory).toMatch(/^\d+Gi$/)
      expect(resources.limits.cpu).toBeUndefined()
    }
  }
})

it('asks /livez and /readyz at the port that is served, and lets a process stop in its own time', () => {
  const { spec } = pods[0]!
  const [container] = spec.containers
  expect(container!.ports).toEqual([{ name: 'http', containerPort: Number(settings['PORT']) }])
  expect(container!.livenessProbe?.httpGet).toEqual({ path: '/livez', port: 'http' })
  expect(container!.startupProbe?.httpGet).toEqual({ path: '/livez', port: 'http' })
  expect(container!.readinessProbe?.httpGet).toEqual({ path: '/readyz', port: 'http' })
  // The checks wait for two seconds; who is about to stop serves on for two probes.
  expect(container!.readinessProbe!.timeoutSeconds).toBeGreaterThan(2)
  const delay = Number(settings['SHUTDOWN_DELAY_MS'])
  expect(delay).toBeGreaterThanOrEqual(2000 * container!.readinessProbe!.periodSeconds)
  for (const pod of pods.slice(0, 2)) {
    expect(1000 * pod.spec.terminationGracePeriodSeconds!).toBeGreaterThan(delay + shutdownMs)
  }
})

it('serves by two processes at least, of which one may be taken away, migrates by the owner alone', () => {
  expect(named('HorizontalPodAutoscaler', 'serve').spec).toMatchObject({
    minReplicas: 2,
    scaleTargetRef: { name: 'serve' },
  })
  expect(named('PodDisruptionBudget', 'serve').spec).toMatchObject({ maxUnavailable: 1 })
  const labels = pods[0]!.metadata.labels
  for (const [kind, name] of [
    ['PodDisruptionBudget', 'serve'],
    ['Deployment', 'serve'],
  ] as const) {
    expect((named(kind, name).spec as { selector: { matchLabels: object } }).selector.matchLabels).toEqual(labels)
  }
  expect((named('Service', 'serve').spec as { selector: object }).selector).toEqual(labels)
  const from = pods.map(({ spec }) => spec.containers[0]!.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []))
  expect(from).toEqual([['xinjian-serve'], ['xinjian-serve'], ['xinjian-migrate']])
  const modes = pods.map(({ spec }) => spec.containers[0]!.env?.find(({ name }) => name === 'JOBS')?.value)
  expect(modes).toEqual(['off', 'only', undefined])
})

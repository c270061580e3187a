import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { shutdownMs } from '../../src/serve.ts'
import { parseConfig } from '../../src/config.ts'
import { settingNames, textOf, yamlOf } from './files.ts'

interface Service {
  image: string
  build?: string
  environment?: Record<string, string>
  volumes?: string[]
  networks?: string[]
  depends_on?: Record<string, { condition: string }>
  ports?: string[]
  secrets?: string[]
  healthcheck?: { disable?: boolean; test?: string[] }
  read_only?: boolean
  cap_drop?: string[]
  stop_grace_period?: string
}
interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } } | null>
  volumes: Record<string, null>
  secrets: Record<string, { environment: string }>
}

const { services, networks, volumes, secrets } = yamlOf('compose.yaml') as Compose
const ours = Object.entries(services).filter(([, { build }]) => build !== undefined)
const environmentOf = (name: string) => services[name]?.environment ?? {}

it('gives our processes settings that the service knows and can read', () => {
  expect(ours.map(([name]) => name).sort()).toEqual(['app-1', 'app-2', 'jobs', 'migrate'])
  for (const [name] of ours) {
    const environment = environmentOf(name)
    for (const setting of Object.keys(environment)) expect(settingNames.has(setting), setting).toBe(true)
    const filled = Object.entries(environment).map(([setting, value]) => [
      setting,
      setting === 'PUBLIC_URL'
        ? 'https://credit.example'
        : value.replace(/\$\{[^}]*-\}/g, '').replace(/\$\{[^}]*\}/g, 'x'),
    ])
    const config = parseConfig(Object.fromEntries(filled) as Record<string, string>)
    expect(config.JOBS).toBe(name === 'jobs' ? 'only' : name.startsWith('app') ? 'off' : 'on')
  }
})

it('serves as the role that serves, and migrates as the owner, once, before anything else starts', () => {
  for (const [name] of ours) {
    expect(environmentOf(name)['DATABASE_URL']).toMatch(name === 'migrate' ? /xinjian_migrate:/ : /xinjian_serve:/)
    if (name !== 'migrate') {
      expect(services[name]?.depends_on?.['migrate']).toEqual({ condition: 'service_completed_successfully' })
    }
  }
  const roles = [...textOf('deploy/postgres/init.sh').matchAll(/^CREATE ROLE (\w+) LOGIN/gm)].map(([, role]) => role)
  expect(roles).toEqual(['xinjian_migrate', 'xinjian_serve', 'xinjian_read'])
})

it('mounts what is there, names what is declared, and asks for every variable that has no default', () => {
  const example = new Set(
    [...textOf('deploy/compose/.env.example').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name]) => name),
  )
  for (const [name, service] of Object.entries(services)) {
    expect(service.image, name).toMatch(/:[\w$]/)
    for (const volume of service.volumes ?? []) {
      const [source = ''] = volume.split(':')
      if (source.startsWith('.')) expect(existsSync(join(import.meta.dirname, '../..', source)), source).toBe(true)
      else expect(Object.keys(volumes)).toContain(source)
    }
    for (const network of service.networks ?? []) expect(Object.keys(networks)).toContain(network)
    for (const secret of service.secrets ?? []) expect(Object.keys(secrets)).toContain(secret)
    for (const other of Object.keys(service.depends_on ?? {})) expect(Object.keys(services)).toContain(other)
  }
  const asked = [...textOf('compose.yaml').matchAll(/(?<!\$)\$\{(\w+):\?/g)].map(([, name]) => name)
  const needed = [...asked, ...Object.values(secrets).map(({ environment }) => environment)]
  for (const name of needed) expect(example.has(name), name).toBe(true)
})

it('opens nothing but nginx, keeps every process of ours from writing to its image, and checks every server', () => {
  expect(
    Object.entries(services)
      .filter(([, { ports }]) => ports)
      .map(([name]) => name),
  ).toEqual(['nginx'])
  expect(networks['back']?.internal).toBe(true)
  for (const [name, { read_only, cap_drop }] of [...ours, ['nginx', services['nginx']!] as const]) {
    expect([name, read_only, cap_drop]).toEqual([name, true, ['ALL']])
  }
  for (const [name, { healthcheck }] of Object.entries(services)) {
    const isChecked = healthcheck === undefined ? name.startsWith('app') : healthcheck.test !== undefined
    expect([name, isChecked]).toEqual([name, !['migrate', 'jobs'].includes(name)])
  }
})

it('lets a process stop in its own time, and believes the network of nginx alone', () => {
  for (const name of ['app-1', 'app-2', 'jobs']) {
    const seconds = Number(/^(\d+)s$/.exec(services[name]?.stop_grace_period ?? '')?.[1])
    expect(seconds * 1000).toBeGreaterThan(Number(environmentOf(name)['SHUTDOWN_DELAY_MS']) + shutdownMs)
    expect(environmentOf(name)['TRUSTED_PROXIES']).toBe(networks['front']?.ipam?.config[0]?.subnet)
  }
  for (const name of ['app-1', 'app-2']) {
    expect(textOf('deploy/nginx/nginx.conf')).toContain(`server ${name}:${environmentOf(name)['PORT']} `)
  }
})

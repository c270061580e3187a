import { describe, expect, it } from 'vitest'
import { describeConfig, parseConfig } from '../../src/config.ts'

it('has a sensible value for everything that is not set, and takes an empty value for not set', () => {
  const defaults = parseConfig({})
  expect(defaults).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', JOBS: 'on', LOG_LEVEL: 'info' })
  expect(parseConfig({ PORT: '', DATABASE_URL: '' })).toEqual(defaults)
})

it('leaves the rest of the environment alone', () => {
  expect(parseConfig({ HOME: '/root', PORT: '8080' }).PORT).toBe(8080)
})

it('tells every wrong setting at once, in one line, without repeating a secret', () => {
  const parse = () =>
    parseConfig({ PORT: 'abc', LOG_LEVEL: 'loud', JOBS: 'maybe', DATABASE_URL: 'mysql://user:hunter2@db' })
  expect(parse).toThrow(/DATABASE_URL: .*PORT: .*LOG_LEVEL: .*JOBS: /)
  expect(parse).not.toThrow(/hunter2/)
  expect(parse).not.toThrow(/\n/)
})

it.each(['-1', '65536', '1.5'])('refuses the port %s', (PORT) => {
  expect(() => parseConfig({ PORT })).toThrow(/^PORT: /)
})

it.each([
  'https://user:hunter2@source.example',
  'https://source.example/api?token=hunter2',
  'https://source.example/#x',
])('takes %s for no base of a source, since it would be printed or broken by what is appended', (url) => {
  const parse = () => parseConfig({ SOURCE_ANNUAL_REPORTS_URL: url })
  expect(parse).toThrow(/^SOURCE_ANNUAL_REPORTS_URL: /)
  expect(parse).not.toThrow(/hunter2/)
})

describe('describing the settings', () => {
  it('prints each with its meaning, and of a secret only that it is set', () => {
    const described = describeConfig(parseConfig({ DATABASE_URL: 'postgres://user:hunter2@db/x' }))
    expect(described.find((setting) => setting.name === 'DATABASE_URL')?.value).toBe('(set)')
    expect(JSON.stringify(described)).not.toContain('hunter2')
    expect(described.every((setting) => setting.description.length > 10)).toBe(true)
  })
})

it('takes several NATS servers, never prints their password, and refuses what is none', () => {
  const NATS_URL = 'nats://user:hunter2@one:4222, nats://two:4222'
  expect(JSON.stringify(describeConfig(parseConfig({ NATS_URL })))).not.toContain('hunter2')
  for (const bad of ['localhost:4222', 'http://one:4222', 'nats://', 'nats://one,two']) {
    expect(() => parseConfig({ NATS_URL: bad })).toThrow(/^NATS_URL: /)
  }
})

it('takes addresses and networks, each in its one written form, and refuses the list for one that is none', () => {
  for (const name of ['TRUSTED_PROXIES', 'METRICS_NETWORKS'] as const) {
    expect(parseConfig({ [name]: '10.1.2.3/8, 2001:DB8::7' })[name]).toEqual(['10.0.0.0/8', '2001:db8::7/128'])
    for (const bad of ['10/8', '10.0.0.0/8,1.2.3', '10.0.0.0/8,', 'loopback']) {
      expect(() => parseConfig({ [name]: bad })).toThrow(new RegExp(`^${name}: must be `))
    }
  }
})

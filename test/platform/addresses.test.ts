import { describe, expect, it } from 'vitest'
import { isWithin, readNetwork } from '../../src/platform/addresses.ts'

describe('a network', () => {
  it.each([
    ['203.0.113.0/24', '203.0.113.0/24'],
    ['203.0.113.77/24', '203.0.113.0/24'],
    ['203.0.113.77', '203.0.113.77/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0::/32', '2001:db8::/32'],
    ['2001:db8::7', '2001:db8::7/128'],
    ['::/0', '::/0'],
    ['::ffff:203.0.113.77', '203.0.113.77/32'],
    ['::ffff:203.0.113.77/120', '203.0.113.0/24'],
    ['::ffff:cb00:714d/128', '203.0.113.77/32'],
  ])('%s is %s', (text, network) => {
    expect(readNetwork(text)).toBe(network)
  })

  it.each([
    // What inet_aton takes for an address, and what is read in two ways.
    ...['1.2.3', '1.2.3/24', '10.1/8', '10/8', '0x7f.1', '0x7f.0.0.1', '0x7f000001', '2130706433', '2130706433/32'],
    ...['017.0.0.1', '010.0.0.0/8', '1.2.3.4.5', '1.2.3.', '.1.2.3', '1..2.3', '1.2.3.256', '１.2.3.4'],
    ...['1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/', '1.2.3.4/024', '1.2.3.4/2 4', '1.2.3.4/0x8', '1.2.3.4/255.255.0.0'],
    ...['1.2.3.4/8/8', '/8', '2001:db8::/129', '2001:db8/32', '1::2::3/64', '::ffff:1.2.3/128', '::1.2.3/128'],
    // Fewer bits than the 96 before the IPv4 address say nothing of it.
    ...['::ffff:1.2.3.4/24', '[::1]/128', '1.2.3.4 /8', '1.2.3.4:80', '', ' ', 'localhost', '*'],
  ])('%j is none', (text) => {
    expect(readNetwork(text)).toBeNull()
  })

  it.each([
    ['203.0.113.9', true],
    ['::ffff:203.0.113.9', true],
    ['203.0.114.9', false],
    ['2001:db8:7::1', true],
    ['2001:db9::1', false],
  ])('has %s in it: %s', (address, isInside) => {
    expect(isWithin(address, ['203.0.113.0/24', '2001:db8::/32'])).toBe(isInside)
  })
})

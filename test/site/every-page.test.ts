import { describe, expect, test } from 'vitest'
import { problems } from '../../src/platform/problem.ts'
import { publicPages } from '../e2e/pages.ts'
import { useSite } from './site.ts'

const { get } = useSite()

const pages = [...publicPages, ...Object.keys(problems).map((code) => `/problems/${code}`)]

describe.each(pages)('%s', (page) => {
  test.each(['zh', 'en'])('answers a page in %s that says which language it is in', async (language) => {
    const { status, headers, body, type } = await get(page, { 'accept-language': language })
    expect(status).toBe(200)
    expect(type).toBe('text/html; charset=utf-8')
    expect(headers['vary']).toBe('Accept-Language, Cookie')
    expect(body).toMatch(language === 'zh' ? /^<!doctype html><html lang="zh-CN">/ : /^<!doctype html><html lang="en">/)
    // A text that was forgotten would show as one of these.
    expect(body).not.toMatch(/undefined|\[object|NaN/)
  })

  test('has no script but the one file, no inline style, and a policy that allows no other', async () => {
    const { headers, body } = await get(page)
    const ownScript = /<script src="\/assets\/site\.js\?v=[\w-]+" defer><\/script>/
    expect(body).toMatch(ownScript)
    expect(body.replace(ownScript, '')).not.toMatch(/<script|<[a-z][^>]* (on[a-z]+|style)=|javascript:[^a]/i)
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    )
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  test('has one heading of the first rank, landmarks, a skip link and no heading rank left out', async () => {
    const { body } = await get(page)
    expect(body.match(/<h1/g)).toHaveLength(1)
    expect(body).toMatch(/<a class="skip" href="#content">.*<header.*<nav aria-label=.*<main id="content".*<footer/s)
    const ranks = [...body.matchAll(/<h([1-6])/g)].map((match) => Number(match[1]))
    expect(ranks.every((rank, i) => rank <= (ranks[i - 1] ?? 0) + 1)).toBe(true)
    const ids = [...body.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is small, and answers 304 to who has it already', async () => {
    const { headers, body } = await get(page)
    expect(Buffer.byteLength(body)).toBeLessThan(60_000)
    const again = await get(page, { 'if-none-match': headers['etag'] as string })
    expect(again).toMatchObject({ status: 304, body: '' })
    const english = await get(page, { 'if-none-match': headers['etag'] as string, 'accept-language': 'en' })
    expect(english.status).toBe(200)
  })
})

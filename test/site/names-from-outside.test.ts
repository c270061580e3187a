import { describe, expect, test } from 'vitest'
import { hostile, hostileName, useSite } from './site.ts'

const { get } = useSite()

describe('names and addresses from outside', () => {
  test('are escaped wherever they are shown', async () => {
    const escaped = "&lt;script>alert(1)&lt;/script>&quot; onload='x' &amp;amp; "
    for (const page of [`/credit-files/${hostile}`, `/search?q=${encodeURIComponent(hostileName)}`]) {
      const { status, body } = await get(page)
      expect(status).toBe(200)
      expect(body.replaceAll('&gt;', '>').replaceAll('&#39;', "'")).toContain(escaped)
      expect(body.replace(/<script src="\/assets\/[^>]*>/, '')).not.toContain('<script')
      expect(body).not.toContain('<b>')
    }
  })

  test('cannot turn the direction of what is around them or hide characters', async () => {
    const { body } = await get(`/credit-files/${hostile}`)
    expect(body).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]/)
    expect(body).toContain('<bdi lang="zh-CN">')
  })

  test('never become a link that runs something', async () => {
    const { body } = await get(`/credit-files/${hostile}`)
    expect(body).toContain('<bdi class="address">javascript:alert(document.domain)</bdi>')
    expect(body).not.toMatch(/href="(?!https?:\/\/|\/|#)/)
  })

  test('come back escaped in the search box', async () => {
    const { body } = await get(`/search?q=${encodeURIComponent('"><img src=x>')}`)
    expect(body).not.toContain('<img')
  })
})

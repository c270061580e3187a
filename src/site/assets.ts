import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { projectRoot } from '../platform/project.ts'

const types = {
  'site.css': 'text/css; charset=utf-8',
  'workspace.css': 'text/css; charset=utf-8',
  'site.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const

export type AssetName = keyof typeof types

export interface Asset {
  name: AssetName
  type: string
  text: string
  /** Changes with the content, so that a browser may keep what it got under it for ever. */
  fingerprint: string
}

/** The files that pages refer to, read once; they lie in `src` for compiled code too. */
export const assets: readonly Asset[] = (Object.keys(types) as AssetName[]).map((name) => {
  const text = readFileSync(new URL(`src/site/${name}`, projectRoot), 'utf8')
  const fingerprint = createHash('sha256').update(text).digest('base64url').slice(0, 12)
  return { name, type: types[name], text, fingerprint }
})

/** Where a page finds an asset, as it is in this build. */
export function hrefOf(name: AssetName): string {
  return `/assets/${name}?v=${assets.find((asset) => asset.name === name)?.fingerprint ?? ''}`
}

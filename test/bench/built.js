// Benches measure what runs in production: `src` as `npm run build` compiles it. tsx would give each closure its name anew
// whenever it is made, which on the path of a lookup costs more than finding the file.
import { register } from 'node:module'
import { URL } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

const root = new URL('../../', import.meta.url).href

/** Where a module of `src` or `jobs` is asked for, its compiled form is found. */
export async function resolve(specifier, context, nextResolve) {
  const found = await nextResolve(specifier, context)
  const [, path] =
    /^((?:src|jobs)\/.*)\.tsx?$/.exec(found.url.startsWith(root) ? found.url.slice(root.length) : '') ?? []
  return path === undefined ? found : { url: `${root}dist/${path}.js`, format: 'module', shortCircuit: true }
}

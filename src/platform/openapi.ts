import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { version } from './project.ts'

/** How the OpenAPI 3.1 document is made from the zod schemas that the routes run on. */
export const openapiOptions: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Xinjian 信鉴',
      version,
      description:
        'Credit files of online businesses, the abnormal-operation list and the serious-violator list, and the joint-sanction feed.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    tags: [
      { name: 'Public lookup' },
      { name: 'Rulebook' },
      { name: 'Feed' },
      { name: 'Webhooks' },
      { name: 'Staff' },
      { name: 'Operations' },
    ],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A partner key, `xj_…`' } } },
  },
  transform: jsonSchemaTransform,
  transformObject: (document) => withoutUnusedSchemas(jsonSchemaTransformObject(document)),
}

/** The type provider writes each schema twice, as input and as output; only those that a route leads to are told. */
function withoutUnusedSchemas(document: ReturnType<typeof jsonSchemaTransformObject>): typeof document {
  if (!('components' in document)) return document
  const schemas: Record<string, unknown> = document.components.schemas ?? {}
  const used = new Set<string>()
  const follow = (part: unknown) => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      follow(schemas[name])
    }
  }
  follow(document.paths)
  for (const name of Object.keys(schemas)) if (!used.has(name)) Reflect.deleteProperty(schemas, name)
  return document
}

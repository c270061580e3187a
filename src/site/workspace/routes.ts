import cookies from '@fastify/cookie'
import forms from '@fastify/formbody'
import files from '@fastify/multipart'
import type { FastifyPluginAsync } from 'fastify'
import { registerPartnerPages } from '../partners/pages.ts'
import { servePages } from '../pages.ts'
import { registerStaffPages } from '../staff/pages.ts'
import { Problem, problems } from '../../platform/problem.ts'
import { sessionCookie } from './cookie.ts'
import { frameOf } from './frame.tsx'
import { registerOidcSignIn } from './oidc.ts'
import { registerSignIn } from './sign-in.ts'
import { pagesOf, visitorsOf, type WorkspaceOptions } from './visit.ts'

/** Largest file that may be sent, and most fields of a form. */
const fileBytes = 4 * 1024 * 1024
const mostFields = 1100

/** The pages behind a session: of staff, of partners and of platforms. They call the API within the process. */
export const workspaceRoutes: FastifyPluginAsync<WorkspaceOptions> = async (app, options) => {
  await app.register(cookies)
  await app.register(forms, { bodyLimit: 512 * 1024 })
  await app.register(files, {
    attachFieldsToBody: 'keyValues',
    limits: { fileSize: fileBytes, files: 1, fields: mostFields, parts: mostFields, fieldSize: fileBytes },
    onFile: async (part) => {
      const bytes = await part.toBuffer()
      ;(part as unknown as { value: unknown }).value = { name: part.filename, bytes }
    },
  })

  const cookie = sessionCookie(options.publicUrl)
  const visitors = visitorsOf(app, options, cookie)
  servePages(app, async (request) => frameOf(await visitors.visitOf(request)))
  // Within the site the referrer is told: without it browsers do not tell the origin of forms.
  app.addHook('onRequest', async (_request, reply) => void reply.header('referrer-policy', 'same-origin'))

  const pages = pagesOf(app, { visitors, cookie, publicUrl: options.publicUrl })
  registerSignIn({ app, pages, options, cookie })
  registerOidcSignIn({ app, options, cookie })
  registerStaffPages(pages, options)
  registerPartnerPages(pages, options)
  // Here, so that who has signed in stays so on the page that says it.
  for (const area of ['/staff/*', '/partners/*', '/account/*']) {
    pages.open(area, () => Promise.reject(new Problem('not-found', problems['not-found'].meaning)))
  }
}

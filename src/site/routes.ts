import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
export const siteRoutes: FastifyPluginCallbackZod<{ db: unknown; clock: unknown; publicUrl: () => string }> = (app, _o, done) => { app.get('/', {schema:{hide:true}}, async()=>'x'); done() }

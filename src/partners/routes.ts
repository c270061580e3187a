import type { FastifyRequest } from 'fastify'
import type { FastifyPluginCallbackZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf } from '../platform/audit.ts'
import { principalOf, type Authenticate } from '../platform/auth.ts'
import type { Clock } from '../platform/clock.ts'
import type { Db, DbOrTx } from '../platform/db.ts'
import { writeOnce } from '../platform/idempotency.ts'
import { afterOf, listName, pageOf } from '../platform/pagination.ts'
import { Problem, problemResponses, problems } from '../platform/problem.ts'
import { findPartner, listKeys, listPartners, type PartnerRow } from './repository.ts'
import {
  issuedKey,
  keyBody,
  keyPage,
  keysQuery,
  partnerBody,
  partnerChanges,
  partnerPage,
  partnerParams,
  partnerSchema,
  partnersQuery,
  revokedResponse,
  rotationBody,
} from './schemas.ts'
import { changePartner, createPartner, issueKey, revokeKey, rotateKey } from './service.ts'

interface Options {
  db: Db
  clock: Clock
  authenticate: Authenticate
  /** Who issues the tokens of staff, where there is an identity provider. */
  issuer: string | undefined
}

const common = { tags: ['Staff'], security: [{ key: [] }] }
const ofOne = { ...common, params: partnerParams }

/** Agencies, platforms and staff, and their keys (contract section 5). */
export const partnerRoutes: FastifyPluginCallbackZod<Options> = (app, { db, clock, authenticate, issuer }, done) => {
  const onRequest = authenticate('admin')
  const changeBy = (request: FastifyRequest) => ({
    actor: actorOf(request),
    principal: principalOf(request),
    now: clock.now(),
  })
  /** The user of the identity provider that a body names. */
  const oidcOf = (subject: string) => {
    if (issuer !== undefined) return { issuer, subject }
    const detail = { zh: '未配置身份提供方（OIDC_ISSUER）。', en: 'There is no identity provider (OIDC_ISSUER).' }
    throw new Problem('invalid-request', detail, { errors: [{ pointer: '/body/subject', detail }] })
  }

  app.get(
    '/v1/partners',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'listPartners',
        summary: 'Agencies, platforms and staff, in the order of their registration',
        querystring: partnersQuery,
        response: { 200: partnerPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { limit, cursor, ...filter } = request.query
      const list = listName('/v1/partners', filter)
      const rows = await listPartners(db, filter, afterOf(list, cursor, z.uuid()), limit + 1)
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: ({ id }) => id, request, reply })
    },
  )

  app.post(
    '/v1/partners',
    {
      onRequest,
      schema: {
        ...common,
        operationId: 'createPartner',
        summary: 'Register an agency, a platform or a member of staff',
        body: partnerBody,
        response: { 201: partnerSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { actor, now } = changeBy(request)
      const { subject, ...partner } = request.body
      if (subject !== undefined && partner.kind !== 'staff') {
        const detail = { zh: '只有监管人员有身份提供方的用户。', en: 'Only staff are users of the identity provider.' }
        throw new Problem('invalid-request', detail, { errors: [{ pointer: '/body/subject', detail }] })
      }
      const oidc = subject === undefined ? undefined : oidcOf(subject)
      return writeOnce(db, { request, reply, status: 201, now, audit: null }, async (tx) => {
        const { id } = await createPartner(tx, { ...partner, oidc }, now, actor)
        return knownPartner(tx, id)
      })
    },
  )

  app.get(
    '/v1/partners/:id',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'getPartner',
        summary: 'An agency, a platform or a member of staff',
        response: { 200: partnerSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      return knownPartner(db, request.params.id)
    },
  )

  app.patch(
    '/v1/partners/:id',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'changePartner',
        summary: 'Rename a partner, suspend it or let it back in; its keys stop with it',
        body: partnerChanges,
        response: { 200: partnerSchema, ...problemResponses },
      },
    },
    async (request, reply) => {
      const change = changeBy(request)
      const { subject, ...changes } = request.body
      const oidc = subject == null ? subject : oidcOf(subject)
      return writeOnce(db, { request, reply, now: change.now, audit: null }, (tx) =>
        changePartner(tx, request.params.id, { ...changes, oidc }, change),
      )
    },
  )

  app.get(
    '/v1/partners/:id/keys',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'listKeys',
        summary: 'The keys of a partner, without their secrets; revoked ones too',
        querystring: keysQuery,
        response: { 200: keyPage, ...problemResponses },
      },
    },
    async (request, reply) => {
      const { id } = await knownPartner(db, request.params.id)
      const { limit, cursor } = request.query
      const list = listName('/v1/partners/keys', { id })
      const rows = await listKeys(db, id, afterOf(list, cursor, z.uuid()), limit + 1)
      void reply.header('cache-control', 'no-store')
      return pageOf(rows, { list, limit, keyOf: (row) => row.id, request, reply })
    },
  )

  app.post(
    '/v1/partners/:id/keys',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'createKey',
        summary: 'Issue a key; it is shown this once',
        body: keyBody,
        response: { 201: issuedKey, ...problemResponses },
      },
    },
    async (request, reply) => {
      const change = changeBy(request)
      const { expiresAt, ...rest } = request.body
      const { id: partnerId } = await knownPartner(db, request.params.id)
      const wanted = { partnerId, ...rest, ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }) }
      const how = { request, reply, status: 201, now: change.now, audit: null, sealed: true }
      return writeOnce(db, how, (tx) => issueKey(tx, wanted, change))
    },
  )

  app.delete(
    '/v1/keys/:id',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'revokeKey',
        summary: 'Revoke a key: it stops at once, and for ever',
        response: { 204: revokedResponse, ...problemResponses },
      },
    },
    async (request, reply) => {
      const change = changeBy(request)
      await writeOnce(db, { request, reply, status: 204, now: change.now, audit: null }, async (tx) => {
        await revokeKey(tx, request.params.id, change)
        return {}
      })
      return reply.send(undefined)
    },
  )

  app.post(
    '/v1/keys/:id/rotate',
    {
      onRequest,
      schema: {
        ...ofOne,
        operationId: 'rotateKey',
        summary: 'Make a key with the same rights, shown this once; the old one works on for a while',
        body: rotationBody,
        response: { 201: issuedKey, ...problemResponses },
      },
    },
    async (request, reply) => {
      const change = changeBy(request)
      const overlapHours = request.body?.overlapHours ?? 24
      const how = { request, reply, status: 201, now: change.now, audit: null, sealed: true }
      return writeOnce(db, how, (tx) => rotateKey(tx, request.params.id, overlapHours, change))
    },
  )
  done()
}

/** @throws Problem unknown-partner */
async function knownPartner(db: DbOrTx, id: string): Promise<PartnerRow> {
  const row = await findPartner(db, id)
  if (row === null) throw new Problem('unknown-partner', problems['unknown-partner'].meaning)
  return row
}

export { createXinjianClient, XinjianError, type ClientOptions, type XinjianClient } from './client.ts'
export { FeedWentBackError, ListMirror, type ListChange, type MirrorOptions, type Standing } from './mirror.ts'
export type { components, operations, paths } from './schema.ts'

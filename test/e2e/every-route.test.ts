import { describe, expect, it } from 'vitest'
import { useStaff } from '../listings/staff.ts'
import { publicPages } from './pages.ts'
import { pageRoutes, routesWithout } from './routes.ts'
import { exampleJob, fillWorkplace } from './staff-pages.ts'

describe('the pages that are looked at in Chromium', () => {
  const staff = useStaff(undefined, {}, [exampleJob])

  it('are all that are registered: a new one is added to test/e2e/pages.ts or test/e2e/staff-pages.ts', async () => {
    const { pages } = await fillWorkplace(staff)
    const routes = pageRoutes(staff.service().app)
    expect(routes.length).toBeGreaterThan(40)
    expect(routes).toContain('/staff/leads/:id')
    const looked = [...publicPages, '/cases/one', ...pages.map(([, path]) => path)]
    expect(routesWithout(routes, looked)).toEqual([])
  }, 120_000)
})

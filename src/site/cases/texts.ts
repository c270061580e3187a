/** The texts of the pages of typical cases. */
export const cases = {
  title: { zh: '典型案例', en: 'Typical cases' },
  lead: {
    zh: '从列入和移出的决定中选出的案例，说明法律怎样适用。经营主体只在其列入记录正在公示时才写出名称。',
    en: 'Cases chosen from decisions, which show how the law is applied. A business is named only while its entry is public.',
  },
  none: { zh: '还没有发布案例。', en: 'No case has been published yet.' },
  period: { zh: '时间', en: 'Period' },
  list: { zh: '名单', en: 'List' },
  ground: { zh: '列入事由', en: 'Ground' },
  article: { zh: '法律依据', en: 'Legal basis' },
  businesses: { zh: '涉及的经营主体', en: 'Businesses' },
  publishedOn: { zh: '发布', en: 'Published' },
  changedOn: { zh: '更新', en: 'Changed' },
  originalLanguage: { zh: '', en: 'Cases are published in Chinese.' },
  next: { zh: '更早的案例', en: 'Earlier cases' },
  pages: { zh: '分页', en: 'Pages' },
  all: { zh: '全部典型案例', en: 'All typical cases' },
} as const

import type { Text } from '../../platform/language.ts'

/** Texts of the staff pages. */

export const words = {
  list: {
    abnormal: { zh: '经营异常名录', en: 'Abnormal-operation list' },
    'serious-violator': { zh: '严重违法失信名单', en: 'Serious-violator list' },
  },
  action: {
    enter: { zh: '列入', en: 'Enter' },
    remove: { zh: '移出', en: 'Remove' },
    revoke: { zh: '撤销列入', en: 'Revoke' },
    correct: { zh: '更正列入', en: 'Correct' },
    restore: { zh: '恢复列入', en: 'Restore' },
  },
  proposing: {
    enter: { zh: '提出列入决定', en: 'Propose an entry' },
    remove: { zh: '提出移出决定', en: 'Propose a removal' },
    revoke: { zh: '提出撤销列入决定', en: 'Propose a revocation' },
    correct: { zh: '提出更正决定', en: 'Propose a correction' },
    restore: { zh: '提出恢复列入决定', en: 'Propose a restoration' },
  },
  proposalStatus: {
    proposed: { zh: '待审批', en: 'Awaits approval' },
    approved: { zh: '已批准', en: 'Approved' },
    rejected: { zh: '未批准', en: 'Rejected' },
  },
  objectionStatus: {
    filed: { zh: '待受理', en: 'Filed' },
    accepted: { zh: '核实中', en: 'Accepted, being verified' },
    refused: { zh: '不予受理', en: 'Refused' },
    upheld: { zh: '成立，待更正', en: 'Upheld, correction awaited' },
    rejected: { zh: '不成立', en: 'Rejected' },
    corrected: { zh: '已更正', en: 'Corrected' },
  },
  repairStatus: {
    filed: { zh: '待受理', en: 'Filed' },
    'not-accepted': { zh: '不予受理', en: 'Not accepted' },
    accepted: { zh: '审查中', en: 'Accepted, being examined' },
    refused: { zh: '不予修复', en: 'Refused' },
    granted: { zh: '准予，待移出', en: 'Granted, exit awaited' },
    executed: { zh: '已修复', en: 'Carried out' },
    cancelled: { zh: '已撤销修复', en: 'Cancelled' },
  },
  listingStatus: {
    'in-force': { zh: '有效', en: 'In force' },
    removed: { zh: '已移出', en: 'Removed' },
    revoked: { zh: '已撤销', en: 'Revoked' },
    corrected: { zh: '已更正', en: 'Corrected' },
  },
  removalReason: {
    'reports-filed': { zh: '已补报年度报告并公示', en: 'Missing reports filed and published' },
    'information-published': { zh: '已履行即时信息公示义务', en: 'Information published' },
    'information-corrected': { zh: '已更正其公示的信息', en: 'Published information corrected' },
    'address-changed': { zh: '已办理住所（经营场所）变更登记', en: 'Change of address registered' },
    reachable: { zh: '可以重新取得联系', en: 'Reachable again' },
    'conditions-met': { zh: '符合提前移出条件', en: 'Conditions of an early exit met' },
    'term-over': { zh: '列入期限届满', en: 'Term over' },
    'entered-on-serious-list': { zh: '转入严重违法失信企业名单', en: 'Entered on the serious-violator list' },
    deregistered: { zh: '市场主体已注销', en: 'Deregistered' },
    'other-by-law': { zh: '法律、行政法规规定的其他情形', en: 'Another case set by law' },
  },
} as const satisfies Record<string, Record<string, Text>>

export const fields = {
  uscc: { zh: '统一社会信用代码', en: 'Unified social credit code' },
  name: { zh: '名称', en: 'Name' },
  list: { zh: '名单', en: 'List' },
  action: { zh: '决定种类', en: 'Kind of decision' },
  status: { zh: '状态', en: 'Status' },
  ground: { zh: '列入事由', en: 'Ground' },
  decisionNumber: { zh: '决定文号', en: 'Decision number' },
  authority: { zh: '作出决定的机关', en: 'Deciding authority' },
  decidedOn: { zh: '决定日期', en: 'Decided on' },
  summary: { zh: '事实和理由', en: 'Facts and reasons' },
  establishedOn: { zh: '查实或期限届满之日', en: 'Established on' },
  reportYear: { zh: '未报年度', en: 'Year of the missing report' },
  firstLetter: { zh: '第一次邮寄专用信函', en: 'First letter mailed on' },
  secondLetter: { zh: '第二次邮寄专用信函', en: 'Second letter mailed on' },
  removalReason: { zh: '移出事由', en: 'Why the entry ends' },
  evidence: { zh: '证据材料', en: 'Evidence' },
  listing: { zh: '名单记录', en: 'Entry' },
  listingId: { zh: '名单记录编号', en: 'Id of the entry' },
  rulebook: { zh: '适用规则版本', en: 'Rulebook version' },
  proposed: { zh: '提出', en: 'Proposed' },
  settled: { zh: '审批', en: 'Settled' },
  article: { zh: '法律依据', en: 'Legal basis' },
  rejectionReason: { zh: '未批准理由', en: 'Why it was rejected' },
  reason: { zh: '理由', en: 'Reason' },
  note: { zh: '说明', en: 'Note' },
  on: { zh: '日期', en: 'Day' },
  outcome: { zh: '结论', en: 'Outcome' },
  filedOn: { zh: '提出日期', en: 'Filed on' },
  statement: { zh: '陈述', en: 'Statement' },
  documents: { zh: '材料', en: 'Documents' },
  answered: { zh: '受理答复', en: 'Answered' },
  decided: { zh: '决定', en: 'Decided' },
  cancelled: { zh: '撤销修复', en: 'Cancelled' },
  dueOn: { zh: '法定期限', en: 'Due' },
  penaltyId: { zh: '处罚编号', en: 'Id of the penalty' },
  listedOn: { zh: '列入日期', en: 'Entered on' },
} as const satisfies Record<string, Text>

export const hints = {
  uscc: { zh: '18位，大小写、全角和空格不限', en: '18 characters, in any writing' },
  documents: {
    zh: '每行一份：名称、存放处，必要时加校验值。材料本身不上传。',
    en: 'One per line: its title, where it is kept, its hash if need be. Documents are named, not uploaded.',
  },
  decidedOn: {
    zh: '事由和条文以这一天施行的规则为准',
    en: 'Grounds and articles are those in force on this day',
  },
  establishedOn: {
    zh: '查实之日，或者责令改正期限届满之日',
    en: 'The day on which the facts were verified, or on which a time limit ran out',
  },
  letters: { zh: '两次间隔15日至30日', en: 'The two are 15 to 30 days apart' },
  removalReason: { zh: '不填则按事由推定', en: 'If left empty, it follows from the ground' },
  listing: {
    zh: '办理该主体的页面上，每条名单记录都有登记异议和信用修复的链接，编号会自动填入',
    en: 'The page of a business has links at each of its entries that fill this in',
  },
} as const satisfies Record<string, Text>

export const workList = {
  title: { zh: '待办', en: 'Work list' },
  lead: {
    zh: '等待办理的决定、异议和修复，按法定期限排列，逾期的在前。',
    en: 'Decisions, objections and repairs that wait for somebody, by legal deadline, overdue first.',
  },
  overdue: { zh: '已逾期', en: 'Overdue' },
  waiting: { zh: '等待办理', en: 'Waiting' },
  lateOrders: { zh: '逾期未答复的惩戒指令', en: 'Orders whose answer is late' },
  lateLifts: { zh: '逾期未解除', en: 'Lifts that are late' },
  own: { zh: '本人提出，须由他人审批', en: 'Proposed by you; somebody else approves it' },
  more: {
    zh: '每类只列出前200件，其余见各栏目。',
    en: 'The first 200 of each kind are shown; the others are in their sections.',
  },
  kinds: {
    decisions: { zh: '决定', en: 'Decision' },
    objections: { zh: '异议', en: 'Objection' },
    repairs: { zh: '信用修复', en: 'Repair' },
  },
  find: { zh: '按代码办理', en: 'Work on a business, by its code' },
  open: { zh: '打开', en: 'Open' },
} as const

export const decision = {
  list: { zh: '决定', en: 'Decisions' },
  propose: { zh: '提出列入决定', en: 'Propose an entry' },
  which: { zh: '第一步：对谁，按哪天的规则', en: 'First: whom, and by the rules of which day' },
  goOn: { zh: '下一步', en: 'Continue' },
  submit: { zh: '提交审批', en: 'Submit for approval' },
  change: { zh: '更换主体、名单或日期', en: 'Change business, list or day' },
  approve: { zh: '批准', en: 'Approve' },
  reject: { zh: '不予批准', en: 'Reject' },
  approveNote: {
    zh: '批准后名单、数据共享日志和惩戒指令在同一事务中立即改变，不能撤回。',
    en: 'With the approval the list, the feed and the orders change in one transaction. It cannot be taken back.',
  },
  ownNote: {
    zh: '这是您提出的决定，须由另一人审批。',
    en: 'You proposed this: another person approves it.',
  },
  deadlines: { zh: '法定期限', en: 'Legal deadlines' },
  settle: { zh: '审批', en: 'Approve or reject' },
  review: { zh: '须人工复核：法律未明确适用哪一规则', en: 'Needs a look: the law leaves open which rule applies' },
  late: { zh: '已超过法定期限作出', en: 'Decided after the legal deadline' },
  noGrounds: {
    zh: '这一天施行的规则中，没有适用于该类主体的列入事由。',
    en: 'The rules in force on that day know no ground for this kind of business.',
  },
  done: {
    proposed: { zh: '已提交，等待另一人审批。', en: 'Submitted. Another person approves it now.' },
    approved: { zh: '已批准，名单已经改变。', en: 'Approved. The list has changed.' },
    rejected: { zh: '未予批准，名单没有改变。', en: 'Rejected. The list is as it was.' },
  },
} as const

export const business = {
  entries: { zh: '名单记录', en: 'Entries' },
  noEntries: { zh: '没有可以公示的名单记录。', en: 'There is no entry that may be shown.' },
  publicFile: { zh: '查看公开的信用档案', en: 'See the public credit file' },
  matters: { zh: '全部决定、异议和修复', en: 'All decisions, objections and repairs' },
  object: { zh: '登记异议', en: 'File an objection' },
  repair: { zh: '登记信用修复申请', en: 'File a repair' },
  standing: { zh: '当前状态', en: 'Standing' },
} as const satisfies Record<string, Text>

export const objection = {
  list: { zh: '异议', en: 'Objections' },
  one: { zh: '异议', en: 'Objection' },
  newTitle: { zh: '登记异议', en: 'File an objection' },
  file: { zh: '登记', en: 'File' },
  override: { zh: '逾期仍予受理的理由', en: 'Why it is taken though late' },
  overrideHint: { zh: '仅在超过异议期限时填写', en: 'Only for one that was filed after its last day' },
  accept: { zh: '受理', en: 'Accept' },
  refuse: { zh: '不予受理', en: 'Refuse' },
  decide: { zh: '作出结论', en: 'Decide' },
  upheld: { zh: '成立（提出更正决定）', en: 'Upheld (proposes the correction)' },
  rejected: { zh: '不成立', en: 'Rejected' },
  correctionNumber: { zh: '更正决定文号', en: 'Number of the correction' },
  correctionHint: { zh: '异议成立时必填', en: 'Needed where it is upheld' },
  correction: { zh: '更正决定', en: 'The correction' },
  done: {
    filed: { zh: '异议已登记。', en: 'The objection was filed.' },
    accept: { zh: '已受理，进入核实。', en: 'Accepted, to be verified.' },
    refuse: { zh: '已不予受理。', en: 'Refused.' },
    decide: { zh: '结论已记录。', en: 'The outcome was recorded.' },
  },
} as const

export const repair = {
  list: { zh: '信用修复', en: 'Repairs' },
  one: { zh: '信用修复', en: 'Repair' },
  newTitle: { zh: '登记信用修复申请', en: 'File a repair' },
  newNote: {
    zh: '名单记录和处罚，二者填一项编号。',
    en: 'Give the id of one of the two: of an entry or of a penalty.',
  },
  file: { zh: '登记', en: 'File' },
  accept: { zh: '受理', en: 'Accept' },
  refuse: { zh: '不予受理', en: 'Do not accept' },
  decide: { zh: '作出决定', en: 'Decide' },
  granted: { zh: '准予修复', en: 'Granted' },
  refused: { zh: '不予修复', en: 'Refused' },
  cancel: { zh: '撤销修复', en: 'Cancel the repair' },
  cancelNote: {
    zh: '以虚假材料取得的修复予以撤销，被终止的记录恢复。',
    en: 'For a repair that was got by false material: what it ended comes back.',
  },
  numberHint: { zh: '涉及名单记录时填写', en: 'Of the decision about an entry' },
  exit: { zh: '移出决定', en: 'The exit' },
  restoration: { zh: '恢复决定', en: 'The restoration' },
  done: {
    filed: { zh: '申请已登记。', en: 'The application was filed.' },
    accept: { zh: '已受理。', en: 'Accepted.' },
    refuse: { zh: '已不予受理。', en: 'Not accepted.' },
    decide: { zh: '决定已记录。', en: 'The decision was recorded.' },
    cancel: { zh: '修复已撤销。', en: 'The repair was cancelled.' },
  },
} as const

export const orders = {
  title: { zh: '惩戒指令', en: 'Sanction orders' },
  lead: {
    zh: '各部门对指令的接收、实施和解除。只看逾期时，名单移出后尚未确认解除的排在最前。',
    en: 'What each agency has received, executed and lifted. Among those that are late, lifts after a removal come first.',
  },
  summary: { zh: '各部门情况', en: 'By agency' },
  agency: { zh: '部门', en: 'Agency' },
  lateLift: { zh: '逾期未解除', en: 'Lifts late' },
  lateReceive: { zh: '逾期未接收', en: 'Reception late' },
  lateExecute: { zh: '逾期未实施', en: 'Execution late' },
  list: { zh: '指令', en: 'Orders' },
  overdue: { zh: '是否逾期', en: 'Late' },
  onlyOverdue: { zh: '只看逾期', en: 'Late only' },
  kind: { zh: '阶段', en: 'Stage' },
  lift: { zh: '解除', en: 'Lift' },
  impose: { zh: '实施', en: 'Impose' },
  total: { zh: '共计', en: 'All' },
} as const satisfies Record<string, Text>

export const quarantine = {
  title: { zh: '隔离记录', en: 'Quarantine' },
  lead: {
    zh: '来源送来但不能采用的记录，附原因和原始内容。其余记录不受影响。',
    en: 'Records that a source sent and that could not be taken, with the reason and as they came. They hold up nothing else.',
  },
  collection: { zh: '数据集', en: 'Collection' },
  reason: { zh: '原因', en: 'Reason' },
  raw: { zh: '原始记录', en: 'The record as it came' },
  seen: { zh: '出现次数', en: 'Times seen' },
  first: { zh: '首次', en: 'First' },
  last: { zh: '最近', en: 'Last' },
  collections: {
    subjects: { zh: '经济户口', en: 'Subjects' },
    'annual-reports': { zh: '年度报告', en: 'Annual reports' },
    'icp-filings': { zh: '网站备案', en: 'ICP filings' },
    penalties: { zh: '行政处罚', en: 'Penalties' },
    'platform-sellers': { zh: '平台内经营者', en: 'Sellers of platforms' },
  },
  reasons: {
    unreadable: { zh: '无法读取', en: 'Unreadable' },
    'invalid-record': { zh: '字段不合要求', en: 'Invalid record' },
    'invalid-uscc': { zh: '代码校验不符', en: 'Invalid code' },
    'no-code': { zh: '没有代码', en: 'No code' },
    'unknown-subject': { zh: '没有该主体', en: 'Unknown subject' },
  },
  statuses: {
    open: { zh: '待处理', en: 'Open' },
    resolved: { zh: '已采用', en: 'Resolved' },
    discarded: { zh: '已丢弃', en: 'Discarded' },
  },
} as const

export const publish = {
  title: { zh: '处罚与荣誉', en: 'Penalties and honours' },
  penalty: { zh: '公布行政处罚', en: 'Publish a penalty' },
  honour: { zh: '公布荣誉', en: 'Publish an honour' },
  withdraw: { zh: '停止公布行政处罚', en: 'Withdraw a penalty' },
  notes: {
    penalty: {
      zh: '登记处罚决定。是否公布、公布多久，由规则按种类和日期确定。',
      en: 'Records a decision on a penalty. Whether and how long it is shown follows from its kind and day.',
    },
    honour: {
      zh: '在主体的信用档案中显示授予它的荣誉。',
      en: 'Shows an honour that was awarded to a business in its credit file.',
    },
    withdraw: {
      zh: '处罚决定被撤销、变更或确认无效后，不再显示。',
      en: 'Takes a penalty off whose decision was annulled, changed or declared void.',
    },
  },
  ground: { zh: '违法行为类型', en: 'What was punished' },
  kind: { zh: '处罚种类', en: 'Kind of penalty' },
  kindHint: {
    zh: '按决定书写法，如：罚款、没收违法所得',
    en: 'As printed in the decision, such as 罚款 (fine) or 没收违法所得 (confiscation of gains)',
  },
  grade: { zh: '违法程度', en: 'Grade' },
  grades: {
    minor: { zh: '轻微', en: 'Minor' },
    general: { zh: '一般', en: 'General' },
    serious: { zh: '严重', en: 'Serious' },
  },
  gradeHint: { zh: '不填则按处罚种类确定', en: 'If left empty, it follows from the kinds' },
  safety: { zh: '涉及食品、药品、特种设备安全', en: 'Food, drugs or special equipment' },
  amount: { zh: '罚没金额（元）', en: 'Amount (yuan)' },
  publishedOn: { zh: '公布日期', en: 'Published on' },
  publishedOnHint: { zh: '不填则为今天', en: 'Today if left empty' },
  honourTitle: { zh: '荣誉名称', en: 'Honour' },
  honourAuthority: { zh: '授予机关', en: 'Awarded by' },
  awardedOn: { zh: '授予日期', en: 'Awarded on' },
  validUntil: { zh: '有效期至', en: 'Valid until' },
  withdrawReasons: {
    annulled: { zh: '处罚决定被撤销', en: 'The decision was annulled' },
    changed: { zh: '处罚决定被变更', en: 'The decision was changed' },
    'declared-void': { zh: '处罚决定被确认无效', en: 'The decision was declared void' },
  },
  withdrawOnHint: { zh: '不填则为今天', en: 'Today if left empty' },
  penaltyIdHint: { zh: '公布时显示的编号', en: 'As shown when it was published' },
  publishedPenalty: { zh: '处罚已公布。', en: 'The penalty was published.' },
  keptPenalty: { zh: '处罚已记录，按规则不予公布。', en: 'The penalty was recorded. By the rules it is not shown.' },
  until: { zh: '公布至', en: 'Shown until' },
  publishedHonour: { zh: '荣誉已公布。', en: 'The honour was published.' },
  withdrawn: { zh: '处罚已停止公布。', en: 'The penalty is no longer shown.' },
} as const

import type { Text } from './language.ts'
import { accessProblems } from './problem-catalogue-access.ts'

/** Every problem the service can answer: its status and what it means, for `GET /problems/{code}` (RFC 9457). */
export const problems = {
  'invalid-request': {
    status: 400,
    title: { zh: '请求不合要求', en: 'The request is not valid' },
    meaning: {
      zh: '请求的路径、参数或内容不符合接口约定。errors 指出每一处问题所在；未知的字段和参数也会被拒绝。',
      en: 'The path, query or body does not match the contract. `errors` points to each fault; unknown fields and parameters are refused too.',
    },
  },
  'invalid-uscc': {
    status: 400,
    title: { zh: '统一社会信用代码无效', en: 'Not a valid unified social credit code' },
    meaning: {
      zh: '统一社会信用代码为18位（GB 32100-2015），第9至17位为组织机构代码，第17位和第18位为校验码。请核对后重新输入。',
      en: 'A code has 18 characters (GB 32100-2015); the 17th and the 18th are check characters. One character is probably mistyped.',
    },
  },
  'invalid-cursor': {
    status: 400,
    title: { zh: '分页游标无效', en: 'Not a cursor of this list' },
    meaning: {
      zh: '游标只能使用本列表上一页返回的 next，不能自行构造，也不能用于其他列表。',
      en: 'Use the `next` of the previous page of the same list, unchanged.',
    },
  },
  ...accessProblems,
  'not-found': {
    status: 404,
    title: { zh: '没有此页面或接口', en: 'There is nothing at this address' },
    meaning: { zh: '地址有误。接口清单见 /docs。', en: 'The address is wrong. See /docs for all calls.' },
  },
  'unknown-subject': {
    status: 404,
    title: { zh: '没有该代码的主体', en: 'No business holds this code' },
    meaning: {
      zh: '代码本身有效，但登记信息中没有该主体。',
      en: 'The code is well formed, but no business is registered under it.',
    },
  },
  'unknown-web-presence': {
    status: 404,
    title: { zh: '没有找到该网站或网店的经营者', en: 'Nobody is known to run this site or shop' },
    meaning: {
      zh: '没有主体填报过该网址。平台域名本身不代表任何一家网店，请粘贴店铺的完整链接。',
      en: 'No business has filed this address. A platform’s own host is not a seller: paste the link of the shop itself.',
    },
  },
  'unknown-listing': {
    status: 404,
    title: { zh: '没有该条列入记录', en: 'There is no such entry' },
    meaning: {
      zh: '名单上没有此编号的记录，或者它不再公示。',
      en: 'No entry of the list has this identifier, or it is no longer published.',
    },
  },
  'unknown-decision': {
    status: 404,
    title: { zh: '没有该项决定', en: 'There is no such decision' },
    meaning: { zh: '没有此编号的决定。', en: 'No decision of staff has this identifier.' },
  },
  'unknown-objection': {
    status: 404,
    title: { zh: '没有该项异议', en: 'There is no such objection' },
    meaning: { zh: '没有此编号的异议申请。', en: 'No objection has this identifier.' },
  },
  'unknown-repair': {
    status: 404,
    title: { zh: '没有该项信用修复申请', en: 'There is no such repair' },
    meaning: { zh: '没有此编号的信用修复申请。', en: 'No application for credit repair has this identifier.' },
  },
  'unknown-case': {
    status: 404,
    title: { zh: '没有该典型案例', en: 'There is no such case' },
    meaning: {
      zh: '没有此编号的典型案例，或者它已被撤回。',
      en: 'No typical case has this identifier, or it was withdrawn.',
    },
  },
  'unknown-penalty': {
    status: 404,
    title: { zh: '没有该项行政处罚', en: 'There is no such penalty' },
    meaning: { zh: '没有此编号的行政处罚信息。', en: 'No penalty has this identifier.' },
  },
  'same-person': {
    status: 403,
    title: { zh: '须由另一人办理', en: 'It takes another person' },
    meaning: {
      zh: '提出者不能自己审批。请由另一名工作人员用其密钥办理。',
      en: 'Whoever proposed cannot settle it: another member of staff does, with a key of their own.',
    },
  },
  'unknown-lead': {
    status: 404,
    title: { zh: '没有该条线索', en: 'There is no such lead' },
    meaning: { zh: '没有此编号的线索。', en: 'No lead has this identifier.' },
  },
  'already-decided': {
    status: 409,
    title: { zh: '已经办结', en: 'It is settled already' },
    meaning: {
      zh: '该事项已经批准、驳回或已不在可办理的状态。',
      en: 'It was approved, rejected or brought to an end before, or is not at this step.',
    },
  },
  'already-listed': {
    status: 409,
    title: { zh: '已因同一事由列入', en: 'It is on the list for this already' },
    meaning: {
      zh: '该主体已因同一事由（及同一年度）在列，不重复列入。',
      en: 'The business is on the list on the same ground, and for the same year, already.',
    },
  },
  'already-recorded': {
    status: 409,
    title: { zh: '已有相同记录', en: 'It is recorded already' },
    meaning: {
      zh: '同一机关同一文号的记录已经存在。',
      en: 'A record of the same authority with the same number or title exists.',
    },
  },
  'dated-in-the-future': {
    status: 422,
    title: { zh: '日期尚未到来', en: 'The day has not come yet' },
    meaning: {
      zh: '日期按北京时间计算，不能晚于今天。',
      en: 'Days are days in Asia/Shanghai, and nothing is recorded before it has happened.',
    },
  },
  'names-a-business': {
    status: 422,
    title: { zh: '案例中写有经营主体或个人信息', en: 'The case names a business or a person' },
    meaning: {
      zh: '典型案例中不得直接写出经营主体的名称、代码或者个人信息。请把主体的代码填入 businesses，文中用 {1}、{2} 代表：只有其列入记录正在公示时才会显示名称。',
      en: 'A typical case writes out no name or code of a business and nothing personal. Put codes into `businesses` and `{1}`, `{2}` into the text: a name is shown only while its entry is public.',
    },
  },
  'not-in-order': {
    status: 422,
    title: { zh: '日期先后颠倒', en: 'The days are out of order' },
    meaning: {
      zh: '每一步的日期不能早于前一步。',
      en: 'A step cannot be dated before the one that it follows.',
    },
  },
  'objection-out-of-time': {
    status: 422,
    title: { zh: '异议超过期限', en: 'The objection is out of time' },
    meaning: {
      zh: '异议应在公示之日起30日内提出。确有理由受理的，请填写 manualOverride 及理由。',
      en: 'Objections are filed within 30 days of publication. To take a late one, give `manualOverride` and the reason.',
    },
  },
  'exit-before-its-time': {
    status: 422,
    title: { zh: '未到可以申请的时间', en: 'It is too early to apply' },
    meaning: {
      zh: '规则规定了可以申请移出或停止公示的最早日期，detail 说明日期和条文。',
      en: 'The rules say from when on one may apply; `detail` gives the day and the article.',
    },
  },
  'unknown-snapshot': {
    status: 404,
    title: { zh: '没有此快照', en: 'There is no such snapshot' },
    meaning: {
      zh: '还没有生成快照，或者此快照已被较新的快照取代。请读取 /v1/feed/snapshots/latest。',
      en: 'None has been written yet, or this one gave way to newer ones. Read /v1/feed/snapshots/latest.',
    },
  },
  'range-not-satisfiable': {
    status: 416,
    title: { zh: '请求的范围超出文件', en: 'The range lies outside the file' },
    meaning: {
      zh: 'Range 请求头的起点超出文件末尾。Content-Range 给出文件的大小。',
      en: 'The `Range` header begins after the end of the file. `Content-Range` tells its size.',
    },
  },
  'unknown-subscription': {
    status: 404,
    title: { zh: '没有该订阅', en: 'There is no such subscription' },
    meaning: {
      zh: '您没有该编号的订阅。GET /v1/subscriptions 列出您的全部订阅。',
      en: 'You have no subscription with this id. GET /v1/subscriptions lists those that you have.',
    },
  },
  'unknown-screening': {
    status: 404,
    title: { zh: '没有该次筛查', en: 'No such screening' },
    meaning: {
      zh: '没有此编号的筛查记录，或该记录属于其他合作方。',
      en: 'No screening has this id, or it is another partner’s.',
    },
  },
  'unknown-monitor': {
    status: 404,
    title: { zh: '没有该监测名单', en: 'No such monitor' },
    meaning: {
      zh: '没有此编号的监测名单或成员，或该名单属于其他合作方。',
      en: 'No monitor has this id, it has no such member, or it is another partner’s.',
    },
  },
  'monitor-full': {
    status: 422,
    title: { zh: '监测名单已满', en: 'The monitor is full' },
    meaning: {
      zh: '一个监测名单最多有1,000,000个成员。请移除不再需要的成员，或另建名单。',
      en: 'A monitor has at most 1,000,000 members. Remove some, or make another.',
    },
  },
  'request-too-large': {
    status: 413,
    title: { zh: '请求内容过大', en: 'The request is too large' },
    meaning: { zh: '请分批提交。', en: 'Send it in smaller parts.' },
  },
  'headers-too-large': {
    status: 431,
    title: { zh: '请求头过大', en: 'The head of the request is too large' },
    meaning: { zh: '请求头总长不得超过16 KB。', en: 'The headers together must not exceed 16 KB.' },
  },
  'request-timeout': {
    status: 408,
    title: { zh: '请求传送超时', en: 'The request did not arrive in time' },
    meaning: {
      zh: '请求须在规定时间内传送完毕。请重试。',
      en: 'A request must arrive whole within its time. Try again.',
    },
  },
  'unsupported-media-type': {
    status: 415,
    title: { zh: '不支持的内容类型', en: 'Unsupported media type' },
    meaning: { zh: '请求内容须为 application/json。', en: 'Send the body as application/json.' },
  },
  'unknown-step': {
    status: 404,
    title: { zh: '规则中没有该步骤', en: 'The rulebook has no such step' },
    meaning: {
      zh: '步骤代码见 /v1/rulebook 的 deadlines。',
      en: 'The codes of steps are listed under `deadlines` of /v1/rulebook.',
    },
  },
  'not-permitted-by-rulebook': {
    status: 422,
    title: { zh: '规则不允许此步骤', en: 'The rulebook does not allow this step' },
    meaning: {
      zh: '按决定之日施行的规则，此步骤不被允许。detail 说明原因和条文。',
      en: 'The rules in force on the day of the decision do not allow it. `detail` says why, with the article.',
    },
  },
  'ground-not-on-list': {
    status: 422,
    title: { zh: '列入事由不属于该名单', en: 'The ground does not belong to the list' },
    meaning: {
      zh: '经营异常名录的事由代码以 ABN-、ABC-、ABS- 开头，严重违法失信名单的以 SER- 开头。',
      en: 'Grounds of the abnormal list begin with ABN-, ABC- or ABS-, those of the serious-violator list with SER-.',
    },
  },
  'dated-before-entry': {
    status: 422,
    title: { zh: '日期早于列入日期', en: 'The day is before the entry' },
    meaning: {
      zh: '移出、撤销、更正等步骤不能早于列入之日。',
      en: 'An entry cannot end, be revoked or be corrected before the day on which it was made.',
    },
  },
  'unknown-job': {
    status: 404,
    title: { zh: '没有该任务', en: 'There is no such job' },
    meaning: { zh: '任务名称见 GET /v1/jobs。', en: '`GET /v1/jobs` has the names of all jobs.' },
  },
  'unknown-job-run': {
    status: 404,
    title: { zh: '没有该次任务运行记录', en: 'There is no such run' },
    meaning: { zh: '编号有误，或记录已过保存期限。', en: 'The id is wrong, or the run is older than runs are kept.' },
  },
  'job-already-running': {
    status: 409,
    title: { zh: '任务正在运行或等待运行', en: 'The job is running, or waits to be run' },
    meaning: {
      zh: '同一任务不会同时运行两次。GET /v1/job-runs 可以查看其进度；结束后可再次启动。',
      en: 'A job never overlaps itself. `GET /v1/job-runs` shows how far it is; start it again when it has ended.',
    },
  },
  'job-not-ready': {
    status: 409,
    title: { zh: '任务缺少所需的设置', en: 'The job lacks a setting' },
    meaning: {
      zh: '任务需要的设置尚未提供，detail 指出缺少哪一项。',
      en: 'A setting that the job needs is not there; `detail` names it.',
    },
  },
  'dry-run-not-possible': {
    status: 422,
    title: { zh: '该任务不能试运行', en: 'The job has no dry run' },
    meaning: {
      zh: '试运行在一个最终回滚的事务中完成。该任务除写入数据库外还有其他动作，因此不能试运行。',
      en: 'A dry run is one transaction that is rolled back. This job does more than write to the database.',
    },
  },
  'idempotency-key-reused': {
    status: 422,
    title: { zh: '幂等键已用于另一请求', en: 'The idempotency key was used for another request' },
    meaning: {
      zh: '同一个 Idempotency-Key 只能用于重发同一请求。新的请求请使用新的键。',
      en: 'An Idempotency-Key serves to send the same request again. Use a new key for a new request.',
    },
  },
  'internal-error': {
    status: 500,
    title: { zh: '服务内部错误', en: 'The service failed' },
    meaning: {
      zh: '错误已记录。请稍后重试；如持续出现，请提供 X-Request-Id 与运营方联系。',
      en: 'The fault is logged. Try again; if it persists, give the operator the X-Request-Id.',
    },
  },
  'unknown-quarantined-record': {
    status: 404,
    title: { zh: '隔离区没有该条记录', en: 'There is no such record in quarantine' },
    meaning: { zh: '隔离区没有此编号的记录。', en: 'No record in quarantine has this identifier.' },
  },
  'source-not-stopped': {
    status: 409,
    title: { zh: '该数据源没有停止', en: 'The source is not stopped' },
    meaning: {
      zh: '该数据源既未停止，也未处于熔断状态，无需恢复。',
      en: 'The source is neither stopped nor left alone for a while: there is nothing to resume.',
    },
  },
  overloaded: {
    status: 503,
    title: { zh: '服务繁忙', en: 'The service has too much to do' },
    meaning: {
      zh: '请求过多，暂时无法处理。请按 Retry-After 稍后重试，并放慢请求。',
      en: 'More is asked than can be answered in time. Try again after Retry-After, and more slowly.',
    },
  },
  unavailable: {
    status: 503,
    title: { zh: '服务暂时不可用', en: 'The service is not ready' },
    meaning: { zh: '请稍后重试。', en: 'Try again shortly.' },
  },
} as const satisfies Record<string, { status: number; title: Text; meaning: Text }>

export type ProblemCode = keyof typeof problems

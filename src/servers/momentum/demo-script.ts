/**
 * The demo page's script, for the browser. Whatever comes from the server is shown by textContent alone.
 * It holds neither a backslash nor a backtick, so that it stands here as it runs.
 */
export const DEMO_SCRIPT = `const PING_MS = 30000
const MAX_RETRIES = 5
const MAX_ENTRIES = 500
const MAX_NAMES = 10000
const MAX_SHOWN = 2000
const LABELS = {
  text: 'text', notification: 'notification', system_message: 'system', user_joined: 'joined', user_left: 'left',
  pong: 'pong', error: 'error', sent: 'sent',
}

const byId = (id) => document.getElementById(id)
const status = byId('status'), panel = byId('panel'), url = byId('url'), token = byId('token')
const autoPing = byId('auto-ping'), connectButton = byId('connect'), message = byId('message'), to = byId('to')
const log = byId('log'), list = byId('messages')
const sendButtons = [...document.querySelectorAll('#composer button')]

let socket = null
let wanted = false
let retries = 0
let retryTimer = 0
let pingTimer = 0
let online = false
const pings = new Map()
const names = new Map()

// The server is beside the page, also behind a path prefix and behind https.
const base = new URL(location.href)
base.protocol = base.protocol === 'https:' ? 'wss:' : 'ws:'
url.value = new URL('ws', base.origin + base.pathname).href

function readFragment() {
  const given = new URLSearchParams(location.hash.slice(1)).get('token')
  if (!given) return
  token.value = given
  start()
}

// ---- connection

function start() {
  stop()
  wanted = true
  retries = 0
  open()
}

function stop() {
  wanted = false
  clearTimeout(retryTimer)
  const old = socket
  socket = null
  if (old) old.close(1000)
  setOnline(false)
  show('offline', 'Not connected')
}

function open() {
  let target
  try {
    target = new URL(url.value.trim())
    if (token.value.trim() !== '') target.searchParams.set('token', token.value.trim())
    socket = new WebSocket(target)
  } catch {
    wanted = false
    setOnline(false)
    show('failed', 'The server address is not valid; for example ws://127.0.0.1:8000/ws')
    return
  }
  const mine = socket
  let opened = false
  setOnline(false)
  show('waiting', retries === 0 ? 'Connecting' : 'Connecting again, try ' + retries + ' of ' + MAX_RETRIES)
  mine.onopen = () => {
    if (mine !== socket) return
    opened = true
    retries = 0
    setOnline(true)
    if (matchMedia('(max-width: 40rem)').matches) panel.open = false
    loadNames()
  }
  mine.onmessage = (event) => { if (mine === socket) receive(event.data) }
  mine.onclose = (event) => {
    if (mine !== socket) return
    socket = null
    setOnline(false)
    retry(opened ? 'Connection ended (' + event.code + ')' : 'Could not connect: is the token valid, is the server up?')
  }
}

function retry(reason) {
  if (!wanted) return
  if (retries >= MAX_RETRIES) {
    wanted = false
    setOnline(false)
    show('failed', reason + ' Gave up after ' + MAX_RETRIES + ' tries.')
    return
  }
  const waitSec = 2 ** retries
  retries++
  show('waiting', reason + ' Next try in ' + waitSec + ' s, ' + retries + ' of ' + MAX_RETRIES + '.')
  retryTimer = setTimeout(open, waitSec * 1000)
}

function setOnline(isOnline) {
  online = isOnline
  for (const button of sendButtons) button.disabled = !isOnline
  connectButton.textContent = wanted ? 'Disconnect' : 'Connect'
  pings.clear()
  names.clear()
  clearInterval(pingTimer)
  if (isOnline) {
    pingTimer = setInterval(() => { if (autoPing.checked) ping() }, PING_MS)
    showOnline()
  }
}

// ---- who is online

async function loadNames() {
  const mine = socket
  try {
    const { users } = await (await fetch(new URL('ws/online', location.origin + location.pathname))).json()
    if (mine !== socket) return
    for (const user of users) addName(user.user_id, user.username)
    showOnline()
  } catch {
    // Another server than the page's own: names come as users join.
  }
}

function addName(id, name) {
  if (names.size < MAX_NAMES) names.set(id, String(name))
}

function showOnline() {
  const count = names.size
  show('online', 'Connected' + whoAmI() + (count === 0 ? '' : ', ' + count + ' online'))
}

/** From the token's middle part; the server has checked it, this is for show. */
function whoAmI() {
  try {
    const part = token.value.trim().split('.')[1].replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0))
    const { username } = JSON.parse(new TextDecoder().decode(bytes))
    return username ? ' as ' + username : ''
  } catch {
    return ''
  }
}

// ---- messages

function send(type, data) {
  if (!online) return false
  const id = makeId()
  const envelope = { id, message_type: type, data, timestamp: new Date().toISOString() }
  const user = to.value.trim()
  if (user !== '' && type !== 'ping') {
    envelope.to_user_id = user
    add('sent', 'to ' + (names.get(user) ?? user), data.content)
  }
  if (type === 'ping') {
    if (pings.size > 100) pings.clear()
    pings.set(id, performance.now())
  }
  socket.send(JSON.stringify(envelope))
  return true
}

/** crypto.randomUUID exists on https and localhost only. */
function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function ping() {
  send('ping', {})
}

function sendTyped(type, extra) {
  const content = message.value
  if (content.trim() === '') {
    message.focus()
    return
  }
  if (send(type, Object.assign({ content }, extra))) message.value = ''
  message.focus()
}

function receive(frame) {
  if (typeof frame !== 'string') {
    add('other', '', 'a binary frame')
    return
  }
  let envelope
  try {
    envelope = JSON.parse(frame)
  } catch {
    envelope = null
  }
  if (typeof envelope?.message_type !== 'string') {
    add('other', '', frame)
    return
  }
  const { id, message_type: type, from_user_id: from } = envelope
  const data = envelope.data ?? {}
  if (type === 'user_joined' || type === 'user_left') {
    if (type === 'user_joined') addName(from, data.username)
    else names.delete(from)
    showOnline()
    add(type, '', String(data.username))
  } else if (type === 'pong') {
    const sentAt = pings.get(id)
    pings.delete(id)
    add(type, '', sentAt === undefined ? '' : (performance.now() - sentAt).toFixed(1) + ' ms')
  } else {
    const content = typeof data.content === 'string' ? data.content : JSON.stringify(data)
    const priority = typeof data.priority === 'string' ? '[' + data.priority + '] ' : ''
    add(type, from == null ? 'server' : names.get(from) ?? String(from), priority + content)
  }
}

// ---- the list: bounded, and drawn once a frame whatever the rate

let waiting = []
let drawing = 0

function add(kind, from, content) {
  waiting.push({ kind, from, content, at: new Date() })
  if (waiting.length > MAX_ENTRIES) waiting.shift()
  if (drawing === 0) drawing = requestAnimationFrame(draw)
}

function draw() {
  drawing = 0
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
  const fresh = document.createDocumentFragment()
  for (const entry of waiting) fresh.append(makeItem(entry))
  waiting = []
  list.append(fresh)
  while (list.childElementCount > MAX_ENTRIES) list.firstElementChild.remove()
  byId('empty').hidden = true
  if (atEnd) log.scrollTop = log.scrollHeight
}

function makeItem({ kind, from, content, at }) {
  const item = document.createElement('li')
  const known = Object.hasOwn(LABELS, kind)
  item.dataset.kind = known ? kind : 'other'
  const label = makeSpan('kind', known ? LABELS[kind] : cut(kind, 40))
  const body = makeSpan('content', '')
  if (from !== '') body.append(makeSpan('from', cut(from, 80) + ': '))
  body.append(cut(content ?? '', MAX_SHOWN))
  const time = document.createElement('time')
  time.dateTime = at.toISOString()
  time.textContent = at.toLocaleTimeString()
  item.append(label, body, time)
  return item
}

function makeSpan(name, text) {
  const span = document.createElement('span')
  span.className = name
  span.textContent = text
  return span
}

function cut(text, length) {
  return text.length <= length ? text : text.slice(0, length) + '… (' + (text.length - length) + ' more characters)'
}

function show(state, text) {
  if (status.textContent === text && status.dataset.state === state) return
  status.dataset.state = state
  status.textContent = text
}

// ---- what the user does

byId('connection').addEventListener('submit', (event) => {
  event.preventDefault()
  if (wanted) stop()
  else start()
})
byId('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  sendTyped('text', {})
})
byId('notify').addEventListener('click', () => sendTyped('notification', { priority: 'normal', source: 'demo' }))
byId('ping').addEventListener('click', ping)
addEventListener('hashchange', readFragment)
readFragment()
`

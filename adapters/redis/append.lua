#!lua
-- Appends a batch of commits to a partition's log, each of them wholly or not at all.
-- It has no flag allow-oom, so a Redis that is full, read-only or unable to persist refuses it
-- before its first line: nothing it writes can be refused halfway.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] the writer
-- KEYS[4...] the indexes of all streams of the batch, then other keys that its commits name
-- ARGV[1] incarnation  ARGV[2] token  ARGV[3] the batch's number
-- ARGV[4] the epoch and ARGV[5] the position that the writer knows of
-- ARGV[6] how long to keep the writer's key, in ms; 0 for ever  ARGV[7] how many streams
-- ARGV[8] the commits, as JSON  ARGV[9...] bytes of events: metadata and, where there is one, body
--
-- A commit, with keys and bytes named by their place in KEYS and ARGV:
--   { parts: [[index, expected revision or -1 for any, [event, ...]], ...], bytes: first of them,
--     once: [key, older key, sequence, content], lease: key, ends: [writer, incarnation] }
-- An event is 2 * the index of its link (0 for none) + 1 if it has a body.
--
-- Answers one line for each commit:
--   A<position> <revision>...  appended       R<position> <revision>...  repeated
--   M  mismatch   L  leased   F  fenced       C<part> <revision>  conflict
-- or, when nothing was looked at: !fenced  !taken <token>  !number  !heads  !epoch  !behind
--   !index <its place in KEYS>
local log, heads, writer = KEYS[1], KEYS[2], KEYS[3]
local incarnation, token, number = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local rememberedMs = 3600000

local held = redis.call('HMGET', writer, 'incarnation', 'token', 'number', 'answer', 'ended')
local heldIncarnation, heldNumber = tonumber(held[1] or -1), tonumber(held[3] or 0)
if held[2] == token and heldNumber == number then return held[4] end
if tonumber(held[5] or -1) >= incarnation or heldIncarnation > incarnation then return '!fenced' end
if held[2] == token then
  if number ~= heldNumber + 1 then return '!number' end
elseif number ~= 1 then
  if heldIncarnation == incarnation then return '!taken ' .. held[2] end
  return '!number'
end

local firstIndex, lastIndex = 4, 3 + tonumber(ARGV[7])
local prefix = #heads - #'heads' + #'stream:'
local name, fields = {}, { ':position', ':at', ':epoch', ':missing' }
for key = firstIndex, lastIndex do
  name[key] = string.sub(KEYS[key], prefix + 1)
  fields[#fields + 1] = name[key]
end
local head = redis.call('HMGET', heads, unpack(fields))
local position, at, epoch = tonumber(head[1]), tonumber(head[2]), head[3]
if not position or not at or not epoch then return '!heads' end
if redis.call('XLEN', log) + tonumber(head[4] or 0) ~= position then return '!heads' end
if epoch ~= ARGV[4] then return '!epoch' end
if position < tonumber(ARGV[5]) then return '!behind' end
local revision, isTouched = {}, {}
for key = firstIndex, lastIndex do
  revision[key] = tonumber(head[key + 1] or 0)
end
-- What was trimmed counts as if it were there.
local trimmed = string.sub(heads, 1, #heads - #'heads') .. 'trimmed'
local gone = redis.call('HMGET', trimmed, ':first', unpack(name, firstIndex, lastIndex))
local first = tonumber(gone[1] or 1)
for key = firstIndex, lastIndex do
  local before = tonumber(gone[key - firstIndex + 2] or 0)
  if redis.call('XLEN', KEYS[key]) + before ~= revision[key] then return '!index ' .. key end
end

local time = redis.call('TIME')
at = math.max(at, time[1] * 1000 + math.floor(time[2] / 1000))
local hasEnded = false

local function index(key)
  revision[key] = revision[key] + 1
  isTouched[key] = true
  redis.call('XADD', KEYS[key], revision[key] .. '-0', 'p', position)
end

local function write(key, event, bytes)
  local link, hasBody = math.floor(event / 2), event % 2 == 1
  position = position + 1
  index(key)
  local id, meta, body = position .. '-0', ARGV[bytes], ARGV[bytes + 1]
  if link > 0 then
    index(link)
    local l, q = name[link], revision[link]
    if hasBody then
      redis.call('XADD', log, id, 's', name[key], 'r', revision[key], 'a', at, 'm', meta, 'b', body, 'l', l, 'q', q)
    else
      redis.call('XADD', log, id, 's', name[key], 'r', revision[key], 'a', at, 'm', meta, 'l', l, 'q', q)
    end
  elseif hasBody then
    redis.call('XADD', log, id, 's', name[key], 'r', revision[key], 'a', at, 'm', meta, 'b', body)
  else
    redis.call('XADD', log, id, 's', name[key], 'r', revision[key], 'a', at, 'm', meta)
  end
  return bytes + (hasBody and 2 or 1)
end

-- What `once` was answered first: the content and the answer. One that speaks of a record which
-- the log does not have is of a log that was rolled back, and counts for nothing.
local function remembered(once)
  local value = redis.call('HGET', KEYS[once[1]], once[3]) or redis.call('HGET', KEYS[once[2]], once[3])
  if not value then return end
  local content, writtenAt, answer, place = string.match(value, '^(%S+) (%d+) ((%d+).*)$')
  if writtenAt ~= '0' and tonumber(place) >= first then
    local entry = redis.call('XRANGE', log, place .. '-0', place .. '-0')[1]
    if not entry or entry[2][6] ~= writtenAt then return end
  end
  return content, answer
end

-- Two keys take turns, so that what is remembered is an hour old at least when it goes, and two
-- at most: the older one is thrown away when the newer has been written to for an hour.
local function remember(once, value)
  local key, older = KEYS[once[1]], KEYS[once[2]]
  local since = tonumber(redis.call('HGET', key, ':since') or 0)
  if since > 0 and at - since > rememberedMs then
    redis.call('RENAME', key, older)
    redis.call('PEXPIRE', older, rememberedMs)
    since = 0
  end
  if since == 0 then redis.call('HSET', key, ':since', at, once[3], value)
  else redis.call('HSET', key, once[3], value) end
  redis.call('PEXPIRE', key, rememberedMs)
end

local function refusal(commit)
  if hasEnded then return 'F' end
  if commit.once then
    local content, answer = remembered(commit.once)
    if content then return content == commit.once[4] and 'R' .. answer or 'M' end
  end
  if commit.lease and redis.call('EXISTS', KEYS[commit.lease]) == 1 then return 'L' end
  if commit.ends then
    local ended = redis.call('HGET', KEYS[commit.ends[1]], 'ended')
    if tonumber(ended or -1) >= commit.ends[2] then return 'F' end
  end
  for place, part in ipairs(commit.parts) do
    if part[2] >= 0 and revision[part[1]] ~= part[2] then
      return 'C' .. place .. ' ' .. revision[part[1]]
    end
  end
end

local function append(commit)
  local bytes, first = commit.bytes, position
  for _, part in ipairs(commit.parts) do
    for _, event in ipairs(part[3]) do bytes = write(part[1], event, bytes) end
  end
  local answer = tostring(first + 1)
  for _, part in ipairs(commit.parts) do answer = answer .. ' ' .. revision[part[1]] end
  if commit.once then
    local writtenAt = position > first and at or 0
    remember(commit.once, commit.once[4] .. ' ' .. writtenAt .. ' ' .. answer)
  end
  if commit.ends then
    local ended = KEYS[commit.ends[1]]
    redis.call('HSET', ended, 'ended', commit.ends[2])
    hasEnded = ended == writer and commit.ends[2] >= incarnation
  end
  return 'A' .. answer
end

local answers = {}
for place, commit in ipairs(cjson.decode(ARGV[8])) do
  answers[place] = refusal(commit) or append(commit)
end
local reached = { ':position', position, ':at', at }
for key = firstIndex, lastIndex do
  if isTouched[key] then
    reached[#reached + 1] = name[key]
    reached[#reached + 1] = revision[key]
  end
end
if position > tonumber(head[1]) then redis.call('HSET', heads, unpack(reached)) end
local answer = table.concat(answers, '\n')
if held[2] == token then redis.call('HSET', writer, 'number', number, 'answer', answer)
else redis.call('HSET', writer, 'incarnation', incarnation, 'token', token, 'number', number, 'answer', answer) end
if ARGV[6] ~= '0' then redis.call('PEXPIRE', writer, ARGV[6]) end
return answer

#!lua flags=allow-oom
-- Takes some of the first records out of a partition's log and of the indexes of their streams.
-- Groups of servers that have ended are destroyed; any other that has not been given all of what is
-- to go holds it up.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] what was trimmed  KEYS[4] snapshots
-- ARGV[1] the position before which all is to go  ARGV[2] the epoch in which snapshots were kept
-- ARGV[3] the epochs' stream  ARGV[4] how many records to take at most
--
-- Answers the position of the first record afterwards, and 0 or, when there is more to take, 1; or
-- !heads when those are not what the log says  !uncovered without snapshots up to there
-- !held <group>
local log, heads, trimmed, snapshots = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local prefix = string.sub(heads, 1, #heads - #'heads')
local head = redis.call('HMGET', heads, ':position', ':epoch', ':missing')
local position, missing = tonumber(head[1]), tonumber(head[3] or 0)
if not position or redis.call('XLEN', log) + missing ~= position then return '!heads' end
local first = tonumber(redis.call('HGET', trimmed, ':first') or 1)
local target = math.min(tonumber(ARGV[1]), position)
if target <= first then return { first, 0 } end
local through = tonumber(redis.call('HGET', snapshots, ':through') or 0)
if head[2] ~= ARGV[2] or through < target - 1 then return '!uncovered' end

local function hasEnded(group)
  local server, incarnation = string.match(group, '^sc:(.+):(%d+):%x+$')
  if not server then return false end
  local ended = redis.call('HGET', prefix .. 'writer:' .. server, 'ended')
  return tonumber(ended or -1) >= tonumber(incarnation)
end

for _, fields in ipairs(redis.call('XINFO', 'GROUPS', log)) do
  local group = {}
  for place = 1, #fields, 2 do group[fields[place]] = fields[place + 1] end
  local reached = tonumber(string.match(group['last-delivered-id'], '^%d+'))
  if reached < target - 1 then
    if not hasEnded(group.name) then return '!held ' .. group.name end
    redis.call('XGROUP', 'DESTROY', log, group.name)
  end
end

local before = math.min(target, first + tonumber(ARGV[4]))
local entries = redis.call('XRANGE', log, first .. '-0', '(' .. before .. '-0')
local reached = {}
for _, entry in ipairs(entries) do
  local record = {}
  for place = 1, #entry[2], 2 do record[entry[2][place]] = entry[2][place + 1] end
  reached[record.s] = record.r
  if record.l then reached[record.l] = record.q end
  if record.s == ARGV[3] then
    redis.call('HSET', trimmed, ':epoch', cjson.decode(record.m).data.epoch)
  end
end
for stream, revision in pairs(reached) do
  local index = prefix .. 'stream:' .. stream
  redis.call('XTRIM', index, 'MINID', '=', string.format('%.0f', tonumber(revision) + 1) .. '-0')
  if redis.call('XLEN', index) == 0 then redis.call('DEL', index) end
  redis.call('HSET', trimmed, stream, revision)
end
redis.call('HSET', trimmed, ':first', before)
redis.call('HSET', heads, ':missing', missing + redis.call('XTRIM', log, 'MINID', '=', before .. '-0'))
return { before, before < target and 1 or 0 }

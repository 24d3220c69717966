#!lua flags=allow-oom
-- Makes a partition's heads anew from its log and from what was trimmed of it, unless they are
-- whole by now.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] what was trimmed
-- ARGV[1] the position up to which the log was read  ARGV[2] the epoch there
-- ARGV[3] the streams' revisions there, as JSON: [stream, revision, ...]
-- ARGV[4] the epochs' stream
--
-- Answers 1 when the heads are whole; 0 when the log has grown too far past ARGV[1].
local log, heads = KEYS[1], KEYS[2]
local tailMax = 1000
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
if not last then return 0 end
local position, length = tonumber(string.match(last[1], '^%d+')), redis.call('XLEN', log)
local head = redis.call('HMGET', heads, ':position', ':at', ':epoch', ':missing')
local isWhole = head[2] and head[3] and tonumber(head[1]) == position
if isWhole and length + tonumber(head[4] or 0) == position then return 1 end

local tail = redis.call('XRANGE', log, '(' .. ARGV[1] .. '-0', '+', 'COUNT', tailMax + 1)
if #tail > tailMax then return 0 end
local revisions, epoch = {}, ARGV[2]
local read = cjson.decode(ARGV[3])
for place = 1, #read, 2 do revisions[read[place]] = read[place + 1] end
for _, entry in ipairs(tail) do
  local record = {}
  for place = 1, #entry[2], 2 do record[entry[2][place]] = entry[2][place + 1] end
  revisions[record.s] = record.r
  if record.l then revisions[record.l] = record.q end
  if record.s == ARGV[4] then epoch = cjson.decode(record.m).data.epoch end
end
local gone = redis.call('HGETALL', KEYS[3])
for place = 1, #gone, 2 do
  local stream, revision = gone[place], gone[place + 1]
  if stream == ':epoch' then
    if epoch == '' then epoch = revision end
  elseif string.sub(stream, 1, 1) ~= ':' then
    revisions[stream] = revisions[stream] or revision
  end
end
redis.call('DEL', heads)
local missing = position - length
redis.call('HSET', heads, ':position', position, ':at', last[2][6], ':epoch', epoch, ':missing', missing)
for stream, revision in pairs(revisions) do redis.call('HSET', heads, stream, revision) end
return 1

#!lua flags=allow-oom
-- Makes a stream's index anew from the log.
--
-- KEYS[1] the stream's index  KEYS[2] log  KEYS[3] heads  KEYS[4] what was trimmed
-- ARGV[1] the stream  ARGV[2] the position up to which the log was read
-- ARGV[3] the positions of the stream's records up to there, in order, separated by commas
--
-- Answers 1 when it has; 0 when the log has grown too far past ARGV[2].
local index, log = KEYS[1], KEYS[2]
local tailMax = 1000
local tail = redis.call('XRANGE', log, '(' .. ARGV[2] .. '-0', '+', 'COUNT', tailMax + 1)
if #tail > tailMax then return 0 end
redis.call('DEL', index)
local revision = tonumber(redis.call('HGET', KEYS[4], ARGV[1]) or 0)
local function add(position)
  revision = revision + 1
  redis.call('XADD', index, revision .. '-0', 'p', position)
end
for position in string.gmatch(ARGV[3], '%d+') do add(position) end
for _, entry in ipairs(tail) do
  local record = {}
  for place = 1, #entry[2], 2 do record[entry[2][place]] = entry[2][place + 1] end
  local position = string.match(entry[1], '^%d+')
  if record.s == ARGV[1] then add(position) end
  if record.l == ARGV[1] then add(position) end
end
if revision > 0 then redis.call('HSET', KEYS[3], ARGV[1], revision)
else redis.call('HDEL', KEYS[3], ARGV[1]) end
return 1

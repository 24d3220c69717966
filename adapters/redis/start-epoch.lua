#!lua flags=allow-oom
-- Tells in the log that it was rolled back, unless somebody else was first.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] the index of the epochs' stream
-- ARGV[1] the epochs' stream  ARGV[2] the epoch that ends  ARGV[3] the epoch that starts
-- ARGV[4] metadata of the event that starts it
--
-- Answers 1 when it wrote the event.
local log, heads, index = KEYS[1], KEYS[2], KEYS[3]
local head = redis.call('HMGET', heads, ':position', ':at', ':epoch', ARGV[1])
if head[3] ~= ARGV[2] then return 0 end
local position, revision = tonumber(head[1]) + 1, tonumber(head[4] or 0) + 1
local time = redis.call('TIME')
local at = math.max(tonumber(head[2]), time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('XADD', log, position .. '-0', 's', ARGV[1], 'r', revision, 'a', at, 'm', ARGV[4])
redis.call('XADD', index, revision .. '-0', 'p', position)
redis.call('HSET', heads, ':position', position, ':at', at, ':epoch', ARGV[3], ARGV[1], revision)
return 1

#!lua
-- Makes a partition's log with its first record, unless there is one. What is left of a log that
-- is gone (indexes, answers, fences, snapshots) speaks of records that are no more, and goes with it.
-- How many partitions there are is written along, for it may have gone with the log.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] the index of the epochs' stream  KEYS[4] what the log says of
-- itself
-- ARGV[1] the epochs' stream  ARGV[2] the epoch  ARGV[3] metadata of the event that starts it
-- ARGV[4] the log's format  ARGV[5] its number of partitions
--
-- Answers 1 when it made the log, 0 when there is one, and -1 when partitions are to be others.
local log, heads, index, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if redis.call('XLEN', log) > 0 then return 0 end
local partitions = redis.call('HGET', meta, 'partitions')
if partitions and partitions ~= ARGV[5] then return -1 end
redis.call('HSETNX', meta, 'format', ARGV[4])
redis.call('HSET', meta, 'partitions', ARGV[5])
local prefix = string.sub(heads, 1, #heads - #'heads')
for _, kind in ipairs({ 'log', 'heads', 'stream:*', 'writer:*', 'once:*', 'trimmed', 'snapshots' }) do
  local cursor = '0'
  repeat
    local found = redis.call('SCAN', cursor, 'MATCH', prefix .. kind, 'COUNT', 1000)
    cursor = found[1]
    for _, key in ipairs(found[2]) do redis.call('DEL', key) end
  until cursor == '0'
end
local time = redis.call('TIME')
local at = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('XADD', log, '1-0', 's', ARGV[1], 'r', 1, 'a', at, 'm', ARGV[3])
redis.call('XADD', index, '1-0', 'p', 1)
redis.call('HSET', heads, ':position', 1, ':at', at, ':epoch', ARGV[2], ARGV[1], 1)
return 1

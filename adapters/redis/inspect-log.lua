#!lua flags=no-writes
-- Tells, at one moment, how a partition's log and its heads stand to one another.
--
-- KEYS[1] log  KEYS[2] heads  KEYS[3] the index of the epochs' stream  KEYS[4] what was trimmed
-- ARGV[1] a position whose record somebody knows; 0 for none
--
-- Answers [last position, length, :position, :at, :epoch, :missing, the record at ARGV[1], the
-- record of the last epoch, the first position that was not trimmed]; a last position of 0 when there is no log, nil for what is missing.
local log = KEYS[1]
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
if not last then return { 0, 0, false, false, false, false, false, false, 1 } end
local head = redis.call('HMGET', KEYS[2], ':position', ':at', ':epoch', ':missing')
local function record(position)
  return redis.call('XRANGE', log, position .. '-0', position .. '-0')[1] or false
end
local epoch = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
return {
  tonumber(string.match(last[1], '^%d+')), redis.call('XLEN', log),
  head[1], head[2], head[3], head[4],
  ARGV[1] ~= '0' and record(ARGV[1]), epoch and record(epoch[2][2]) or false,
  tonumber(redis.call('HGET', KEYS[4], ':first') or 1)
}

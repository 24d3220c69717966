#!lua flags=no-writes
-- Reads a page of one stream.
--
-- KEYS[1] the stream's index  KEYS[2] log  KEYS[3] heads  KEYS[4] what was trimmed
-- ARGV[1] the stream  ARGV[2] the first revision wanted, or + for the last one there is
-- ARGV[3] forwards or backwards  ARGV[4] how many at most
--
-- Answers [the stream's revision by the heads, the length of its index, how many revisions of it
-- were trimmed, [revision, record], ...]; a record that the log does not have is nil.
local index, log, limit = KEYS[1], KEYS[2], ARGV[4]
local from = ARGV[2] == '+' and '+' or ARGV[2] .. '-0'
local found
if ARGV[3] == 'forwards' then found = redis.call('XRANGE', index, from, '+', 'COUNT', limit)
else found = redis.call('XREVRANGE', index, from, '-', 'COUNT', limit) end
local revision = tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or 0)
local trimmed = tonumber(redis.call('HGET', KEYS[4], ARGV[1]) or 0)
local page = { revision, redis.call('XLEN', index), trimmed }
for _, entry in ipairs(found) do
  local id = entry[2][2] .. '-0'
  page[#page + 1] = { entry[1], redis.call('XRANGE', log, id, id)[1] or false }
end
return page

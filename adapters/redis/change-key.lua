#!lua
-- Puts a wrapped key in the place of what is kept under its name, unless that has changed.
--
-- KEYS[1] the keys of the partition
-- ARGV[1] name  ARGV[2] what was kept, empty for nothing  ARGV[3] what to keep
--
-- Answers what is kept then.
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if (kept or '') ~= ARGV[2] then return kept or '' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return ARGV[3]

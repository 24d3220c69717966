#!lua
-- Keeps snapshots of a partition's states, all of them or none.
--
-- KEYS[1] snapshots  KEYS[2] heads
-- ARGV[1] the epoch that they are of  ARGV[2] up to which position
-- ARGV[3...] name, snapshot, ...
--
-- Answers 1; 0 when the epoch is another one, or as much was kept before.
local snapshots = KEYS[1]
if redis.call('HGET', KEYS[2], ':epoch') ~= ARGV[1] then return 0 end
local through = tonumber(redis.call('HGET', snapshots, ':through') or 0)
if through >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', snapshots, ':through', ARGV[2])
for place = 3, #ARGV, 2 do redis.call('HSET', snapshots, ARGV[place], ARGV[place + 1]) end
return 1

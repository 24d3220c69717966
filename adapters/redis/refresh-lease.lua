#!lua flags=allow-oom
-- Takes a lease that nobody holds, or prolongs it for its holder. Also when memory is full: a
-- server that lives must be seen to live.
--
-- KEYS[1] the lease
-- ARGV[1] token  ARGV[2] for how long, in ms
--
-- Answers 1 when the token holds it.
local holder = redis.call('GET', KEYS[1])
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
if holder then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1

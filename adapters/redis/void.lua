#!lua flags=allow-oom
-- Settles what became of a batch whose answer was lost: either it ran, or it never will.
--
-- KEYS[1] the writer
-- ARGV[1] incarnation  ARGV[2] token  ARGV[3] the batch's number
-- ARGV[4] how long to keep the writer's key, in ms; 0 for ever
--
-- Answers
--   = and the batch's own answer  it ran
--   void             it did not; its number is used up, so that it never will
--   unsure <token>   its number is used up, but it may have run before that token's writer did
--   !fenced          it did not run, and this writer can run nothing any more
--   !taken <token>   it will not run; whether it has, that token's answer has covered up
local writer, incarnation, token, number = KEYS[1], tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local held = redis.call('HMGET', writer, 'incarnation', 'token', 'number', 'answer', 'ended')
local heldIncarnation, heldNumber = tonumber(held[1] or -1), tonumber(held[3] or 0)
local isOwn = held[2] == token
if isOwn and heldNumber == number then
  return held[4] == 'void' and 'void' or '=' .. held[4]
end
local isOthers = not isOwn and heldIncarnation == incarnation
local hasEnded = tonumber(held[5] or -1) >= incarnation
if heldIncarnation > incarnation or isOthers and (number > 1 or hasEnded) then
  return '!taken ' .. held[2]
end
if hasEnded then return '!fenced' end
redis.call('HSET', writer, 'incarnation', incarnation, 'token', token, 'number', number, 'answer', 'void')
if ARGV[4] ~= '0' then redis.call('PEXPIRE', writer, ARGV[4]) end
return isOthers and 'unsure ' .. held[2] or 'void'

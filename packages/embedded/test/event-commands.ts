/** Commands, one after the other, that change keys, or look at keys that are not there. */
const lines = `
get nokey|set a 1|set a 2 ex 100|setnx a 3|getset a 4|getex a ex 50|getex a persist|append a x|append new x|setrange a 1 y|set n 1|incr n
decr n|incrbyfloat n 1.5|mset p 1 q 2|msetnx p 1 r 2|setbit b 1 1|setbit b 1 1|bitop and c b nokey|bitop and c nokey nokey2
bitfield bf set u8 0 5|bitfield bf get u8 0|bitfield nobf get u8 0|bitfield bf set u8 0 5|getdel a|expire n 100|expire n -1|set n 1
pexpire n 100 xx|persist n|rename n m|rename m p|renamenx p q|copy p pp|copy p q replace|move q 1|rpush l 1 2 3|lpushx l 1
linsert l before 1 0|lset l 0 z|lrem l 1 z|lrem l 1 nothere|ltrim l 0 1|lmove l l2 left right|rpoplpush l l2|lmpop 2 l l2 left count 5
lpop l|rpush l 1 2|blpop l 1|blmove l l3 left left 1|ltrim l3 5 9|sort l3 store srt|rpush l 3 1|sort l store srt|sort nol store srt
sadd s 1 2|sadd s 1|srem s 1|smove s s2 2|smove s s2 2|sadd s 1 2|spop s|spop s 5|sadd s 1 2|sinterstore s3 s s|sinterstore s3 s nos
sunionstore s3 s s|sdiffstore s3 s s|hset h f 1|hset h f 1|hsetnx h f 1|hincrby h g 1|hincrbyfloat h g 1|hdel h f g|hset h f 1|hdel h f
hdel h f|zadd z 1 a 2 b 3 c|zadd z 1 a|zadd z xx 5 nothere|zadd z incr 1 a|zincrby z 0 a|zrem z a|zremrangebyrank z 0 0
zremrangebyscore z 100 200|zpopmin z|zadd z 1 a 2 b 3 c|zpopmax z|zmpop 1 z min count 1|bzpopmin z 1|zadd z 1 a|zunionstore z2 1 z
zinterstore z2 2 z noz|zrangestore z3 z 0 -1|zrangestore z3 z 5 9|zdiffstore z2 2 z z|xadd x 1-1 f v|xadd x maxlen 1 2-1 f v|xdel x 1-1
xgroup create x g 0|xgroup create x2 g 0 mkstream|xgroup setid x g 0|xgroup createconsumer x g c|xreadgroup group g c9 streams x >
xreadgroup group g c9 streams x >|xack x g 2-1|xgroup delconsumer x g c|xgroup destroy x g|xgroup destroy x g|xtrim x maxlen 0|xsetid x 9-1
unlink p|exists nokey|type nokey|ttl nokey|pttl nok|expiretime nok|object encoding nokey|touch nokey|strlen nokey|mget nokey p nokey2
llen nol|lrange nol 0 1|sismember nos 1|sinter nos nos2 s|sunion nos s|sdiff nos nos2|hget noh f|hgetall noh|zscore noz a|zrange noz 0 1
zunion 2 noz noz2|xrange nox - +|xlen nox|xread streams nox 0|xread count 1 streams nox nox2 0 $|xinfo stream nox|xpending nox g
xack nox g 1|xclaim nox g c 0 1-1|xautoclaim nox g c 0 0|xgroup destroy nox g|xreadgroup group g c streams nox >|bitcount nob
getrange nob 0 1|sort nol|sort nol store nol2|bitop or nob nob2 nob3|zunionstore noz9 1 noz|zrangestore noz9 noz 0 1
sinterstore noz9 noz nos|hdel noh f|lpop nol|spop nos|zrem noz a|expire nok 5|lpos nol a|sscan nos 0|hscan noh 0|zscan noz 0|srandmember nos
zrandmember noz|hrandfield noh|sintercard 1 nos|zintercard 1 noz|smove nos s 1|copy nok x|rename nok x|getdel nok|getex nok
lmove nol l2 left left|getbit nok 1|bitpos nok 1|zcount noz 1 2|zrank noz a|hlen noh|scard nos|eval return(redis.call('get','nok')) 0
linsert nol before a b|smismember nos 1|zmscore noz a|lindex nol 0|hmget noh a|hexists noh a|hstrlen noh a|hkeys noh|substr nok 0 1
bitfield_ro nok get u8 0|sort_ro nol|zdiff 2 noz noz2|zinter 2 noz noz2|zlexcount noz - +|zrangebyscore noz 0 1|setrange nok 0 x
setnx nok3 1|set nok4 1 xx|set nok4 1 get|getset nok5 1|persist nok9|move nok9 1
`;

/** The same as words. */
export const eventCommands: readonly (readonly string[])[] = lines
  .trim()
  .split(/[\n|]/)
  .map((line) => line.split(' '));

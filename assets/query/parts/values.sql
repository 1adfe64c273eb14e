    -- Texts that say nothing, in lower case and without padding: marks and words for a missing value, a spreadsheet's error or
    -- short form of a number.
    '^(|-|--|–|—|<null>|\\(null\\)|\\+ac0-?|null|nil|n/a|nan|undefined|none|na|\\{pii removed\\}|err:[0-9]+|#.*[!?]|#+|#n/a|[-+]?[0-9]+([.,][0-9]+)?e[-+]?[0-9]+)$' AS Nothing,
    -- Without padding, in lower case. Most texts have no padding: the costly way is taken where one has.
    (x -> lowerUTF8(if(x != '' AND (ascii(x) <= 32 OR ascii(substring(x, -1)) <= 32), replaceRegexpAll(x, '^\\s+|\\s+$', ''), x))) AS trimmed,
    (x -> trimmed(ifNull(toString(x), ''))) AS lowered,
    -- Those, and one character repeated, as of an all-zero id. What is long, and begins as no such text does, is not looked at.
    (x -> (length(x) <= 24 AND match(x, Nothing))
        OR ((length(x) < 4 OR substring(x, 2, 1) = substring(x, 3, 1) OR substring(x, 2, 1) = '-' OR match(substring(x, 1, 1), '[-{}()=]'))
            AND arrayUniq(splitByString('', replaceRegexpAll(x, '[-{}()=]', ''))) < 2 AND NOT match(x, '^[-{}()=]*[^-{}()=][-{}()=]*$'))) AS saysNothing,
    -- An id or a name as it is compared; '' where it says nothing.
    (x -> arrayMap(text -> if(saysNothing(text), '', text), [lowered(x)])[1]) AS clean,
    -- A word of a fixed list, without case and spaces; '' where it says nothing.
    (x -> arrayMap(text -> if(saysNothing(text) AND text != 'none', '', replaceRegexpAll(text, '\\s', '')), [lowered(x)])[1]) AS word,
    -- An address without the port that some records add.
    (x -> clean(if(position(ifNull(toString(x), ''), ':') = 0, ifNull(toString(x), ''),
        replaceRegexpOne(replaceRegexpOne(ifNull(toString(x), ''), '^\\s*([0-9]+\\.[0-9.]+):[0-9]+\\s*$', '\\1'), '^\\s*\\[(.+)\\](:[0-9]+)?\\s*$', '\\1')))) AS address,
    -- An id of a token: case counts, what pads it does not.
    (x -> if(clean(x) = '', '', replaceRegexpOne(trimBoth(ifNull(toString(x), '')), '=+$', ''))) AS token,
    -- A result that is a success.
    (x -> match(lowered(x), '^(0([.,]0+)?|success)$')) AS isZero,
    -- Ticks of 100 ns since 1970, in which times are compared.
    (x -> intDiv(toUnixTimestamp64Nano(toDateTime64(x, 9, 'UTC')), 100)) AS ticks,
    (x -> toDateTime64(fromUnixTimestamp64Nano(x * 100, 'UTC'), 7, 'UTC')) AS moment,

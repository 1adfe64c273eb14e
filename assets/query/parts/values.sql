    -- Texts that say nothing, in lower case and without padding: marks and words for a missing value, a spreadsheet's error or
    -- short form of a number.
    '^(|-|--|–|—|<null>|\\(null\\)|\\+ac0-?|null|nil|n/a|nan|undefined|none|na|\\{pii removed\\}|err:[0-9]+|#.*[!?]|#+|#n/a|[-+]?[0-9]+([.,][0-9]+)?e[-+]?[0-9]+)$' AS Nothing,
    (x -> lowerUTF8(replaceRegexpAll(ifNull(toString(x), ''), '^\\s+|\\s+$', ''))) AS lowered,
    -- Those, and one character repeated, as of an all-zero id.
    (x -> match(x, Nothing) OR (arrayUniq(splitByString('', replaceRegexpAll(x, '[-{}()=]', ''))) < 2 AND NOT match(x, '^[-{}()=]*[^-{}()=][-{}()=]*$'))) AS saysNothing,
    -- An id or a name as it is compared; '' where it says nothing.
    (x -> arrayMap(text -> if(saysNothing(text), '', text), [lowered(x)])[1]) AS clean,
    -- A word of a fixed list, without case and spaces; '' where it says nothing.
    (x -> arrayMap(text -> if(saysNothing(text) AND text != 'none', '', replaceRegexpAll(text, '\\s', '')), [lowered(x)])[1]) AS word,
    -- An address without the port that some records add.
    (x -> clean(replaceRegexpOne(replaceRegexpOne(ifNull(toString(x), ''), '^\\s*([0-9]+\\.[0-9.]+):[0-9]+\\s*$', '\\1'),
        '^\\s*\\[(.+)\\](:[0-9]+)?\\s*$', '\\1'))) AS address,
    -- An id of a token: case counts, what pads it does not.
    (x -> if(clean(x) = '', '', replaceRegexpOne(trimBoth(ifNull(toString(x), '')), '=+$', ''))) AS token,
    -- A result that is a success.
    (x -> match(lowered(x), '^(0([.,]0+)?|success)$')) AS isZero,
    -- Ticks of 100 ns since 1970, in which times are compared.
    (x -> intDiv(toUnixTimestamp64Nano(toDateTime64(x, 9, 'UTC')), 100)) AS ticks,
    (x -> toDateTime64(fromUnixTimestamp64Nano(x * 100, 'UTC'), 7, 'UTC')) AS moment,

-- Who else used the addresses, agents, sessions, tokens and devices of the case. An agent that many people have, and an
-- address that many share, says little: SharedBy counts them.
WITH
--: From To Users Addresses Agents Sessions Tokens Devices
--+ case-sign-ins
    ),
    others AS (
        SELECT * FROM (
            SELECT TimeGenerated, lower(UserId) AS UserId, lower(UserPrincipalName) AS Name, AppId, IPAddress, UserAgent, lower(SessionId) AS SessionId,
                replaceRegexpOne(UniqueTokenIdentifier, '=+$', '') AS TokenId, lower(JSONExtractString(DeviceDetail, 'deviceId')) AS DeviceId FROM signIns
            UNION ALL
            SELECT TimeGenerated, lower(ifNull(UserId, '')) AS UserId, '' AS Name, ifNull(AppId, '') AS AppId, ifNull(IPAddress, '') AS IPAddress, ifNull(UserAgent, '') AS UserAgent,
                lower(ifNull(SessionId, '')) AS SessionId, replaceRegexpOne(ifNull(SignInActivityId, ''), '=+$', '') AS TokenId, '' AS DeviceId
            FROM MicrosoftGraphActivityLogs WHERE TimeGenerated >= From AND TimeGenerated < To
        ) WHERE NOT (has(Users, UserId) OR has(Users, Name))
    ),
    shared AS (
        SELECT *, arrayJoin(arrayFilter(pair -> pair.2 != '', [
            ('address', if(has(Addresses, IPAddress), IPAddress, '')), ('agent', if(has(Agents, UserAgent), UserAgent, '')), ('session', if(has(Sessions, SessionId), SessionId, '')),
            ('token', if(has(Tokens, TokenId), TokenId, '')), ('device', if(has(Devices, DeviceId), DeviceId, ''))])) AS Pair
        FROM others
    )
SELECT Pair.1 AS Kind, Pair.2 AS Value, count() OVER (PARTITION BY Kind, Value) AS SharedBy, UserId, max(Name) AS UserPrincipalName,
    min(TimeGenerated) AS FirstSeen, max(TimeGenerated) AS LastSeen, count() AS Rows, groupUniqArray(20)(AppId) AS AppIds
FROM shared
GROUP BY Kind, Value, UserId
ORDER BY SharedBy, Kind, FirstSeen

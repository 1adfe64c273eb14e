-- Candidates: the first use of a client for a sensitive resource by a user with a history of fourteen days. The network, the
-- agent and how many others use the client are left to scan.
WITH
--: Since Until Lag History SensitiveResources
    Since - toIntervalSecond(intDiv(History, 10000000)) AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
    successes AS (SELECT * FROM rows WHERE Succeeded AND User != ''),
    histories AS (SELECT User, groupUniqArray(intDiv(T, 864000000000)) AS Days FROM successes GROUP BY User),
    firsts AS (
        SELECT User, AppId, ResourceId, min(T) AS First, argMin((Session, Address, Agent, UserId, Upn), (T, Arrived, Id)) AS Row
        FROM successes WHERE has(SensitiveResources, ResourceId) GROUP BY User, AppId, ResourceId HAVING First >= ticks(Since)
    )
SELECT moment(min(First)) AS FirstSeen, moment(max(First)) AS LastSeen, groupUniqArray(ResourceId) AS ResourceIds, groupUniqArray(Row.2) AS IPs, groupUniqArray(Row.3) AS UserAgents,
    max(Row.4) AS UserId, max(Row.5) AS UserPrincipalName, max(arrayCount(day -> day < intDiv(First, 864000000000), Days)) AS DaysBefore, f.User AS User, AppId, Row.1 AS SessionId
FROM firsts AS f INNER JOIN histories AS h ON f.User = h.User
GROUP BY f.User, AppId, Row.1 HAVING DaysBefore >= 13
ORDER BY FirstSeen

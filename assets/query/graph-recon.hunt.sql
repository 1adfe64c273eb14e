-- Candidates: hours in which a client made many or varied calls for a user, used the internal version of Azure AD Graph, or
-- named itself as a tool. Which make a sweep is left to scan.
WITH
--: Since Until Lag ReconWindow ToolPattern
    Since AS Earliest,
--+ values
--+ calls
    greatest(ReconWindow, 36000000000) AS Step,
    seen AS (
        SELECT *, match(lower(Agent), ToolPattern) AS IsTool, position(Uri, '1.61-internal') > 0 AS IsInternal, replaceRegexpAll(path(Uri), '[0-9a-fA-F-]{36}|[^/]*@[^/]*|\\(.*', '{id}') AS Path
        FROM calls
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS GraphCalls, uniqExact(Path) AS Paths, countIf(Status >= 400) AS Failed, countIf(IsTool) AS Tool, countIf(IsInternal) AS Internal,
    groupUniqArrayIf(Address, Address != '') AS IPs, groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArray(100)(Token) AS Tokens, UserId, AppId
FROM seen GROUP BY UserId, AppId, intDiv(T, Step)
-- Half of what a window needs: the other half may be in the next.
HAVING GraphCalls >= 10 OR Paths >= 4 OR Tool > 0 OR Internal > 0
ORDER BY FirstSeen

-- Candidates: user agents of tools and libraries, by user, agent and network. The grade by what they did is left to scan.
WITH
--: Since Until Lag ToolPattern
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns WHERE match(lowered(UserAgent), ToolPattern)),
--+ rows
--+ calls
--+ acts
    sent AS (
        SELECT T, UserId, Upn, User, Agent, Net, Address, AppId FROM rows WHERE Succeeded
        UNION ALL SELECT T, UserId, '' AS Upn, UserId AS User, Agent, '' AS Net, Address, AppId FROM calls WHERE Status >= 200 AND Status < 300
        UNION ALL SELECT T, UserId, Upn, User, Agent, '' AS Net, Address, '' AS AppId FROM acts WHERE Succeeded AND NOT Upon
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS Rows, groupUniqArrayIf(Address, Address != '') AS IPs, groupUniqArrayIf(AppId, AppId != '') AS AppIds, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Agent AS UserAgent, Net
FROM sent WHERE User != '' AND match(lower(Agent), ToolPattern) GROUP BY User, Agent, Net
ORDER BY FirstSeen

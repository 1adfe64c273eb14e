-- Candidates: tokens used at two addresses, or at another than they were issued to. Whether these are two networks, and usual
-- ones, is left to scan.
WITH
--: Since Until Lag 
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
--+ calls
--+ acts
    uses AS (
        SELECT T, UserId, Upn, Token, Address, Agent, Session, AppId, 'issued' AS Use FROM rows WHERE Token != '' AND Address != ''
        UNION ALL SELECT T, UserId, '' AS Upn, Token, Address, Agent, Session, AppId, 'call' AS Use FROM calls WHERE Token != '' AND Address != ''
        UNION ALL SELECT T, UserId, Upn, Token, Address, Agent, '' AS Session, '' AS AppId, 'act' AS Use FROM acts WHERE Token != '' AND Address != ''
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, countIf(Use = 'issued') AS Issued, countIf(Use != 'issued') AS Uses, groupUniqArray(Address) AS IPs,
    groupUniqArrayIf(Agent, Agent != '') AS UserAgents, max(Session) AS SessionId, max(AppId) AS AppId, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, Token AS UniqueTokenIdentifier
FROM uses GROUP BY Token HAVING Uses > 0 AND length(IPs) > 1
ORDER BY FirstSeen
